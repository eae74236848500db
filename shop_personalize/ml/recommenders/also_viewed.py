"""What visitors of a product looked at in the same visit."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np

from shop_personalize.ml.data import TrainingData
from shop_personalize.ml.data.sessions import by_session
from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.matrices import strongest
from shop_personalize.ml.recommenders.walk import walk


class AlsoViewed(Recommender):
    """Walk from item to item over the visits."""

    kinds: ClassVar[tuple[str, ...]] = ("view", "click")
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "decay_days": (7.0, 14.0, 30.0, 90.0),
        "end": (0.25, 0.5, 0.7),
    }

    def __init__(
        self,
        decay_days: float = 30.0,
        end: float = 0.5,
        k: int = 100,
        min_support: int = 2,
    ) -> None:
        self.decay_days = decay_days
        self.end = end
        self.k = k
        self.min_support = min_support

    def fit(self, data: TrainingData) -> Self:
        """Learn the neighbors of every item."""
        rows, session = by_session(data.of_kinds(*self.kinds))
        values = np.exp(-np.maximum(data.now - rows.time, 0) / self.decay_days)
        n = int(session.max()) + 1 if len(session) else 0
        matrix = strongest(session, rows.item, values, (n, data.n_items))
        self.knowledge_ = walk(
            matrix,
            exponents=(0.5, 0.5, self.end),
            k=self.k,
            min_support=self.min_support,
        )
        self.query_config_ = {
            "context": "product",
            "recent": {"minutes": 30.0, "weight": 0.5, "decay": 1.5},
        }
        self.extras_ = {}
        return self

"""Best sellers: distinct visitors, lately."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.groups import ranking_by_category
from shop_personalize.ml.recommenders.matrices import (
    kind_decays,
    kind_weights,
    strengths,
    strongest,
    without_refunded,
)

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData


class Popular(Recommender):
    """Sum over visitors of their strongest decayed interaction with the item.

    A visitor counts once per item however often they click, so nobody can push a
    product alone. ``decay_days`` is the time constant of purchases in days; ``k`` items
    are kept per group.
    """

    kinds: ClassVar[tuple[str, ...]] = ("purchase", "add_to_cart", "view", "click")
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {"decay_days": (7.0, 14.0, 28.0, 60.0)}

    def __init__(
        self,
        decay_days: float = 14.0,
        k: int = 500,
        weights: dict[str, float] | None = None,
    ) -> None:
        self.decay_days = decay_days
        self.k = k
        self.weights = weights

    def fit(self, data: TrainingData) -> Self:
        """Rank the shop and each of its categories."""
        kept = without_refunded(data)
        weights = kind_weights(data, self.kinds, self.weights)
        values = strengths(
            kept, weights, kind_decays(data, self.kinds, self.decay_days)
        )
        votes = strongest(
            kept.visitor, kept.item, values, (data.n_visitors, data.n_items)
        )
        scores = np.asarray(votes.sum(axis=0), np.float64)
        self.knowledge_ = ranking_by_category(data, scores, k=self.k)
        self.query_config_ = {"context": "none"}
        self.extras_ = {}
        return self

"""What a customer bought and is likely to need again by now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.groups import ranking_by_category
from shop_personalize.ml.recommenders.matrices import without_refunded
from shop_personalize.ml.recommenders.repurchase import repurchase

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData


class BuyItAgain(Recommender):
    """Own purchases x the item's rate of repurchase x where its cycle stands.

    Gaps between a visitor's purchase days of one item are log-normal, the item's mean
    pulled to the shop's by ``prior`` gaps. ``own_decay_days`` fades old visits; the
    knowledge itself ranks items by how often they are bought again.
    """

    kinds: ClassVar[tuple[str, ...]] = ("purchase",)
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "own_decay_days": (90.0, 180.0, 360.0, 720.0),
        "cycle": (0.0, 0.5, 1.0),
        "prior": (5.0, 20.0, 80.0),
    }

    query_params: ClassVar[tuple[str, ...]] = ("own_decay_days", "cycle")

    def __init__(
        self,
        own_decay_days: float = 360.0,
        cycle: float = 0.5,
        prior: float = 20.0,
        k: int = 500,
    ) -> None:
        self.own_decay_days = own_decay_days
        self.cycle = cycle
        self.prior = prior
        self.k = k

    def fit(self, data: TrainingData) -> Self:
        """Learn each item's cycle and its rate of repurchase."""
        kept = without_refunded(data).of_kinds("purchase")
        self.extras_ = repurchase(kept, prior=self.prior)
        bought = np.bincount(kept.item, minlength=data.n_items) > 0
        rate = np.where(bought, self.extras_["own_factor"], 0.0)
        self.knowledge_ = ranking_by_category(data, rate, k=self.k)
        self.query_config_ = self.configure(data)
        return self

    def configure(self, data: TrainingData) -> dict[str, Any]:
        """Return how bought items score: by their past and their cycle alone."""
        return {
            "context": "none",
            "kinds": {"purchase": 1.0},
            "own": {
                "only": True,
                "decay_days": self.own_decay_days,
                "cycle": self.cycle,
            },
        }

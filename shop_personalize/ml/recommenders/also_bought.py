"""What buyers of a product bought too, at any time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.matrices import (
    kind_decays,
    strengths,
    strongest,
    without_refunded,
)
from shop_personalize.ml.recommenders.walk import walk

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.online import Renewal


class AlsoBought(Recommender):
    """Walk from item to item over their buyers; at least ``min_support`` of them.

    ``decay_days`` is the time constant of a purchase; ``start``, ``through`` and
    ``end`` the walk's exponents; ``k`` neighbors are kept.
    """

    kinds: ClassVar[tuple[str, ...]] = ("purchase",)
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "decay_days": (15.0, 30.0, 60.0, 120.0, 360.0),
        "end": (0.25, 0.5, 0.7),
        "through": (0.3, 0.5, 0.7, 0.9),
    }

    def __init__(
        self,
        decay_days: float = 60.0,
        start: float = 0.5,
        through: float = 0.5,
        end: float = 0.5,
        k: int = 100,
        min_support: int = 2,
    ) -> None:
        self.decay_days = decay_days
        self.start = start
        self.through = through
        self.end = end
        self.k = k
        self.min_support = min_support

    def fit(self, data: TrainingData) -> Self:
        """Learn the neighbors of every item."""
        return self._learn(data)

    def update(self, data: TrainingData, renewal: Renewal) -> Self:
        """Learn the rows and columns of the touched items anew."""
        return self._learn(
            data, known=renewal.neighbors(data.ids), touched=renewal.touched
        )

    def _learn(self, data: TrainingData, **renewal: Any) -> Self:
        kept = without_refunded(data)
        decays = kind_decays(data, self.kinds, self.decay_days)
        values = strengths(kept, {"purchase": 1.0}, decays)
        matrix = strongest(
            kept.visitor, kept.item, values, (data.n_visitors, data.n_items)
        )
        self.knowledge_ = walk(
            matrix,
            exponents=(self.start, self.through, self.end),
            k=self.k,
            min_support=self.min_support,
            **renewal,
        )
        self.query_config_ = {"context": "product"}
        self.extras_ = {}
        return self

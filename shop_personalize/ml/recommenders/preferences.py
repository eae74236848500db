"""Who likes what, how much: the matrix the collaborative recommenders start from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy import sparse

from shop_personalize.ml.data.preparation import newest, normalized, trust
from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.matrices import (
    kind_decays,
    kind_weights,
    strengths,
    strongest,
    without_refunded,
)

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData

KINDS = ("purchase", "add_to_cart", "wishlist", "rating", "view", "click")
"""Events that say a visitor likes an item."""
CAP = 1000
"""Latest items of a visitor that are learned from."""


@dataclass(frozen=True)
class Preferences:
    """How events become a matrix; the same for every collaborative recommender.

    ``decay_days`` is the time constant of a purchase (None: nothing fades), other
    kinds fade in proportion to their half-lives; ``weights`` override what kinds
    weigh; ``cap`` latest items of a visitor count; ``caution`` is the power of the
    trust in a visitor (0 trusts all alike); ``norm`` as in
    :func:`shop_personalize.ml.data.preparation.normalized`.
    """

    decay_days: float | None = None
    weights: dict[str, float] | None = None
    cap: int = CAP
    caution: float = 0.0
    norm: str = "none"

    def matrix(self, data: TrainingData) -> sparse.csr_array:
        """Visitors x items, float32 > 0: the strongest event of each pair."""
        kept = newest(without_refunded(data).of_kinds(*KINDS), self.cap)
        decays = kind_decays(data, KINDS, self.decay_days or np.inf)
        values = strengths(kept, self._weights(data), decays)
        if self.caution:
            values = values * trust(kept)[kept.visitor] ** self.caution
        shape = (data.n_visitors, data.n_items)
        found = strongest(kept.visitor, kept.item, values, shape)
        return normalized(found, self.norm)

    def query(
        self, data: TrainingData, decay_days: float | None, *, scale: float = 1.0
    ) -> dict[str, Any]:
        """Return how a history asks: its strongest event of each item, faded."""
        weights = self._weights(data)
        decays = kind_decays(data, KINDS, decay_days) if decay_days else None
        return {
            "context": "history",
            "kinds": {kind: scale * weight for kind, weight in weights.items()},
            "decay_days": decays,
            "combine": "max",
        }

    def _weights(self, data: TrainingData) -> dict[str, float]:
        """Weight of each kind as a share of the heaviest that occurs, at most 1.

        So an entry of the matrix means the same in a shop that only counts clicks.
        """
        weights = kind_weights(data, KINDS, self.weights)
        there = np.flatnonzero(np.bincount(data.kind, minlength=len(data.kinds)))
        top = max((weights.get(data.kinds[at], 0.0) for at in there), default=0.0)
        return {
            kind: min(weight / (top or 1.0), 1.0) for kind, weight in weights.items()
        }


class Collaborative(Recommender):
    """A recommender that starts from :class:`Preferences`, its own parameters."""

    kinds: ClassVar[tuple[str, ...]] = KINDS
    decay_days: float | None
    query_decay_days: float | None
    weights: dict[str, float] | None
    cap: int
    caution: float
    norm: str = "none"

    @property
    def preferences(self) -> Preferences:
        """How events become the matrix that is learned from."""
        return Preferences(
            decay_days=self.decay_days,
            weights=self.weights,
            cap=self.cap,
            caution=self.caution,
            norm=self.norm,
        )

    def configure(self, data: TrainingData) -> dict[str, Any]:
        """Return how a history asks."""
        return self.preferences.query(data, self.query_decay_days)

"""What goes with a visitor's recent history: a decayed walk over visitors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.matrices import (
    kind_decays,
    kind_weights,
    seen_once,
    strengths,
    strongest,
    without_refunded,
)
from shop_personalize.ml.recommenders.momentum import momentum
from shop_personalize.ml.recommenders.repurchase import repurchase
from shop_personalize.ml.recommenders.walk import walk

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.knowledge import ItemNeighbors
    from shop_personalize.ml.online import Renewal

PRIOR = 20.0
"""Purchases that pull an item's cycle to the shop's."""


class ForYou(Recommender):
    """Decayed item walk; time decay inside the matrix is its strongest lever.

    ``decay_days`` and ``query_decay_days`` are time constants (days) of a purchase in
    the matrix and in the visitor's own history; other kinds fade in proportion to
    their half-lives. ``start``, ``through``, ``end`` are the walk's exponents.
    ``momentum`` is the power of an item's growth relative to the shop; ``once`` the
    trust in visitors seen on a single day, whose one basket says little of a taste.
    With repeats allowed, bought items score as in "buy it again" (``own_decay_days``,
    ``own_cycle``) and all others at most ``own_others``.
    """

    kinds: ClassVar[tuple[str, ...]] = (
        "purchase",
        "add_to_cart",
        "wishlist",
        "view",
        "click",
    )
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "decay_days": (20.0, 30.0, 45.0, 90.0),
        "momentum": (0.0, 0.2, 0.4, 0.6),
        "query_decay_days": (60.0, 120.0, 240.0),
        "end": (0.4, 0.5, 0.6),
        "through": (0.4, 0.6, 0.8),
        "once": (0.0, 0.2, 1.0),
    }

    query_params: ClassVar[tuple[str, ...]] = (
        "query_decay_days",
        "own_decay_days",
        "own_others",
        "own_cycle",
    )
    own_grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "own_others": (0.03, 0.06, 0.12, 0.25),
        "own_decay_days": (180.0, 360.0, 720.0),
        "own_cycle": (0.0, 0.5, 1.0),
    }

    def __init__(
        self,
        decay_days: float = 30.0,
        query_decay_days: float = 120.0,
        start: float = 0.3,
        through: float = 0.6,
        end: float = 0.5,
        momentum: float = 0.4,
        once: float = 0.2,
        k: int = 300,
        min_support: int = 2,
        own_decay_days: float = 360.0,
        own_others: float = 0.06,
        own_cycle: float = 0.5,
        weights: dict[str, float] | None = None,
    ) -> None:
        self.decay_days = decay_days
        self.query_decay_days = query_decay_days
        self.start = start
        self.through = through
        self.end = end
        self.momentum = momentum
        self.once = once
        self.k = k
        self.min_support = min_support
        self.own_decay_days = own_decay_days
        self.own_others = own_others
        self.own_cycle = own_cycle
        self.weights = weights

    def fit(self, data: TrainingData) -> Self:
        """Learn the neighbors of every item."""
        return self._learn(data)

    def update(self, data: TrainingData, renewal: Renewal) -> Self:
        """Learn the rows and columns of the touched items, and all cycles, anew."""
        return self._learn(
            data, known=renewal.neighbors(data.ids), touched=renewal.touched
        )

    def _learn(self, data: TrainingData, **renewal: Any) -> Self:
        kept = without_refunded(data)
        weights = kind_weights(data, self.kinds, self.weights)
        values = strengths(
            kept, weights, kind_decays(data, self.kinds, self.decay_days)
        )
        matrix = strongest(
            kept.visitor, kept.item, values, (data.n_visitors, data.n_items)
        )
        growth = momentum(kept, weights)
        trust = np.where(seen_once(kept), self.once, 1.0)
        self.knowledge_ = self._edges(matrix, trust, growth**self.momentum, **renewal)
        self.query_config_ = self.configure(data)
        self.extras_ = repurchase(kept.of_kinds("purchase"), prior=PRIOR)
        return self

    def _edges(
        self,
        matrix: sparse.csr_array,
        trust: NDArray[np.float64],
        appeal: NDArray[np.float64],
        **renewal: Any,
    ) -> ItemNeighbors:
        return walk(
            matrix,
            exponents=(self.start, self.through, self.end),
            k=self.k,
            min_support=self.min_support,
            trust=trust,
            appeal=appeal,
            **renewal,
        )

    def configure(self, data: TrainingData) -> dict[str, Any]:
        """Return how a history asks, and how bought items score again."""
        return {
            "context": "history",
            "kinds": kind_weights(data, self.kinds, self.weights),
            "decay_days": kind_decays(data, self.kinds, self.query_decay_days),
            "combine": "max",
            "own": {
                "decay_days": self.own_decay_days,
                "others": self.own_others,
                "cycle": self.own_cycle,
            },
        }

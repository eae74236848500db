"""What completes an order: complements, not substitutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from shop_personalize.ml.data.training_data import NO_ORDER
from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.content import content_vectors, likeness
from shop_personalize.ml.recommenders.edges import no_edges, reweighed
from shop_personalize.ml.recommenders.matrices import without_refunded
from shop_personalize.ml.recommenders.votes import Incidence, likely_edges

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.knowledge import ItemNeighbors


class BoughtTogether(Recommender):
    """Pairs found in one order more often than chance, by the log-likelihood ratio.

    A visitor casts at most one vote for a pair, so orders placed over and over by one
    account never make one; ``min_support`` is in such votes. Candidates that read like
    the item itself are substitutes: their score falls by ``1 - damping x likeness``.
    ``k`` neighbors are kept.
    """

    kinds: ClassVar[tuple[str, ...]] = ("purchase",)
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {"damping": (0.0, 0.5, 0.9)}

    def __init__(
        self, k: int = 50, min_support: float = 2.0, damping: float = 0.5
    ) -> None:
        self.k = k
        self.min_support = min_support
        self.damping = damping

    def fit(self, data: TrainingData) -> Self:
        """Learn the companions of every item."""
        kept = without_refunded(data).of_kinds("purchase")
        kept = kept.where(kept.order != NO_ORDER)
        self.knowledge_ = self._edges(kept) if len(kept) else no_edges(data.n_items)
        self.query_config_ = {"context": "basket"}
        self.extras_ = {}
        return self

    def _edges(self, data: TrainingData) -> ItemNeighbors:
        _, order = np.unique(data.order, return_inverse=True)
        visitors = np.zeros(int(order.max()) + 1, np.int64)
        visitors[order] = data.visitor
        lines = Incidence.of(order, data.item, visitors, data.n_items)
        edges = likely_edges(lines, lines, k=2 * self.k, min_support=self.min_support)
        vectors = content_vectors(data.items)
        return reweighed(
            edges, lambda i, j: 1 - self.damping * likeness(vectors, i, j), k=self.k
        )

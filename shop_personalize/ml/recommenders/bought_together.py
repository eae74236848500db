"""What completes an order: complements, not substitutes."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shop_personalize.ml.data import TrainingData
from shop_personalize.ml.data.training_data import NO_ORDER
from shop_personalize.ml.knowledge import ItemNeighbors
from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.edges import counted, neighbors_from, no_edges
from shop_personalize.ml.recommenders.likelihood import likelihood_ratio
from shop_personalize.ml.recommenders.matrices import without_refunded


class BoughtTogether(Recommender):
    """Pairs found in one order more often than chance, by the log-likelihood ratio.

    A visitor casts at most one vote for a pair: the share of their orders with the
    first item that hold the second too. So orders placed over and over by one
    account never make a pair. ``min_support`` is in such votes; ``k`` neighbors are kept.
    """

    kinds: ClassVar[tuple[str, ...]] = ("purchase",)
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {}

    def __init__(self, k: int = 50, min_support: float = 2.0) -> None:
        self.k = k
        self.min_support = min_support

    def fit(self, data: TrainingData) -> Self:
        """Learn the companions of every item."""
        kept = without_refunded(data).of_kinds("purchase")
        kept = kept.where(kept.order != NO_ORDER)
        self.knowledge_ = self._edges(kept) if len(kept) else no_edges(data.n_items)
        self.query_config_ = {"context": "basket"}
        self.extras_ = {}
        return self

    def _edges(self, data: TrainingData) -> ItemNeighbors:
        left, right, buyers = votes_by_order(data)
        people = float(len(np.unique(data.visitor)))

        def score(rows: slice, product: sparse.csr_array) -> NDArray[Any]:
            own = np.repeat(buyers[rows], np.diff(product.indptr))
            together = np.minimum(
                product.data, np.minimum(own, buyers[product.indices])
            )
            return likelihood_ratio(together, own, buyers[product.indices], people)

        return neighbors_from(
            counted(left, right, score),
            data.n_items,
            k=self.k,
            min_support=self.min_support,
        )


def votes_by_order(
    data: TrainingData,
) -> tuple[sparse.csr_array, sparse.csr_array, NDArray[np.float64]]:
    """Return (items x orders, orders x items, buyers (n,)); their product is votes.

    An entry of the first is 1 / (orders of that visitor with that item).
    """
    _, order = np.unique(data.order, return_inverse=True)
    shape = (int(order.max()) + 1, data.n_items)
    lines = np.unique(order.astype(np.int64) * data.n_items + data.item)
    order_of, item_of = lines // data.n_items, lines % data.n_items
    visitor = np.zeros(shape[0], np.int64)
    visitor[order] = data.visitor
    pair = visitor[order_of] * data.n_items + item_of
    unique, at, times = np.unique(pair, return_inverse=True, return_counts=True)
    buyers = np.bincount(unique % data.n_items, minlength=data.n_items).astype(float)
    ones = np.ones(len(lines), np.float32)
    right = sparse.csr_array((ones, (order_of, item_of)), shape=shape)
    shares = (1.0 / times[at]).astype(np.float32)
    left = sparse.csr_array((shares, (item_of, order_of)), shape=shape[::-1])
    return left, right, buyers

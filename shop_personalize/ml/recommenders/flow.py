"""What visitors look at after a product within the same visit, one or two steps on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from scipy import sparse

from shop_personalize.ml.data.sessions import by_session
from shop_personalize.ml.recommenders.also_viewed import RECENT_MINUTES
from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.edges import (
    neighbors_from,
    no_edges,
    row_blocks,
)
from shop_personalize.ml.recommenders.matrices import strengths
from shop_personalize.ml.recommenders.sequence import scored
from shop_personalize.ml.recommenders.succession import Succession

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.knowledge import ItemNeighbors


class Flow(Recommender):
    """Pairs of a visit count exp(-(gap - 1) / ``reach``), ``backward`` against time.

    Gaps are in clicks, at most ``window``; a count is divided by the item's sum to the
    power ``start`` and the neighbor's to ``end``. With ``hops`` = 2 the score is a
    step more along the same pairs, each row then adding up to 1: it reaches what was
    never seen in one visit with the item. Of a visitor only the latest visit to an item
    counts, fading by exp(-age / ``decay_days``); ``min_support`` visitors must hold a
    pair. The visit's earlier clicks ask as in ``AlsoViewed``; ``k`` neighbors are kept.
    """

    kinds: ClassVar[tuple[str, ...]] = ("view", "click")
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "reach": (1.0, 2.0, 4.0),
        "backward": (0.0, 0.3, 0.7, 1.0),
        "decay_days": (60.0, 120.0, 240.0),
        "query_decay": (0.5, 1.0, 2.0),
    }
    query_params: ClassVar[tuple[str, ...]] = ("query_decay",)

    def __init__(
        self,
        reach: float = 2.0,
        window: int = 10,
        backward: float = 0.7,
        start: float = 0.5,
        end: float = 0.0,
        hops: int = 1,
        decay_days: float = 120.0,
        query_decay: float = 1.0,
        k: int = 100,
        min_support: int = 2,
    ) -> None:
        self.reach = reach
        self.window = window
        self.backward = backward
        self.start = start
        self.end = end
        self.hops = hops
        self.decay_days = decay_days
        self.query_decay = query_decay
        self.k = k
        self.min_support = min_support

    def fit(self, data: TrainingData) -> Self:
        """Learn the way from every item."""
        edges = self._edges(data)
        self.knowledge_ = _onward(edges, self.k) if self.hops > 1 else edges
        self.query_config_ = self.configure(data)
        self.extras_ = {}
        return self

    def configure(self, data: TrainingData) -> dict[str, Any]:
        """Return how a page asks: its product, then the visit's earlier clicks."""
        recent = {"minutes": RECENT_MINUTES, "weight": 1.0, "decay": self.query_decay}
        return {"context": "product", "recent": recent}

    def _edges(self, data: TrainingData) -> ItemNeighbors:
        rows, visit = by_session(data.of_kinds(*self.kinds))
        every = dict.fromkeys(self.kinds, 1.0)
        values = strengths(rows, every, dict.fromkeys(self.kinds, self.decay_days))
        near = np.exp(-np.arange(max(self.window, 0)) / self.reach)
        follows = Succession.of(rows, values, near, self.backward, visit)
        if not len(follows):
            return no_edges(data.n_items)
        blocks = scored(follows, self.start, self.end)
        support = self.min_support
        return neighbors_from(blocks, data.n_items, k=self.k, min_support=support)


def _onward(edges: ItemNeighbors, k: int) -> ItemNeighbors:
    """Neighbors of the neighbors, each neighbor's row adding up to 1."""
    n = edges.n_items
    matrix = sparse.csr_array((edges.data, edges.indices, edges.indptr), shape=(n, n))
    sums = np.asarray(matrix.sum(axis=1), np.float64)
    even = sparse.csr_array(
        sparse.diags_array(1 / np.where(sums > 0, sums, 1)) @ matrix
    )

    def blocks() -> Iterator[tuple[sparse.csr_array, NDArray[Any]]]:
        for rows in row_blocks(matrix, even):
            product = sparse.csr_array(matrix[rows] @ even)
            yield product, np.zeros(product.nnz, np.int32)

    return neighbors_from(blocks(), n, k=k, min_support=0)

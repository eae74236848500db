"""What the people around a visitor hold, and what goes with it.

Nothing about anybody is stored in the model but how items go together: the circle is
read when a visitor asks (:mod:`shop_personalize.ml.circle`), so a tie or a history that
ends stops speaking at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from scipy import sparse

from shop_personalize.ml.circle import PEOPLE
from shop_personalize.ml.knowledge import ItemNeighbors
from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.matrices import (
    kind_decays,
    kind_weights,
    strengths,
    strongest,
    without_refunded,
)
from shop_personalize.ml.recommenders.walk import walk

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData


class Friends(Recommender):
    """Propagation over the ties: the circle's items, and a walk on from them.

    Each item of the circle answers itself, ``direct`` times, divided by its degree to
    the power ``common``; the rest of the score is a walk of two steps over all visitors
    from there. ``stranger``, ``alike`` and ``much`` weigh the people, and fewer than
    ``people`` of them never speak (see :func:`~shop_personalize.ml.circle.circle_query`
    ). Walked edges need ``min_support`` visitors.
    """

    kinds: ClassVar[tuple[str, ...]] = (
        "purchase",
        "add_to_cart",
        "wishlist",
        "view",
        "click",
    )
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "direct": (0.0, 0.3, 0.6, 1.0),
        "stranger": (0.0, 0.05, 0.2, 1.0),
        "common": (0.0, 0.2, 0.4),
        "alike": (1.0, 1.5),
        "much": (0.0, 0.5),
    }
    query_params: ClassVar[tuple[str, ...]] = ("stranger", "alike", "much")

    def __init__(
        self,
        direct: float = 0.6,
        common: float = 0.2,
        stranger: float = 0.2,
        alike: float = 1.0,
        much: float = 0.0,
        people: int = PEOPLE,
        start: float = 0.5,
        through: float = 0.5,
        end: float = 0.2,
        k: int = 300,
        min_support: int = 2,
        decay_days: float = 90.0,
        weights: dict[str, float] | None = None,
    ) -> None:
        self.direct = direct
        self.common = common
        self.stranger = stranger
        self.alike = alike
        self.much = much
        self.people = people
        self.start = start
        self.through = through
        self.end = end
        self.k = k
        self.min_support = min_support
        self.decay_days = decay_days
        self.weights = weights

    def fit(self, data: TrainingData) -> Self:
        """Learn what goes with every item, and how common each is."""
        kept = without_refunded(data)
        weights = kind_weights(data, self.kinds, self.weights)
        decays = kind_decays(data, self.kinds, self.decay_days)
        values = strengths(kept, weights, decays)
        shape = (data.n_visitors, data.n_items)
        matrix = strongest(kept.visitor, kept.item, values, shape)
        self.knowledge_ = self._edges(matrix)
        self.query_config_ = self.configure(data)
        self.extras_ = {}
        return self

    def configure(self, data: TrainingData) -> dict[str, Any]:
        """Return how a circle asks."""
        return {
            "context": "history",
            "circle": {
                "stranger": self.stranger,
                "alike": self.alike,
                "much": self.much,
                "people": self.people,
            },
        }

    def _edges(self, matrix: sparse.csr_array) -> ItemNeighbors:
        """Each item's own edge first in its row; the walk's parts add up to 1."""
        counts = np.bincount(matrix.indices, minlength=matrix.shape[1])
        own = self.direct * np.maximum(counts, 1) ** -self.common
        if self.direct >= 1:
            return _joined(np.where(counts > 0, own, 0.0), counts, None)
        edges = walk(
            matrix,
            exponents=(self.start, self.through, self.end),
            k=self.k,
            min_support=self.min_support,
        )
        rows = np.repeat(np.arange(edges.n_items), np.diff(edges.indptr))
        total = np.bincount(rows, edges.data, minlength=edges.n_items)
        scale = (1 - self.direct) / np.maximum(total, 1e-12)
        scaled = edges.data * scale[rows]
        walked = ItemNeighbors(edges.indptr, edges.indices, scaled, edges.support)
        return _joined(np.where(counts > 0, own, 0.0), counts, walked)


def _joined(
    own: NDArray[np.float64], counts: NDArray[np.int64], walked: ItemNeighbors | None
) -> ItemNeighbors:
    """Rows of an edge to the item itself and the walked edges, best first."""
    n = len(own)
    at = np.flatnonzero(own > 0)
    rows, columns, scores, support = at, at, own[at], counts[at]
    if walked is not None:
        sizes = np.diff(walked.indptr)
        rows = np.concatenate([rows, np.repeat(np.arange(n), sizes)])
        columns = np.concatenate([columns, walked.indices])
        scores = np.concatenate([scores, walked.data])
        support = np.concatenate([support, walked.support])
    order = np.lexsort((columns, -scores, rows))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n))])
    return ItemNeighbors(
        indptr.astype(np.int64),
        columns[order].astype(np.int32),
        scores[order].astype(np.float32),
        support[order].astype(np.int32),
    )

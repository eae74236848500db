"""Items held by the same people: item-item neighbors in all their classic forms.

Sarwar, Karypis, Konstan, Riedl 2001, "Item-based collaborative filtering"; Deshpande,
Karypis 2004, "Item-based top-N recommendation algorithms"; shrinkage as in Bell,
Koren 2007.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from scipy import sparse

from shop_personalize.ml.recommenders.edges import no_edges
from shop_personalize.ml.recommenders.preferences import CAP, Collaborative
from shop_personalize.ml.recommenders.similarity import (
    COUNTS,
    by_counts,
    by_owners,
    by_product,
    centered,
)

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.knowledge import ItemNeighbors

SIMILARITIES = ("cosine", "adjusted", "jaccard", "likelihood")


class ItemItem(Collaborative):
    """Score = sum over the history of weight x likeness; ``k`` neighbors an item.

    ``similarity``: "cosine" of the decayed columns, "adjusted" (each visitor's mean
    taken off first), "jaccard", "likelihood" (log-likelihood ratio). ``shrink`` pulls
    likeness that few visitors stand behind to 0, ``min_support`` of them are needed.
    ``active`` is the power of a visitor's total by which the row is divided, so that
    those who hold everything say less; ``popular`` the power of an item's holders by
    which the likeness to it is divided. Both act on every similarity but, for
    ``active``, those that only count. Other parameters as in
    :class:`~shop_personalize.ml.recommenders.preferences.Preferences`.
    """

    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "active": (0.0, 0.25, 0.5, 0.75),
        "popular": (-0.1, 0.0, 0.1),
        "similarity": SIMILARITIES,
        "decay_days": (None, 30.0, 90.0, 360.0),
        "shrink": (0.0, 5.0, 20.0),
        "k": (50, 100, 300),
    }
    query_params: ClassVar[tuple[str, ...]] = ("query_decay_days",)

    def __init__(
        self,
        similarity: str = "cosine",
        k: int = 300,
        shrink: float = 0.0,
        min_support: int = 2,
        active: float = 0.5,
        popular: float = 0.0,
        norm: str = "none",
        decay_days: float | None = None,
        query_decay_days: float | None = None,
        cap: int = CAP,
        caution: float = 0.0,
        weights: dict[str, float] | None = None,
    ) -> None:
        self.similarity = similarity
        self.k = k
        self.shrink = shrink
        self.min_support = min_support
        self.active = active
        self.popular = popular
        self.norm = norm
        self.decay_days = decay_days
        self.query_decay_days = query_decay_days
        self.cap = cap
        self.caution = caution
        self.weights = weights

    def fit(self, data: TrainingData) -> Self:
        """Learn the neighbors of every item; ValueError for an unknown similarity."""
        if self.similarity not in SIMILARITIES:
            known = ", ".join(SIMILARITIES)
            raise ValueError(
                f"similarity: {self.similarity!r}, needed is one of {known}"
            )
        matrix = self.preferences.matrix(data)
        self.knowledge_ = self._edges(matrix) if matrix.nnz else no_edges(data.n_items)
        self.query_config_ = self.configure(data)
        self.extras_ = {}
        return self

    def _edges(self, matrix: sparse.csr_array) -> ItemNeighbors:
        limits: dict[str, Any] = {
            "k": self.k,
            "shrink": self.shrink,
            "min_support": self.min_support,
        }
        if self.popular:
            holders = np.bincount(matrix.indices, minlength=matrix.shape[1])
            limits["appeal"] = np.maximum(holders, 1.0) ** -self.popular
        if self.similarity == "adjusted":
            return by_product(centered(matrix), **limits)
        if self.similarity != "cosine":
            return by_counts(matrix, COUNTS[self.similarity], **limits)
        counted = self.shrink > 0 or self.min_support > 1
        if not counted or (matrix.data != matrix.data[0]).any():
            return by_product(self._damped(matrix), **limits)
        if not self.active:
            return by_counts(matrix, COUNTS["cosine"], **limits)
        sizes = np.maximum(np.diff(matrix.indptr), 1)
        return by_owners(matrix, sizes ** (-2.0 * self.active), **limits)

    def _damped(self, matrix: sparse.csr_array) -> sparse.csr_array:
        """Divide each visitor's row by a power of its total."""
        if not self.active:
            return matrix
        totals = np.maximum(np.asarray(matrix.sum(axis=1), np.float64), 1e-12)
        return sparse.csr_array(sparse.diags_array(totals**-self.active) @ matrix)

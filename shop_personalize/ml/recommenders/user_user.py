"""What people alike have: user-user neighbors, found when asked, for any history.

Herlocker, Konstan, Borchers, Riedl 1999, "An algorithmic framework for performing
collaborative filtering"; item weights as in Breese, Heckerman, Kadie 1998, section 2.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from scipy import sparse

from shop_personalize.ml.knowledge import Histories
from shop_personalize.ml.recommenders.preferences import CAP, Collaborative

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData

SIMILARITIES = ("cosine", "jaccard")


class UserUser(Collaborative):
    """Score = sum over the most alike visitors of likeness x what they have.

    ``similarity``: "cosine", in which an item counts by its holders to the power
    -``rarity``, or "jaccard" (held by both over held by either). The likeness is
    raised to ``power``, ``shrink`` is added to what it is divided by, ``neighbors``
    visitors are used; an item scores by its holders to the power -``popular`` besides.
    At least ``min_support`` of them must have what is answered. Nothing about a
    visitor is computed in advance, so guests are compared like customers. Other
    parameters as in
    :class:`~shop_personalize.ml.recommenders.preferences.Preferences`.
    """

    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "neighbors": (100, 300, 1000),
        "rarity": (0.0, 0.25, 0.5),
        "power": (1.0, 1.5, 2.0),
        "popular": (0.0, 0.1, 0.2, 0.3),
        "decay_days": (None, 30.0, 90.0, 360.0),
        "similarity": SIMILARITIES,
        "shrink": (0.0, 1.0, 5.0),
    }
    query_params: ClassVar[tuple[str, ...]] = ("query_decay_days",)

    def __init__(
        self,
        similarity: str = "cosine",
        neighbors: int = 300,
        rarity: float = 0.25,
        power: float = 1.5,
        popular: float = 0.2,
        shrink: float = 0.0,
        min_support: int = 2,
        norm: str = "none",
        decay_days: float | None = None,
        query_decay_days: float | None = None,
        cap: int = CAP,
        caution: float = 0.0,
        weights: dict[str, float] | None = None,
    ) -> None:
        self.similarity = similarity
        self.neighbors = neighbors
        self.rarity = rarity
        self.power = power
        self.popular = popular
        self.shrink = shrink
        self.min_support = min_support
        self.norm = norm
        self.decay_days = decay_days
        self.query_decay_days = query_decay_days
        self.cap = cap
        self.caution = caution
        self.weights = weights

    def fit(self, data: TrainingData) -> Self:
        """Index who holds what, both ways; ValueError for an unknown similarity."""
        if self.similarity not in SIMILARITIES:
            known = ", ".join(SIMILARITIES)
            raise ValueError(
                f"similarity: {self.similarity!r}, needed is one of {known}"
            )
        self.knowledge_ = self._indexed(self.preferences.matrix(data))
        self.query_config_ = self.configure(data)
        self.extras_ = {}
        return self

    def configure(self, data: TrainingData) -> dict[str, Any]:
        """Return how a history asks; where sets are compared nothing fades."""
        found = self.preferences.query(data, self.query_decay_days)
        if self.similarity == "jaccard":
            kinds = {kind: float(weight > 0) for kind, weight in found["kinds"].items()}
            return {**found, "kinds": kinds, "decay_days": None}
        return found

    def _indexed(self, matrix: sparse.csr_array) -> Histories:
        holders = np.bincount(matrix.indices, minlength=matrix.shape[1])
        loud = np.maximum(holders, 1.0)
        union = self.similarity == "jaccard"
        idf = np.ones(len(loud)) if union else loud**-self.rarity
        weighed, given = _scaled(matrix, idf), _scaled(matrix, loud**-self.popular)
        if union:
            weighed.data[:] = 1.0
        compared = weighed.tocsc()
        squares = np.asarray((weighed * weighed).sum(axis=1), np.float64)
        return Histories(
            rows_indptr=given.indptr.astype(np.int64),
            rows_indices=given.indices.astype(np.int32),
            rows_data=given.data,
            columns_indptr=compared.indptr.astype(np.int64),
            columns_indices=compared.indices.astype(np.int32),
            columns_data=(compared.data / np.repeat(idf, holders)).astype(np.float32),
            norms=self._norms(squares),
            idf=idf.astype(np.float32),
            neighbors=np.array([self.neighbors], np.int32),
            support=np.array([self.min_support], np.int32),
            power=np.array([self.power], np.float32),
            union=np.array([union], np.int32),
        )

    def _norms(self, squares: NDArray[np.float64]) -> NDArray[np.float32]:
        """What an inner product is divided by: a length, or the size of a set."""
        sizes = squares if self.similarity == "jaccard" else np.sqrt(squares)
        return (sizes + self.shrink).astype(np.float32)


def _scaled(matrix: sparse.csr_array, factor: NDArray[Any]) -> sparse.csr_array:
    data = (matrix.data * factor[matrix.indices]).astype(np.float32)
    return sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)

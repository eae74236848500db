"""Truncated SVD of who holds what: a history is projected, nothing is solved.

Cremonesi, Koren, Turrin 2010, "Performance of recommender algorithms on top-n
recommendation tasks", section 3.3 (PureSVD); the degree exponents are those of an
ideal low-pass filter (Shen et al. 2021, section 4) in a more general form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from shop_personalize.ml.knowledge import Factors
from shop_personalize.ml.recommenders.preferences import CAP, Collaborative
from shop_personalize.ml.recommenders.walk import power

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData

SWEEPS = 3
"""Power iterations of the randomized SVD."""


class Svd(Collaborative):
    """Score of a history x: x V V', V the right singular vectors of the matrix.

    ``factors`` singular vectors; the matrix is divided by the totals of visitors to
    the power ``active`` and of items to the power ``popular`` before, and scores are
    multiplied back by the latter, as if nothing had been divided. ``seed`` starts the
    randomized decomposition (Halko, Martinsson, Tropp 2011). Other parameters as in
    :class:`~shop_personalize.ml.recommenders.preferences.Preferences`.
    """

    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "factors": (16, 32, 64, 128, 256),
        "popular": (0.0, 0.25, 0.5),
        "active": (0.0, 0.25, 0.5),
        "decay_days": (None, 30.0, 90.0, 360.0),
    }
    query_params: ClassVar[tuple[str, ...]] = ("query_decay_days",)

    def __init__(
        self,
        factors: int = 64,
        active: float = 0.25,
        popular: float = 0.25,
        norm: str = "none",
        decay_days: float | None = None,
        query_decay_days: float | None = None,
        cap: int = CAP,
        caution: float = 0.0,
        seed: int = 0,
        weights: dict[str, float] | None = None,
    ) -> None:
        self.factors = factors
        self.active = active
        self.popular = popular
        self.norm = norm
        self.decay_days = decay_days
        self.query_decay_days = query_decay_days
        self.cap = cap
        self.caution = caution
        self.seed = seed
        self.weights = weights

    def fit(self, data: TrainingData) -> Self:
        """Decompose the matrix; ValueError for fewer than one factor."""
        if self.factors < 1:
            raise ValueError(f"factors: {self.factors}, needed is 1 or more")
        self.knowledge_ = self._projection(self.preferences.matrix(data))
        self.query_config_ = self.configure(data)
        self.extras_ = {}
        return self

    def _projection(self, matrix: sparse.csr_array) -> Factors:
        rank = min(self.factors, *matrix.shape)
        columns = np.asarray(matrix.sum(axis=0), np.float64)
        if rank < 1 or not matrix.nnz:
            return nothing_known(matrix.shape[1])
        rows = np.asarray(matrix.sum(axis=1), np.float64)
        entering = power(columns, self.popular)
        scaled: Any = sparse.diags_array(power(rows, self.active)) @ matrix
        scaled = sparse.csr_array(scaled @ sparse.diags_array(entering))
        _, _, vectors = randomized_svd(
            scaled.astype(np.float32), rank, n_iter=SWEEPS, random_state=self.seed
        )
        axes = np.asarray(vectors.T, np.float64)
        leaving = np.where(columns > 0, columns**self.popular, 0.0)
        return Factors(
            item_factors=(axes * leaving[:, None]).astype(np.float32),
            fold_in=np.eye(rank, dtype=np.float32),
            voices=(axes * entering[:, None]).astype(np.float32),
        )


def nothing_known(n_items: int) -> Factors:
    """Factors of ``n_items`` items of which nothing is known: no answer, no error."""
    return Factors(
        item_factors=np.zeros((n_items, 1), np.float32),
        fold_in=np.eye(1, dtype=np.float32),
    )

"""implicit (https://github.com/benfred/implicit): ALS, BPR and item neighbors."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from implicit.als import AlternatingLeastSquares
from implicit.bpr import BayesianPersonalizedRanking
from implicit.nearest_neighbours import (
    BM25Recommender,
    CosineRecommender,
    ItemItemRecommender,
)
from implicit.utils import ParameterWarning
from scipy import sparse
from threadpoolctl import threadpool_limits

from benchmarks.protocol import threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.peers.peer import Lists

LOWEST = -1e30
"""Below it a score only fills the list up."""


def als(train: Any, **params: Any) -> Lists:
    return _fitted(als_model(**params), train)


def als_model(
    *,
    factors: int = 128,
    regularization: float = 10.0,
    alpha: float = 10.0,
    iterations: int = 15,
    seed: int = 0,
) -> Any:
    """The model of ALS as every peer that wraps it is given it."""
    return AlternatingLeastSquares(
        factors=factors,
        regularization=regularization,
        alpha=alpha,
        iterations=iterations,
        random_state=seed,
        num_threads=threads(),
    )


def bpr(
    train: Any, *, factors: int = 128, iterations: int = 100, seed: int = 0, **more: Any
) -> Lists:
    model = BayesianPersonalizedRanking(
        factors=factors,
        iterations=iterations,
        random_state=seed,
        num_threads=threads(),
        **more,
    )
    return _fitted(model, train)


def cosine(train: Any, *, k: int = 100) -> Lists:
    return _fitted(CosineRecommender(K=k, num_threads=threads()), train)


def bm25(train: Any, *, k: int = 100) -> Lists:
    return _fitted(BM25Recommender(K=k, num_threads=threads()), train)


def item_item(train: Any, *, k: int = 100) -> Lists:
    """Counts shared visitors; the library takes double precision here only."""
    model = ItemItemRecommender(K=k, num_threads=threads())
    return _fitted(model, train, np.float64)


def _fitted(model: Any, train: Any, dtype: type = np.float32) -> Lists:
    matrix = sparse.csr_matrix(train, dtype=dtype)
    with threadpool_limits(1, "blas"), warnings.catch_warnings():
        warnings.simplefilter("ignore", ParameterWarning)
        model.fit(matrix, show_progress=False)

    def lists(users: NDArray[Any], n: int) -> NDArray[np.int64]:
        items, scores = model.recommend(users, matrix[users], N=n)
        return np.where(scores > LOWEST, items, -1).astype(np.int64)

    return lists

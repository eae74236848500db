"""Surprise (https://surpriselib.com): the systems of its own published table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from surprise import SVD, Dataset, KNNBaseline, Reader, SVDpp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.peers.peer import Ratings


def svd(
    users: NDArray[Any], items: NDArray[Any], ratings: NDArray[Any], *, seed: int = 0
) -> Ratings:
    return _fitted(SVD(random_state=seed), users, items, ratings)


def svdpp(
    users: NDArray[Any], items: NDArray[Any], ratings: NDArray[Any], *, seed: int = 0
) -> Ratings:
    model = SVDpp(random_state=seed, cache_ratings=True)
    return _fitted(model, users, items, ratings)


def knn_baseline(
    users: NDArray[Any], items: NDArray[Any], ratings: NDArray[Any]
) -> Ratings:
    return _fitted(KNNBaseline(verbose=False), users, items, ratings)


def _fitted(
    model: Any, users: NDArray[Any], items: NDArray[Any], ratings: NDArray[Any]
) -> Ratings:
    reader = Reader(rating_scale=(float(ratings.min()), float(ratings.max())))
    columns = {"user": users, "item": items, "rating": ratings}
    data = Dataset.load_from_df(pd.DataFrame(columns), reader)
    model.fit(data.build_full_trainset())

    def rated(users: NDArray[Any], items: NDArray[Any]) -> NDArray[np.float64]:
        pairs = zip(users.tolist(), items.tolist(), strict=True)
        return np.array([model.predict(user, item).est for user, item in pairs])

    return rated

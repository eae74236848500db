"""RecTools (https://github.com/MTSWebServices/RecTools): EASE, PureSVD, ALS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from rectools import Columns
from rectools.dataset import Dataset
from rectools.models import EASEModel, ImplicitALSWrapperModel, PureSVDModel
from scipy import sparse

from benchmarks.peers.by_implicit import als_model
from benchmarks.protocol import threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.peers.peer import Lists


def ease(train: Any, *, regularization: float = 200.0) -> Lists:
    model = EASEModel(
        regularization=regularization, recommend_n_threads=threads(), verbose=0
    )
    return _fitted(model, train)


def pure_svd(train: Any, *, factors: int = 128) -> Lists:
    return _fitted(PureSVDModel(factors=factors, verbose=0), train)


def als(train: Any, **params: Any) -> Lists:
    inner = als_model(**params)
    return _fitted(ImplicitALSWrapperModel(inner, verbose=0), train)


def _fitted(model: Any, train: Any) -> Lists:
    matrix = sparse.csr_matrix(train)
    users, items = matrix.nonzero()
    columns = {
        Columns.User: users,
        Columns.Item: items,
        Columns.Weight: np.asarray(matrix[users, items]).ravel(),
        Columns.Datetime: pd.Timestamp("2000-01-01"),
    }
    data = Dataset.construct(pd.DataFrame(columns))
    model.fit(data)

    def lists(users: NDArray[Any], n: int) -> NDArray[np.int64]:
        known = users[np.diff(matrix.indptr)[users] > 0]
        found = model.recommend(known, data, k=n, filter_viewed=True)
        row = np.full(matrix.shape[0], -1)
        row[users] = np.arange(len(users))
        result = np.full((len(users), n), -1, np.int64)
        at = row[found[Columns.User].to_numpy()], found[Columns.Rank].to_numpy() - 1
        result[at] = found[Columns.Item].to_numpy()
        return result

    return lists

"""LensKit (https://lenskit.org): its scorers in its own standard pipelines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from lenskit import predict
from lenskit.als import BiasedMFScorer, ImplicitMFScorer
from lenskit.batch import recommend
from lenskit.data import ItemList, from_interactions_df
from lenskit.knn import EASEScorer, ItemKNNScorer, UserKNNScorer
from lenskit.pipeline import predict_pipeline, topn_pipeline
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.peers.peer import Lists, Ratings


def implicit_mf(
    train: Any, *, factors: int = 128, weight: float = 10.0, epochs: int = 15
) -> Lists:
    scorer = ImplicitMFScorer(embedding_size=factors, weight=weight, epochs=epochs)
    return _lists(scorer, train)


def item_knn(train: Any, *, k: int = 20, kept: int = 100) -> Lists:
    scorer = ItemKNNScorer(max_nbrs=k, save_nbrs=kept, feedback="implicit")
    return _lists(scorer, train)


def user_knn(train: Any, *, k: int = 100) -> Lists:
    return _lists(UserKNNScorer(max_nbrs=k, feedback="implicit"), train)


def ease(train: Any, *, regularization: float = 200.0) -> Lists:
    return _lists(EASEScorer(regularization=regularization), train)


def biased_mf(
    users: NDArray[Any],
    items: NDArray[Any],
    ratings: NDArray[Any],
    *,
    factors: int = 50,
    epochs: int = 15,
) -> Ratings:
    scorer = BiasedMFScorer(embedding_size=factors, epochs=epochs)
    columns = {"user_id": users, "item_id": items, "rating": ratings}
    pipeline = predict_pipeline(scorer)
    pipeline.train(from_interactions_df(pd.DataFrame(columns)))

    def rated(users: NDArray[Any], items: NDArray[Any]) -> NDArray[np.float64]:
        found = np.empty(len(users))
        for user in np.unique(users):
            at = np.flatnonzero(users == user)
            scored = predict(pipeline, int(user), ItemList(item_ids=items[at]))
            found[at] = scored.scores()
        return found

    return rated


def _lists(scorer: Any, train: Any) -> Lists:
    matrix = sparse.csr_matrix(train)
    users, items = matrix.nonzero()
    data = from_interactions_df(pd.DataFrame({"user_id": users, "item_id": items}))
    pipeline = topn_pipeline(scorer)
    pipeline.train(data)

    def lists(users: NDArray[Any], n: int) -> NDArray[np.int64]:
        found = recommend(pipeline, users, n, n_jobs=1)
        result = np.full((len(users), n), -1, np.int64)
        place = {int(user): row for row, user in enumerate(users)}
        for key, answered in found.items():
            ids = np.asarray(answered.ids(), np.int64)
            result[place[int(key.user_id)], : len(ids)] = ids
        return result

    return lists

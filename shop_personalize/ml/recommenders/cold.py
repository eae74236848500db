"""Products hardly anybody touched yet, placed among the others by their content.

Collaborative neighbors need visitors; a new product has none. A regression from the
content of the touched products to their neighbor rows says what the neighbors of a
new one would be (mapping attributes to factors: Gantner, Drumond, Freudenthaler,
Rendle, Schmidt-Thieme 2010; here the rows of a walk take the place of factors).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from scipy import sparse

from shop_personalize.ml.data.distinct import pairs
from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.content import content_vectors
from shop_personalize.ml.recommenders.content_space import ContentMap, coordinates
from shop_personalize.ml.recommenders.edges import neighbors_from, no_edges
from shop_personalize.ml.recommenders.matrices import (
    kind_decays,
    kind_weights,
    strengths,
    strongest,
    without_refunded,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData

ROWS_AT_ONCE = 512
SAMPLED_ROWS = 2000
LEAST = 1e-3
"""Standard deviations; what the last kept score of a row is worth."""
MOST_FRESH = 20_000
"""Fresh products considered, the least touched first, then the latest."""


class Cold(Recommender):
    """Neighbors among fresh products: content mapped to the walk of the touched ones.

    Fresh is what at most ``few`` visitors touched, or the ``share`` least touched.
    The score of an edge is the mapped walk, plus ``popularity`` times the popularity
    that the content promises, plus ``content`` times the plain likeness of content;
    each part is divided by its standard deviation first. ``text`` weighs the long text
    against title, category, brand and attributes; ``ridge`` holds the regression back;
    ``rank`` directions of content are kept in a large catalog. ``start``, ``through``,
    ``end`` are the walk's exponents (see ``walk``). Products with less than
    ``min_support`` visitors teach nothing: their visitors stay unknown.
    """

    kinds: ClassVar[tuple[str, ...]] = (
        "purchase",
        "add_to_cart",
        "wishlist",
        "view",
        "click",
    )
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "text": (0.25, 0.5, 1.0, 2.0, 4.0),
        "ridge": (0.1, 0.3, 1.0, 3.0),
        "popularity": (0.0, 0.25, 0.5, 1.0),
        "content": (0.0, 0.5, 1.0),
        "start": (0.0, 0.3, 0.5),
        "end": (0.0, 0.3, 0.5),
        "through": (0.3, 0.7, 1.0),
    }
    query_params: ClassVar[tuple[str, ...]] = ("query_decay_days",)

    def __init__(
        self,
        text: float = 4.0,
        ridge: float = 1.0,
        popularity: float = 0.5,
        content: float = 0.25,
        start: float = 0.5,
        through: float = 0.7,
        end: float = 0.5,
        few: int = 2,
        share: float = 0.1,
        k: int = 200,
        rank: int = 300,
        min_support: int = 2,
        decay_days: float = 90.0,
        query_decay_days: float = 120.0,
        fields: dict[str, float] | None = None,
        weights: dict[str, float] | None = None,
    ) -> None:
        self.text = text
        self.ridge = ridge
        self.popularity = popularity
        self.content = content
        self.start = start
        self.through = through
        self.end = end
        self.few = few
        self.share = share
        self.k = k
        self.rank = rank
        self.min_support = min_support
        self.decay_days = decay_days
        self.query_decay_days = query_decay_days
        self.fields = fields
        self.weights = weights

    def fit(self, data: TrainingData) -> Self:
        """Learn which fresh products go with every product."""
        kept = without_refunded(data)
        matrix, degrees = self._taste(kept)
        vectors = content_vectors(
            data.items, {"text": self.text, **(self.fields or {})}
        )
        told = np.diff(vectors.indptr) > 0
        fresh = self._fresh(degrees, told, data)
        self.knowledge_ = no_edges(data.n_items)
        if len(fresh):
            places = coordinates(vectors, self.rank)
            self.knowledge_ = neighbors_from(
                self._blocks(matrix, degrees, places, fresh),
                data.n_items,
                k=self.k,
                min_support=0,
            )
        self.query_config_ = self.configure(data)
        self.extras_ = {}
        return self

    def configure(self, data: TrainingData) -> dict[str, Any]:
        """Return how a history asks."""
        return {
            "context": "history",
            "kinds": kind_weights(data, self.kinds, self.weights),
            "decay_days": kind_decays(data, self.kinds, self.query_decay_days),
            "combine": "max",
        }

    def _taste(self, data: TrainingData) -> tuple[sparse.csr_array, NDArray[np.int64]]:
        """Visitors x items without the hardly touched ones; visitors of each item."""
        weights = kind_weights(data, self.kinds, self.weights)
        decays = kind_decays(data, self.kinds, self.decay_days)
        values = strengths(data, weights, decays)
        counted = values > 0
        _, item = pairs(data.visitor[counted], data.item[counted], data.n_items)
        degrees = np.bincount(item, minlength=data.n_items)
        values = np.where(degrees[data.item] >= self.min_support, values, 0.0)
        shape = (data.n_visitors, data.n_items)
        return strongest(data.visitor, data.item, values, shape), degrees

    def _fresh(
        self, degrees: NDArray[np.int64], told: NDArray[np.bool_], data: TrainingData
    ) -> NDArray[np.int64]:
        """Codes of the fresh products that can be bought and have words, ascending."""
        usable = np.flatnonzero(told & data.items.available)
        if not len(usable):
            return usable
        least = np.quantile(degrees[usable], self.share) if self.share > 0 else 0
        most = max(self.few, int(least))
        usable = usable[degrees[usable] <= most]
        ages = -np.nan_to_num(data.items.created[usable], nan=-np.inf)
        order = np.lexsort((usable, ages, degrees[usable]))
        return np.sort(usable[order[:MOST_FRESH]])

    def _blocks(
        self,
        matrix: sparse.csr_array,
        degrees: NDArray[np.int64],
        places: NDArray[np.float64],
        fresh: NDArray[np.int64],
    ) -> Iterator[tuple[sparse.csr_array, NDArray[Any]]]:
        """Rows of every item over the fresh ones, ``ROWS_AT_ONCE`` at a time."""
        teachers = degrees >= self.min_support
        learned = ContentMap.of(places, teachers, self.ridge)
        popular = np.log1p(degrees)
        popular = popular - popular[teachers].mean() if teachers.any() else 0 * popular
        promise = learned.predicted(popular[:, None])[fresh, 0]
        walked = self._walked(matrix, places)
        walked = np.where(teachers[:, None], walked, learned.predicted(walked))
        left = np.hstack([walked @ learned.solved, places])
        right = places[fresh].T
        scales = self._scales(left, right, np.flatnonzero(teachers))
        promise = self.popularity * promise / (promise.std() or 1.0)
        for start in range(0, len(left), ROWS_AT_ONCE):
            rows = left[start : start + ROWS_AT_ONCE]
            scores = self._parts(rows, right, scales) + promise
            floor = self._floor(scores) if teachers.any() else np.zeros(len(scores))
            yield _placed(np.maximum(scores - floor[:, None], 0.0), fresh, len(left))

    def _walked(
        self, matrix: sparse.csr_array, places: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Where a walk from each item arrives: sum of its neighbors' coordinates."""
        columns = _power(np.asarray(matrix.sum(axis=0)), 1.0)
        rows = _power(np.asarray(matrix.sum(axis=1)), self.through)
        middle = matrix @ (columns[:, None] ** self.end * places)
        back = matrix.T @ (rows[:, None] * middle)
        return np.asarray(columns[:, None] ** self.start * back)

    def _scales(
        self,
        left: NDArray[np.float64],
        right: NDArray[np.float64],
        taught: NDArray[np.int64],
    ) -> tuple[float, float]:
        """Factors of the mapped walk and of plain content: 1 / standard deviation.

        Where nothing was learned from visitors plain content is all there is.
        """
        sample = taught[:: max(len(taught) // SAMPLED_ROWS, 1)]
        if not len(sample):
            return 0.0, 1.0
        mapped, plain = np.split(left[sample], 2, axis=1)
        first, second = float((mapped @ right).std()), float((plain @ right).std())
        if first == 0.0:
            return 0.0, 1.0
        return 1 / first, self.content / (second or 1.0)

    def _parts(
        self,
        rows: NDArray[np.float64],
        right: NDArray[np.float64],
        scales: tuple[float, float],
    ) -> NDArray[np.float64]:
        mapped, plain = np.split(rows, 2, axis=1)
        return np.asarray((scales[0] * mapped + scales[1] * plain) @ right)

    def _floor(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """A little below the least score that each row keeps: they may be negative."""
        kept = self.k + 1  # the item itself may be among them, and is dropped later
        if scores.shape[1] <= kept:
            return np.asarray(scores.min(axis=1) - LEAST)
        return np.asarray(np.partition(scores, -kept, axis=1)[:, -kept] - LEAST)


def _placed(
    scores: NDArray[np.float64], fresh: NDArray[np.int64], n_items: int
) -> tuple[sparse.csr_array, NDArray[Any]]:
    """Columns of the fresh products as sparse rows over all items."""
    indptr = np.arange(len(scores) + 1) * len(fresh)
    entries = (scores.ravel().astype(np.float32), np.tile(fresh, len(scores)), indptr)
    block = sparse.csr_array(entries, shape=(len(scores), n_items))
    return block, np.zeros(block.nnz, np.int32)


def _power(degrees: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    return np.where(degrees > 0, np.maximum(degrees, 1e-30) ** -exponent, 0.0)

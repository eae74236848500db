"""What takes the place of a product that cannot be bought, never what goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

import numpy as np
from scipy import sparse

from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.bought_together import BoughtTogether
from shop_personalize.ml.recommenders.content import content_vectors, likeness
from shop_personalize.ml.recommenders.edges import neighbors_from
from shop_personalize.ml.recommenders.similar import Similar

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data import Items, TrainingData
    from shop_personalize.ml.knowledge import ItemNeighbors

SAME_CATEGORY = 1.0
"""The most that likeness gives: another category comes after all of the same."""
FAR_PRICE = 0.25
WIDER = 4
"""Among how many times as many neighbors the best are looked for."""


class Substitutes(Recommender):
    """Products alike in content: the same main category first, then near in price.

    The price band goes from ``price / (1 + band)`` to ``price x (1 + band)``; outside
    of it likeness counts a quarter, an unknown price neither helps nor hurts. Pairs
    that orders hold together more often than chance are complements and left out,
    unless they read alike by at least ``alike`` (cosine, 0 to 1): the red and the blue
    mug are bought together too. What has less than ``least`` in common besides the
    category is no alternative. ``k`` neighbors are kept.
    """

    kinds: ClassVar[tuple[str, ...]] = ("purchase",)

    def __init__(
        self,
        k: int = 30,
        band: float = 0.5,
        alike: float = 0.4,
        least: float = 0.15,
    ) -> None:
        self.k = k
        self.band = band
        self.alike = alike
        self.least = least

    def fit(self, data: TrainingData) -> Self:
        """Learn the alternatives of every item."""
        near = _edges(Similar(k=WIDER * self.k, price=0.0), data)
        together = _edges(BoughtTogether(damping=0.0), data)
        one, other = _pairs(near)
        alike = likeness(content_vectors(data.items, {"category": 0.0}), one, other)
        scores = alike * self._price_fit(data.items, one, other)
        scores += SAME_CATEGORY * _same_category(data.items, one, other)
        complements = _has(together, one, other) & (alike < self.alike)
        scores[complements | (alike < self.least)] = 0.0
        shape = (data.n_items, data.n_items)
        rows = sparse.csr_array((scores, near.indices, near.indptr), shape=shape)
        self.knowledge_ = neighbors_from(
            iter([(rows, near.support)]), data.n_items, k=self.k, min_support=0
        )
        self.query_config_ = {"context": "product"}
        self.extras_ = {}
        return self

    def _price_fit(
        self, items: Items, one: NDArray[Any], other: NDArray[Any]
    ) -> NDArray[np.float64]:
        logs = np.log(np.where(items.prices > 0, items.prices, np.nan))
        gap = np.nan_to_num(np.abs(logs[one] - logs[other]))
        return np.where(gap <= np.log1p(self.band) + 1e-9, 1.0, FAR_PRICE)


def _edges(recommender: Recommender, data: TrainingData) -> ItemNeighbors:
    return cast("ItemNeighbors", recommender.fit(data).knowledge_)


def _pairs(edges: ItemNeighbors) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rows = np.repeat(np.arange(edges.n_items), np.diff(edges.indptr))
    return rows, np.asarray(edges.indices, np.int64)


def _has(
    edges: ItemNeighbors, one: NDArray[np.int64], other: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether (one[k], other[k]) is an edge, in either direction."""
    rows, columns = _pairs(edges)
    known = np.concatenate([rows, columns]) * edges.n_items
    known += np.concatenate([columns, rows])
    return np.isin(one * edges.n_items + other, known)


def _same_category(
    items: Items, one: NDArray[np.int64], other: NDArray[np.int64]
) -> NDArray[np.bool_]:
    names = [each[0] if each else "" for each in items.categories]
    _, group = np.unique(names, return_inverse=True)
    named = np.array([bool(name) for name in names], bool)
    return np.asarray((group[one] == group[other]) & named[one])

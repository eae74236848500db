"""Baskets of a visitor: what was done on one day, or shares an order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from shop_personalize.ml.data.distinct import pairs
from shop_personalize.ml.data.training_data import NO_ORDER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData


@dataclass(frozen=True)
class Baskets:
    """Each item once a basket: ``visitor``, ``item``, ``since`` int (m,) columns.

    ``since`` counts the later baskets of the same visitor, 0 for the latest.
    """

    visitor: NDArray[np.int64]
    item: NDArray[np.int64]
    since: NDArray[np.int64]
    shape: tuple[int, int]

    def matrix(self, fade: float = 1.0) -> sparse.csr_array:
        """Visitors x items: sum over baskets of ``fade`` to the power of ``since``."""
        weights = fade ** self.since.astype(float)
        return sparse.csr_array((weights, (self.visitor, self.item)), self.shape)

    def firsts(self) -> NDArray[np.bool_]:
        """Whether it is the visitor's first basket with the item; (m,)."""
        pair = self.visitor * max(self.shape[1], 1) + self.item
        order = np.lexsort((-self.since, pair))
        first = np.ones(len(pair), bool)
        first[order[1:]] = pair[order][1:] != pair[order][:-1]
        return first


def baskets_of(data: TrainingData) -> Baskets:
    """Part the rows of ``data`` into baskets, numbered from each visitor's latest."""
    number = basket_numbers(data)
    count = int(number.max(initial=-1)) + 1
    owner = np.zeros(count, np.int64)
    owner[number] = data.visitor
    latest = np.full(count, -np.inf)
    np.maximum.at(latest, number, data.time)
    order = np.lexsort((-latest, owner))
    since = np.empty(count, np.int64)
    since[order] = np.arange(count) - np.searchsorted(owner[order], owner[order])
    basket, item = pairs(number, data.item, data.n_items)
    shape = (data.n_visitors, data.n_items)
    return Baskets(owner[basket], item.astype(np.int64), since[basket], shape)


def basket_numbers(data: TrainingData) -> NDArray[np.int64]:
    """Number of the basket of each row: one a visitor and order, or day; (m,)."""
    loose = data.order == NO_ORDER
    mark = np.where(loose, np.floor(data.time), data.order)
    columns = (mark, loose, data.visitor)
    order = np.lexsort(columns)
    new = np.zeros(len(order), bool)
    for column in columns:
        new[1:] |= column[order][1:] != column[order][:-1]
    number = np.empty(len(order), np.int64)
    number[order] = np.cumsum(new)
    return number

"""How an item's sales answer its own price and those of all others in its category."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from shop_personalize.ml.optimize.prices.cells import Cells
from shop_personalize.ml.optimize.prices.pooled import Normals, least_squares, pooled
from shop_personalize.ml.optimize.prices.sales import (
    Bools,
    Floats,
    Ints,
    PriceError,
    Sales,
)


@dataclass(frozen=True, eq=False)
class Market:
    """The answers within one category of m items.

    ``items`` int64 (m,). ``values`` and ``errors`` float64 (m, m): how the sales of the
    row's item answer the price of the column's; the diagonal is its own. ``controls``
    and ``control_errors`` float64 (m, k).
    """

    items: Ints
    values: Floats
    errors: Floats
    controls: Floats
    control_errors: Floats


class CrossElasticities:
    """Log units of each item on the log prices of all of its category and on controls.

    Within an item and place, as ``Elasticities``, of rows with a sale. Where another
    item has no price in a place and period its usual one stands in. ``shrink`` draws
    own answers to their mean over the category, cross answers to theirs and those to
    each control to its own, by how much they differ beyond their errors (empirical
    Bayes); otherwise plain least squares.

    After ``fit``: ``markets_``, one ``Market`` for a category with rows, by category.
    """

    def __init__(self, *, shrink: bool = True) -> None:
        self.shrink = shrink

    def fit(self, sales: Sales) -> Self:
        """Learn from sales; raises PriceError without periods and without a sale."""
        _known_periods(sales)
        sold = sales.units > 0
        if not sold.any():
            raise PriceError("nothing was sold: there is no answer to a price")
        self._usual(sales, sold)
        self.markets_: dict[int, Market] = {}
        self.levels_ = np.full(self.cells_ + 1, np.nan)
        category = sales.categories[sales.item]
        for each in np.unique(category[sold]):
            self.markets_[int(each)] = self._market(sales, sold & (category == each))
        return self

    def predict(self, sales: Sales) -> Floats:
        """Expected log units of each row: float64 (rows,); ``units`` are not looked at.

        NaN for an item in a place that was not learned from.
        """
        found = np.full(len(sales.units), np.nan)
        category = sales.categories[sales.item]
        for each, market in self.markets_.items():
            rows = np.flatnonzero(category == each)
            if rows.size:
                x = self._regressors(sales, rows, market.items)
                at = np.searchsorted(market.items, sales.item[rows])
                at = np.minimum(at, len(market.items) - 1)
                weights = np.hstack([market.values, market.controls])
                level = self.levels_[self._cell(sales, rows)]
                found[rows] = level + (x * weights[at]).sum(axis=1)
        return found

    def _usual(self, sales: Sales, sold: Bools) -> None:
        """What an item usually costs in a place, and anywhere."""
        self.places_ = int(sales.places.max()) + 1
        self.cells_ = sales.n * self.places_
        cell = (sales.item * self.places_ + sales.places)[sold]
        logs = np.log(sales.price[sold])
        count = np.bincount(cell, minlength=self.cells_).reshape(sales.n, -1)
        total = np.bincount(cell, logs, minlength=self.cells_).reshape(sales.n, -1)
        with np.errstate(invalid="ignore", divide="ignore"):
            anywhere = total.sum(axis=1) / count.sum(axis=1)
            self.usual_ = np.where(count > 0, total / count, anywhere[:, None])

    def _cell(self, sales: Sales, rows: Ints) -> Ints:
        """The cell of each row, the last where it is not known: int64 (rows,)."""
        place, item = sales.places[rows], sales.item[rows]
        known = (place < self.places_) & (item < len(self.usual_))
        return np.where(known, item * self.places_ + place, self.cells_)

    def _regressors(self, sales: Sales, rows: Ints, items: Ints) -> Floats:
        """Log prices of all ``items``, then controls, at each row: (rows, m + k)."""
        period = _known_periods(sales)
        span = int(period.max()) + 1
        member = np.isin(sales.item, items)
        moment = sales.places * span + period
        moments, at = np.unique(moment[rows], return_inverse=True)
        here = np.searchsorted(moments, moment[member])
        here = np.minimum(here, len(moments) - 1)
        seen = moments[here] == moment[member]
        column = np.searchsorted(items, sales.item[member])
        slot = (here * len(items) + column)[seen]
        size = len(moments) * len(items)
        count = np.bincount(slot, minlength=size)
        total = np.bincount(slot, np.log(sales.price[member][seen]), minlength=size)
        place = np.minimum(moments // span, self.places_ - 1)
        usual = self.usual_[items][:, place].T
        found = np.where(
            count.reshape(usual.shape) > 0,
            total.reshape(usual.shape) / np.maximum(count.reshape(usual.shape), 1),
            usual,
        )[at]
        if sales.controls is None:
            return found
        return np.hstack([found, sales.controls[rows]])

    def _market(self, sales: Sales, keep: Bools) -> Market:
        cells = Cells.of(sales, keep, None)
        items = np.unique(cells.item)
        raw = self._regressors(sales, cells.rows, items)
        at = np.searchsorted(items, cells.item)
        x, y = cells.within(raw), cells.within(np.log(cells.units))
        normals = Normals.of(x, y, at, cells.cells_of_item[items])
        kind = _kinds(len(items), raw.shape[1])
        learned = pooled(normals, kind) if self.shrink else least_squares(normals)
        weights, errors = learned
        level = np.log(cells.units) - (raw * weights[at]).sum(axis=1)
        count = cells.cell_sums(np.ones(len(cells)))
        first = np.flatnonzero(np.diff(cells.cell, prepend=-1))
        where = self._cell(sales, cells.rows[first])
        self.levels_[where] = cells.cell_sums(level) / count
        m = len(items)
        return Market(
            items, weights[:, :m], errors[:, :m], weights[:, m:], errors[:, m:]
        )


def _known_periods(sales: Sales) -> Ints:
    if sales.period is None:
        raise PriceError("cross effects ask for the period of each row")
    return sales.period


def _kinds(items: int, columns: int) -> Ints:
    """0 own, 1 cross, 2… controls: int64 (items, columns)."""
    kind = np.ones((items, columns), np.int64)
    np.fill_diagonal(kind, 0)
    kind[:, items:] = np.arange(2, columns - items + 2)
    return kind

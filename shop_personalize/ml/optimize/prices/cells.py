"""Fixed effects: what is learned from changes within an item and a place alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shop_personalize.ml.optimize.prices.sales import Bools, Floats, Ints, Sales


@dataclass(frozen=True, eq=False)
class Cells:
    """Rows sorted by item and place; a cell is one item in one place.

    ``rows`` int64 (r,): where each sorted row stood. ``cell`` int64 (r,) in 0..c-1 and
    ``item`` int64 (r,); ``n`` items and ``c`` cells. ``x`` float64 (r, k): logarithm of
    the price, then the controls. ``units`` float64 (r,); ``period`` int64 (r,) in
    0..t-1, that of a category where seasons are its own; empty without seasons.
    """

    rows: Ints
    item: Ints
    cell: Ints
    x: Floats
    units: Floats
    period: Ints
    n: int

    @classmethod
    def of(cls, sales: Sales, keep: Bools, season: str | None) -> Cells:
        """Of the rows to keep: bool (rows,)."""
        kept = np.flatnonzero(keep)
        places = sales.places
        rows = kept[np.lexsort((places[kept], sales.item[kept]))]
        item, place = sales.item[rows], places[rows]
        begins = np.ones(len(rows), np.bool_)
        begins[1:] = (item[1:] != item[:-1]) | (place[1:] != place[:-1])
        x = np.log(sales.price)[rows, None]
        if sales.controls is not None:
            x = np.hstack([x, sales.controls[rows]])
        return cls(
            rows,
            item,
            np.cumsum(begins) - 1,
            x,
            sales.units[rows],
            _periods(sales, rows, season),
            sales.n,
        )

    def __len__(self) -> int:
        return len(self.rows)

    def cell_sums(self, values: Floats) -> Floats:
        """Sums over the rows of each cell: (c,) or (c, k)."""
        return _sums(self.cell, values, int(self.cell[-1]) + 1 if len(self) else 0)

    def item_sums(self, values: Floats) -> Floats:
        """Sums over the rows of each item: (n,) or (n, k)."""
        return _sums(self.item, values, self.n)

    def within(self, values: Floats, weights: Floats | None = None) -> Floats:
        """``values`` (r,) or (r, k) less the (weighted) mean of their cell."""
        weights = np.ones(len(self)) if weights is None else weights
        total = self.cell_sums(weights)
        wide = weights if values.ndim == 1 else weights[:, None]
        sums = self.cell_sums(values * wide)
        total = np.where(total > 0, total, 1.0)
        means = sums / (total if values.ndim == 1 else total[:, None])
        found: Floats = values - means[self.cell]
        return found

    def products(self, x: Floats, weights: Floats | None = None) -> Floats:
        """X'WX of each item: float64 (n, k, k)."""
        k = x.shape[1]
        left = x if weights is None else x * weights[:, None]
        found = np.empty((self.n, k, k))
        for one in range(k):
            for other in range(one, k):
                sums = self.item_sums(left[:, one] * x[:, other])
                found[:, one, other] = found[:, other, one] = sums
        return found

    @property
    def cells_of_item(self) -> Ints:
        """How many cells an item has: int64 (n,)."""
        if not len(self):
            return np.zeros(self.n, np.int64)
        first = np.flatnonzero(np.diff(self.cell, prepend=-1))
        return np.bincount(self.item[first], minlength=self.n)


def _sums(group: Ints, values: Floats, n: int) -> Floats:
    if values.ndim == 1:
        return np.bincount(group, values, minlength=n).astype(np.float64)
    columns = [np.bincount(group, column, minlength=n) for column in values.T]
    return np.stack(columns, axis=1).astype(np.float64)


def _periods(sales: Sales, rows: Ints, season: str | None) -> Ints:
    if season is None or sales.period is None:
        return np.empty(0, np.int64)
    period = sales.period[rows]
    if season == "category":
        period = sales.categories[sales.item[rows]] * (period.max() + 1) + period
    return np.unique(period, return_inverse=True)[1].astype(np.int64)

"""What the demo shop's customers asked for, day by day."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from benchmarks.demo import FOLDER, MINUTES
from benchmarks.protocol import DataMissingError

WEEK = 7
WARM_UP = 26
"""Weeks that are only learned from."""
SEEN_IN = 8
"""Weeks of the warm-up in which a product must have sold."""
PRODUCTS = 600
SHORTEST, LONGEST = 3, 21
"""Days from an order to its delivery."""
SEED = 5


@dataclass(frozen=True, eq=False)
class Shop:
    """``units`` (n, days) asked for, ``price`` (n,), ``lead`` (n,) days.

    ``item`` (n,) where the products stand in the shop's files, ``first`` the first day,
    in days since the epoch.
    """

    units: NDArray[np.float64]
    price: NDArray[np.float64]
    lead: NDArray[np.int64]
    item: NDArray[np.int64]
    first: int

    @property
    def weeks(self) -> int:
        return int(self.units.shape[1]) // WEEK

    def until(self, week: int) -> Shop:
        return replace(self, units=self.units[:, : week * WEEK])


def by_week(daily: NDArray[np.float64]) -> NDArray[np.float64]:
    n, days = daily.shape
    whole = days // WEEK
    found: NDArray[np.float64] = (
        daily[:, : whole * WEEK].reshape(n, whole, WEEK).sum(axis=2)
    )
    return found


def read(products: int = PRODUCTS, after: int = 0) -> Shop:
    """The products that earned most in the warm-up, chosen by it alone.

    ``after`` so many that earned still more.
    """
    if not (FOLDER / "lines.parquet").exists():
        raise DataMissingError(f"the example shop's history is absent: no {FOLDER}")
    lines = pq.read_table(FOLDER / "lines.parquet")
    orders = pq.read_table(FOLDER / "orders.parquet")
    order = np.repeat(np.arange(len(orders)), orders["lines"].to_numpy())
    at = orders["at"].to_numpy()[order] // int(MINUTES)
    first = _monday(int(at.min()))
    day = at - first
    quantity = lines["quantity"].to_numpy() - lines["refunded"].to_numpy()
    price, item = lines["price"].to_numpy(), lines["product"].to_numpy()
    sold = (quantity > 0) & (price > 0) & (day >= 0)
    shape = int(item.max()) + 1, (int(day.max()) + 1) // WEEK * WEEK
    sold &= day < shape[1]
    units = np.zeros(shape)
    np.add.at(units, (item[sold], day[sold]), quantity[sold])
    earlier = sold & (day < WARM_UP * WEEK)
    earned = np.bincount(item[earlier], (quantity * price)[earlier], minlength=shape[0])
    seen = (by_week(units)[:, :WARM_UP] > 0).sum(axis=1) >= SEEN_IN
    chosen = np.argsort(-np.where(seen, earned, -1.0), kind="stable")[after:][:products]
    chosen = np.sort(chosen[seen[chosen]])
    pieces = np.bincount(item[earlier], quantity[earlier], minlength=shape[0])
    lead = np.random.default_rng(SEED).integers(SHORTEST, LONGEST + 1, len(chosen))
    worth = (earned / np.maximum(pieces, 1))[chosen]
    return Shop(units[chosen], worth, lead, chosen, first)


def _monday(day: int) -> int:
    """The first Monday from ``day`` on, in days since the epoch (a Thursday)."""
    return day + (4 - day) % WEEK

"""A shop's stock, day by day: what is asked for, sold, lost, ordered and delivered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.stock.history import WARM_UP, WEEK, Shop, by_week

Floats = NDArray[np.float64]


class Policy(Protocol):
    """Says every Monday what to order."""

    def order(self, seen: Seen, position: Floats) -> Floats: ...


@dataclass(frozen=True, eq=False)
class Seen:
    """What a shop knows on a Monday, of each day until then (n, days).

    ``sold`` units, ``empty`` where a day began with empty shelves, ``refused`` where
    somebody wanted more than there was (on an empty day nobody asks).
    """

    sold: Floats
    empty: NDArray[np.bool_]
    refused: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Outcome:
    """Of n products over the simulated weeks."""

    asked: Floats
    """(n, weeks) units."""
    lost: Floats
    stock: Floats
    """(n, weeks) mean units at the end of the days."""
    orders: int
    price: Floats

    @property
    def cycle_service(self) -> float:
        """The share of weeks in which a product was not short of anything."""
        return float((self.lost == 0).mean())

    @property
    def asked_service(self) -> float:
        """The same of those weeks in which somebody asked for it."""
        return float((self.lost == 0)[self.asked > 0].mean())

    @property
    def fill_rate(self) -> float:
        return 1 - float(self.lost.sum() / self.asked.sum())

    @property
    def stock_value(self) -> float:
        return float((self.stock * self.price[:, None]).sum(axis=0).mean())

    @property
    def stock_units(self) -> float:
        return float(self.stock.sum(axis=0).mean())

    def facts(self) -> dict[str, float]:
        return {
            "cycle_service": round(self.cycle_service, 4),
            "service_where_asked": round(self.asked_service, 4),
            "fill_rate": round(self.fill_rate, 4),
            "stock_value": round(self.stock_value),
            "stock_units": round(self.stock_units),
            "lost_units": round(float(self.lost.sum())),
            "orders": self.orders,
        }


def simulate(shop: Shop, policy: Policy, first: int = WARM_UP) -> Outcome:
    """From week ``first`` on; what is short is lost, not waited for.

    The first delivery is there at once: whatever the policy asks for on the first
    Monday, so that none begins with empty shelves.
    """
    n, days = shop.units.shape
    begin = first * WEEK
    sold = shop.units.copy()
    empty, refused = np.zeros(sold.shape, bool), np.zeros(sold.shape, bool)
    coming = np.zeros((n, days + int(shop.lead.max()) + 1))
    stock, lost = np.zeros(n), np.zeros_like(shop.units)
    left = np.zeros_like(shop.units)
    rows, orders = np.arange(n), 0
    for day in range(begin, days):
        if (day - begin) % WEEK == 0:
            seen = Seen(sold[:, :day], empty[:, :day], refused[:, :day])
            position = stock + coming[:, day:].sum(axis=1)
            wanted = np.maximum(np.round(policy.order(seen, position)), 0.0)
            if day == begin:
                stock = stock + wanted
            else:
                coming[rows, day + shop.lead] += wanted
                orders += int((wanted > 0).sum())
        stock = stock + coming[:, day]
        asked = shop.units[:, day]
        empty[:, day] = stock <= 0
        refused[:, day] = (stock > 0) & (asked > stock)
        sold[:, day] = np.minimum(asked, stock)
        lost[:, day] = asked - sold[:, day]
        stock = stock - sold[:, day]
        left[:, day] = stock
    weeks = slice(first, shop.weeks)
    return Outcome(
        by_week(shop.units)[:, weeks],
        by_week(lost)[:, weeks],
        by_week(left)[:, weeks] / WEEK,
        orders,
        shop.price,
    )

"""Who are the best customers? By how lately, how often and for how much they bought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from shop_personalize.insight.selectors.customers import customers, main_currency
from shop_personalize.insight.selectors.period import FEW, Period

LEVELS = 5
LOOK_BACK = timedelta(days=730)
"""Who has not bought for longer is nobody's customer any more."""
SEGMENTS = ("champions", "loyal", "promising", "new", "at_risk", "cannot_lose", "lost")
# Which segment a customer is in: rows by how lately (1 long ago), columns by how often.
GRID = (
    ("lost", "lost", "at_risk", "cannot_lose", "cannot_lose"),
    ("lost", "lost", "at_risk", "at_risk", "cannot_lose"),
    ("promising", "promising", "loyal", "loyal", "loyal"),
    ("new", "promising", "loyal", "loyal", "champions"),
    ("new", "promising", "loyal", "champions", "champions"),
)

Numbers = NDArray[np.float64]
Levels = NDArray[np.int64]


@dataclass(frozen=True)
class Segment:
    """``revenue`` is None of few people; ``before`` counts people a period earlier."""

    name: str
    people: int
    before: int
    orders: int
    revenue: float | None


@dataclass(frozen=True)
class Edges:
    """Where the levels 2 to 5 begin: at most so many days ago, at least so many orders,
    at least so much money."""

    days: tuple[int, ...]
    orders: tuple[int, ...]
    money: tuple[float, ...]


@dataclass(frozen=True)
class Rfm:
    """``grid[r][f]`` customers of recency level r + 1 and frequency level f + 1."""

    people: int
    segments: tuple[Segment, ...]
    grid: tuple[tuple[int, ...], ...]
    money: tuple[int, ...]
    """Customers of each level of money spent."""
    edges: Edges
    currency: str


@dataclass(frozen=True)
class _Table:
    """A row a customer: days since the last order, orders, money."""

    days: Numbers
    orders: Numbers
    money: Numbers


def measure(period: Period) -> Rfm:
    currency, _others = main_currency(period.until - LOOK_BACK, period.until)
    now, before = _tables(period, currency)
    edges = _edges(now)
    recency, frequency = _levels(now, edges)
    of, earlier = _segments(now, edges), _segments(before, edges)
    grid = np.bincount((recency - 1) * LEVELS + frequency - 1, minlength=LEVELS**2)
    money = np.searchsorted(edges.money, now.money, side="right")
    return Rfm(
        people=len(now.days),
        segments=tuple(_segment(k, now, of, earlier) for k in range(len(SEGMENTS))),
        grid=tuple(map(tuple, grid.reshape(LEVELS, LEVELS).tolist())),
        money=tuple(np.bincount(money, minlength=LEVELS).tolist()),
        edges=edges,
        currency=currency,
    )


def _tables(period: Period, currency: str) -> tuple[_Table, _Table]:
    """Customers as they are, and as they were at the end of the period before."""
    ends = (period.until, period.before.until)
    rows: list[list[tuple[int, int, float]]] = [[], []]
    for days in customers(period.until, currency):
        for end, found in zip(ends, rows, strict=True):
            own = [each for each in days if each.day <= end]
            if own and end - own[-1].day <= LOOK_BACK:
                orders = sum(each.orders for each in own)
                money = sum(each.revenue for each in own)
                found.append(((end - own[-1].day).days, orders, money))
    now, before = (np.array(found, np.float64).reshape(-1, 3).T for found in rows)
    return _Table(*now), _Table(*before)


def _edges(table: _Table) -> Edges:
    """Fifths of the customers; more than a fifth may be alike and share a level."""
    if not len(table.days):
        return Edges((), (), ())
    shares = [k / LEVELS for k in range(1, LEVELS)]
    days = np.quantile(table.days, shares[::-1], method="lower").astype(int)
    orders = np.quantile(table.orders, shares, method="higher").astype(int)
    money = np.round(np.quantile(table.money, shares), 2)
    distinct = np.maximum(orders, 1 + np.arange(1, LEVELS))
    return Edges(tuple(days.tolist()), tuple(distinct.tolist()), tuple(money.tolist()))


def _levels(table: _Table, edges: Edges) -> tuple[Levels, Levels]:
    recency = 1 + (table.days[:, None] <= np.array(edges.days)).sum(axis=1)
    frequency = 1 + (table.orders[:, None] >= np.array(edges.orders)).sum(axis=1)
    return recency, frequency


def _segments(table: _Table, edges: Edges) -> Levels:
    """The number of each customer's segment in ``SEGMENTS``."""
    recency, frequency = _levels(table, edges)
    numbers = np.array([[SEGMENTS.index(name) for name in row] for row in GRID])
    found: Levels = numbers[recency - 1, frequency - 1]
    return found


def _segment(number: int, table: _Table, of: Levels, earlier: Levels) -> Segment:
    own = of == number
    people = int(own.sum())
    revenue = None if 0 < people < FEW else round(float(table.money[own].sum()), 2)
    return Segment(
        name=SEGMENTS[number],
        people=people,
        before=int((earlier == number).sum()),
        orders=int(table.orders[own].sum()),
        revenue=revenue,
    )

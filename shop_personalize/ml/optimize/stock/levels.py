"""Order up to a level once stock has fallen to a point: (s, S), looked at each period.

``demand`` is that of one period; stock counts what is on order, less what customers
wait for. Numbers or float64 (n,), one a product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from shop_personalize.ml.optimize.stock.checked import (
    FloatArray,
    StockError,
    checked,
    refuse,
)
from shop_personalize.ml.optimize.stock.demand import Demand

IntArray = NDArray[np.int64]

_CELLS = 100_000
"""Numbers worked on at once: little padding, and they stay in the cache."""

_SMALL_LOT = 1.5


@dataclass(frozen=True, eq=False)
class OrderUpTo:
    """At ``point`` or below order up to ``level``; expected ``cost`` a period."""

    point: FloatArray
    level: FloatArray
    cost: FloatArray


@dataclass(frozen=True, eq=False)
class PointAndLevel:
    """At ``point`` or below order up to ``level``."""

    point: FloatArray
    level: FloatArray


def order_up_to(
    demand: Demand,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    fixed_cost: ArrayLike,
    lead_time: ArrayLike = 0.0,
) -> OrderUpTo:
    """The best whole s and S for whole demand, exactly.

    ``demand`` of a period: Poisson, NegativeBinomial or Discrete, with a mean above 0;
    ``holding_cost`` and ``stockout_cost`` a unit and period, ``fixed_cost`` an order,
    all above 0; ``lead_time`` 0 or more periods. The renewal function of demand gives
    the cost of every policy between the bounds of Zheng and Federgruen (1991).
    """
    given = _Given.of(demand, holding_cost, stockout_cost, fixed_cost, lead_time)
    least, width = _bounds(given)
    found = np.empty((3, least.size))
    for rows in _pieces(width):
        found[:, rows] = _best(given, rows, least[rows], int(width[rows].max()))
    point, level, cost = found.reshape(3, *given.shape)
    return OrderUpTo(point, level, cost)


def order_up_to_cost(
    point: ArrayLike,
    level: ArrayLike,
    demand: Demand,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    fixed_cost: ArrayLike,
    lead_time: ArrayLike = 0.0,
) -> FloatArray:
    """Exact expected cost a period of any whole s and S, with S above s."""
    s, S = np.broadcast_arrays(*checked(point=point, level=level))
    given = _Given.of(demand, holding_cost, stockout_cost, fixed_cost, lead_time, s)
    refuse("point", s, s % 1 != 0, "a whole number")
    refuse("level", S, (S % 1 != 0) | (s >= S), "a whole number above point")
    s, S = (np.broadcast_to(each, given.shape).ravel() for each in (s, S))
    width = (S - s).astype(np.int64)
    found = np.empty(S.shape)
    for rows in _pieces(width):
        below = np.arange(width[rows].max())
        visits = given.visits(rows, below.size) * (below < width[rows, None])
        costs = given.costs(rows, S[rows, None] - below)
        spent = given.K[rows] + (visits * costs).sum(axis=1)
        found[rows] = spent / visits.sum(axis=1)
    return found.reshape(given.shape)


@dataclass(frozen=True, eq=False)
class _Given:
    """Checked costs (n,), demand of a period, and of the lead time and one period."""

    demand: Demand
    covered: Demand
    h: FloatArray
    p: FloatArray
    K: FloatArray
    shape: tuple[int, ...]

    @classmethod
    def of(
        cls,
        demand: Demand,
        holding_cost: ArrayLike,
        stockout_cost: ArrayLike,
        fixed_cost: ArrayLike,
        lead_time: ArrayLike,
        wide: ArrayLike = 0.0,
    ) -> _Given:
        """``wide`` has the shape of what else is given."""
        (lead,) = checked(lead_time=lead_time)
        covered = demand.over(lead + 1) if lead.any() else demand
        if not demand.whole:
            raise StockError(
                "demand must come in whole units: Poisson, NegativeBinomial, Discrete"
            )
        h, p, K, mean, _, _ = np.broadcast_arrays(
            *checked(
                holding_cost=holding_cost,
                stockout_cost=stockout_cost,
                fixed_cost=fixed_cost,
                mean_demand=demand.mean,
                mean_of_lead_time=covered.mean,
                wide=wide,
            )
        )
        refuse("demand_mean", mean, mean <= 0, "above 0")
        return cls(demand, covered, h.ravel(), p.ravel(), K.ravel(), mean.shape)

    def mean(self, demand: Demand) -> FloatArray:
        """Mean demand of each product."""
        return np.broadcast_to(demand.mean, self.shape).ravel()

    @cached_property
    def best(self) -> FloatArray:
        """The newsvendor's level of each product."""
        level = self.covered.quantile((self.p / (self.h + self.p)).reshape(self.shape))
        return np.broadcast_to(level, self.shape).ravel()

    def cost(self, level: FloatArray) -> FloatArray:
        """Cost a period of being at a level (n,)."""
        return self.h * self.covered.left(level) + self.p * self.covered.loss(level)

    def costs(self, rows: IntArray, levels: FloatArray) -> FloatArray:
        """Cost a period of these products at each of their levels (rows, width)."""
        level = levels.ravel()
        loss = self.covered.take(np.repeat(rows, levels.shape[1])).loss(level)
        loss = loss.reshape(levels.shape)
        mean = self.mean(self.covered)[rows, None]
        left = np.maximum(levels - mean + loss, 0)
        return self.h[rows, None] * left + self.p[rows, None] * loss

    def visits(self, rows: IntArray, width: int) -> FloatArray:
        """Periods that stock stands 0..width - 1 units below S, on average."""
        chances = self.demand.take(rows).chances(width - 1)
        chances = np.broadcast_to(chances, (rows.size, width))
        visits = np.zeros(chances.shape)
        leaves = 1 - chances[:, 0]
        visits[:, 0] = 1 / leaves
        for below in range(1, width):
            before = visits[:, below - 1 :: -1][:, :below]
            came = (chances[:, 1 : below + 1] * before).sum(axis=1)
            visits[:, below] = came / leaves
        return visits


def _bounds(given: _Given) -> tuple[FloatArray, IntArray]:
    """Lowest level that may be right and how many: those no dearer than some policy.

    Demand of at least Q takes Q / rate periods or more, so that a policy with
    Q = S - s costs at most K rate / Q and the dearer of its outer levels.
    """
    h, p, K, rate = given.h, given.p, given.K, given.mean(given.demand)
    best = given.best
    lot = np.ceil(np.sqrt(2 * K * rate * (h + p) / (h * p)))
    highest = best + np.floor(lot * p / (h + p))
    outer = np.maximum(given.cost(highest), given.cost(highest - lot + 1))
    bound = np.minimum(K * rate / lot + outer, K + given.cost(best)) * (1 + 1e-12)
    mean = given.mean(given.covered)
    most = _edge(given.cost, bound, best, np.ceil(mean + bound / h) + 1)
    least = _edge(given.cost, bound, best, np.floor(mean - bound / p) - 1)
    return least, (most - least + 1).astype(np.int64)


def _pieces(width: IntArray) -> Iterator[IntArray]:
    """Products of similar width together, few enough for memory."""
    order = np.argsort(width, kind="stable")
    start = 0
    while start < order.size:
        count = _CELLS // int(width[order[start]]) + 1
        count = max(1, _CELLS // int(width[order[start : start + count][-1]]))
        yield order[start : start + count]
        start += count


def _best(given: _Given, rows: IntArray, least: FloatArray, width: int) -> FloatArray:
    """Point, level and cost of these products: float64 (3, rows).

    ``spent`` at a level S sums its fixed cost and what stock costs on the way down to
    S - depth, ``lasting`` how many periods that takes.
    """
    levels = least[:, None] + np.arange(width)
    costs, visits = given.costs(rows, levels), given.visits(rows, width)
    usable = np.where(levels >= given.best[rows, None], 0.0, np.inf)
    spent = np.repeat(given.K[rows, None], width, axis=1)
    lasting = np.zeros(rows.size)
    found = np.full((3, rows.size), np.inf)
    for depth in range(1, width + 1):
        first = depth - 1
        spent[:, first:] += visits[:, first, None] * costs[:, : width - first]
        lasting += visits[:, first]
        each = spent[:, first:] / lasting[:, None] + usable[:, first:]
        place = each.argmin(axis=1)
        cost = each[np.arange(rows.size), place]
        level = least + place + first
        better = cost < found[2] * (1 - 1e-14)
        found = np.where(better, [level - depth, level, cost], found)
    return found


def _edge(
    costs: Callable[[FloatArray], FloatArray],
    bound: FloatArray,
    inside: FloatArray,
    outside: FloatArray,
) -> FloatArray:
    """The last whole level on the way from inside to outside within the bound."""
    while np.any(np.abs(outside - inside) > 1):
        middle = np.trunc((inside + outside) / 2)
        within = costs(middle) <= bound
        inside, outside = (
            np.where(within, middle, inside),
            np.where(within, outside, middle),
        )
    return inside


def power_approximation(
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    fixed_cost: ArrayLike,
    lead_time: ArrayLike = 0.0,
    *,
    small_lots: bool = True,
) -> PointAndLevel:
    """Near the best s and S by a formula, for any number of products at once.

    The revised power approximation (Ehrhardt and Mosier 1984); ``demand_mean`` (above
    0) and ``demand_sd`` (above 0) of a period. Where a lot is less than 1.5 periods'
    demand neither goes above the newsvendor's level of the lead time and one period,
    as its authors have it; ``small_lots=False`` leaves that out, as textbooks do.
    """
    mean, sd, h, p, K, lead = checked(
        demand_mean=demand_mean,
        demand_sd=demand_sd,
        holding_cost=holding_cost,
        stockout_cost=stockout_cost,
        fixed_cost=fixed_cost,
        lead_time=lead_time,
    )
    refuse("demand_mean", mean, mean <= 0, "above 0")
    refuse("demand_sd", sd, sd <= 0, "above 0")
    covered, spread = mean * (lead + 1), sd * np.sqrt(lead + 1)
    varied = (1 + (spread / mean) ** 2) ** 0.116
    lot = 1.30 * mean**0.494 * (K / h) ** 0.506 * varied
    z = np.sqrt(lot * h / (spread * p))
    point = 0.973 * covered + spread * (0.183 / z + 1.063 - 2.192 * z)
    level = point + lot
    if not small_lots:
        return PointAndLevel(point, level)
    most = covered + spread * special.ndtri(p / (h + p))
    capped = lot <= _SMALL_LOT * mean
    return PointAndLevel(
        np.where(capped, np.minimum(point, most), point),
        np.where(capped, np.minimum(level, most), level),
    )

"""Order up to a level once stock has fallen to a point: (s, S), looked at each period.

``demand`` is that of one period; stock counts what is on order, less what customers
wait for. Numbers or float64 (n,), one a product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from shop_personalize.ml.optimize.stock.checked import (
    FloatArray,
    checked,
    refuse,
)
from shop_personalize.ml.optimize.stock.demand import Demand

IntArray = NDArray[np.int64]

_CELLS = 2_000_000
"""Numbers worked on at once, so that 30,000 products fit into memory."""

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
    (lead,) = checked(lead_time=lead_time)
    covered = demand.over(lead + 1) if lead.any() else demand
    h, p, K, mean, _ = np.broadcast_arrays(
        *checked(
            holding_cost=holding_cost,
            stockout_cost=stockout_cost,
            fixed_cost=fixed_cost,
        ),
        demand.mean,
        covered.mean,
    )
    refuse("demand_mean", mean, mean <= 0, "above 0")
    bounds = _Bounds.of(covered, *(each.ravel() for each in (h, p, K, mean)))
    found = np.empty((3, bounds.least.size))
    for rows in bounds.pieces():
        found[:, rows] = bounds.best(rows, demand)
    point, level, cost = found.reshape(3, *mean.shape)
    return OrderUpTo(point, level, cost)


@dataclass(frozen=True, eq=False)
class _Bounds:
    """Between which levels the best policy of each of n products lies."""

    demand: Demand
    h: FloatArray
    p: FloatArray
    K: FloatArray
    best_level: FloatArray
    least: FloatArray
    width: IntArray

    @classmethod
    def of(
        cls,
        demand: Demand,
        h: FloatArray,
        p: FloatArray,
        K: FloatArray,
        rate: FloatArray,
    ) -> _Bounds:
        """Levels that cost at most as much as some policy does (its cost is bounded).

        Demand of at least Q takes Q / rate periods or more, so that a policy with
        Q = S - s costs at most K rate / Q and the dearer of its outer levels.
        """
        best = np.broadcast_to(demand.quantile(p / (h + p)), rate.shape)
        lot = np.ceil(np.sqrt(2 * K * rate * (h + p) / (h * p)))
        above = np.floor(lot * p / (h + p))

        def costs(level: FloatArray) -> FloatArray:
            return h * demand.left(level) + p * demand.loss(level)

        outer = np.maximum(costs(best + above), costs(best + above - lot + 1))
        bound = np.minimum(K * rate / lot + outer, K + costs(best))
        bound = bound * (1 + 1e-12)
        mean = np.broadcast_to(demand.mean, rate.shape)
        most = _edge(costs, bound, best, np.ceil(mean + bound / h) + 1)
        least = _edge(costs, bound, best, np.floor(mean - bound / p) - 1)
        width = (most - least + 1).astype(np.int64)
        return cls(demand, h, p, K, best, least, width)

    def pieces(self) -> Iterator[IntArray]:
        """Products of similar width together, few enough for memory."""
        order = np.argsort(self.width, kind="stable")
        start = 0
        while start < order.size:
            count = _CELLS // int(self.width[order[start]]) + 1
            count = max(1, _CELLS // int(self.width[order[start : start + count][-1]]))
            yield order[start : start + count]
            start += count

    def best(self, rows: IntArray, demand: Demand) -> FloatArray:
        """Point, level and cost of these products: float64 (3, rows)."""
        width = int(self.width[rows].max())
        levels = self.least[rows, None] + np.arange(width)
        costs = self._costs(rows, levels)
        visits = _visits(np.broadcast_to(_chances(demand, rows, width), levels.shape))
        usable = np.where(levels >= self.best_level[rows, None], 0.0, np.inf)
        spent = np.repeat(self.K[rows, None], width, axis=1)
        lasting = np.zeros(rows.size)
        found = np.full((3, rows.size), np.inf)
        for depth in range(1, width + 1):
            spent[:, depth - 1 :] += (
                visits[:, depth - 1, None] * costs[:, : width - depth + 1]
            )
            lasting += visits[:, depth - 1]
            each = spent[:, depth - 1 :] / lasting[:, None] + usable[:, depth - 1 :]
            place = each.argmin(axis=1)
            cost = each[np.arange(rows.size), place]
            level = self.least[rows] + place + depth - 1
            better = cost < found[2] * (1 - 1e-14)
            found = np.where(better, [level - depth, level, cost], found)
        return found

    def _costs(self, rows: IntArray, levels: FloatArray) -> FloatArray:
        """Cost a period of being at each level (rows, width)."""
        some = self.demand.take(np.repeat(rows, levels.shape[1]))
        level = levels.ravel()
        loss, left = some.loss(level), some.left(level)
        h, p = self.h[rows, None], self.p[rows, None]
        return h * left.reshape(levels.shape) + p * loss.reshape(levels.shape)


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


def _chances(demand: Demand, rows: IntArray, width: int) -> FloatArray:
    return demand.take(rows).chances(width - 1)


def _visits(chances: FloatArray) -> FloatArray:
    """How many periods stock stands j units below S, on average: (rows, width)."""
    width = chances.shape[1]
    visits = np.zeros(chances.shape)
    stays = 1 - chances[:, 0]
    visits[:, 0] = 1 / stays
    for below in range(1, width):
        came = (chances[:, 1 : below + 1] * visits[:, below - 1 :: -1][:, :below]).sum(
            axis=1
        )
        visits[:, below] = came / stays
    return visits


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

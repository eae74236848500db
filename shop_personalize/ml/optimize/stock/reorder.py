"""Order a fixed quantity whenever stock falls to a point: (r, Q).

Continuous review; ``lead_time`` in the unit of time of demand and costs. Stock counts
what is on order, less what customers wait for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shop_personalize.ml.optimize.stock.checked import (
    FloatArray,
    StockError,
    checked,
    refuse,
)
from shop_personalize.ml.optimize.stock.demand import Demand, Poisson

IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Reorder:
    """Order ``quantity`` at ``point``; expected ``cost`` a unit of time. (n,) each."""

    point: FloatArray
    quantity: FloatArray
    cost: FloatArray


def reorder_poisson(
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    fixed_cost: ArrayLike,
    demand_mean: ArrayLike,
    lead_time: ArrayLike,
) -> Reorder:
    """The best whole r and Q for Poisson demand, exactly (Federgruen and Zheng 1992).

    ``demand_mean`` (above 0) units a unit of time, ``lead_time`` 0 or more; costs above
    0, ``holding_cost`` and ``stockout_cost`` a unit and unit of time. Each (n,).
    """
    h, p, K, rate, lead = np.broadcast_arrays(
        *checked(
            holding_cost=holding_cost,
            stockout_cost=stockout_cost,
            fixed_cost=fixed_cost,
            demand_mean=demand_mean,
            lead_time=lead_time,
        )
    )
    refuse("demand_mean", rate, rate <= 0, "above 0")
    return reorder_discrete(Poisson(rate * lead), rate, h, p, K)


def reorder_discrete(
    demand: Demand,
    demand_rate: ArrayLike,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    fixed_cost: ArrayLike,
) -> Reorder:
    """The best whole r and Q for any whole demand in the lead time, ``demand``.

    Exact where demand comes unit by unit. The levels r + 1..r + Q are gathered one by
    one, the cheaper neighbor first, while that lowers the mean cost.
    """
    if not demand.whole:
        raise StockError(
            "demand must come in whole units: Poisson, NegativeBinomial, …"
        )
    rate, h, p, K, _ = np.broadcast_arrays(
        *checked(
            demand_rate=demand_rate,
            holding_cost=holding_cost,
            stockout_cost=stockout_cost,
            fixed_cost=fixed_cost,
            mean_demand=demand.mean,
        )
    )
    refuse("demand_rate", rate, rate <= 0, "above 0")
    shape = rate.shape
    each = (value.ravel() for value in (rate, h, p, K))
    point, quantity, cost = _gather(demand, *each)
    return Reorder(point.reshape(shape), quantity.reshape(shape), cost.reshape(shape))


def _gather(
    demand: Demand, rate: FloatArray, h: FloatArray, p: FloatArray, K: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Point, quantity and cost (n,): levels gathered until the next costs more."""

    def costs(rows: IntArray, level: FloatArray) -> FloatArray:
        loss = demand.take(rows).loss(level)
        mean = np.broadcast_to(demand.mean, rate.shape)[rows]
        return h[rows] * (level - mean) + (h[rows] + p[rows]) * loss

    rows = np.arange(rate.size)
    first = np.broadcast_to(demand.quantile(p / (h + p)), rate.shape)
    point, quantity = first - 1, np.ones(rate.shape)
    total = K * rate + costs(rows, first)
    below, above = costs(rows, first - 1), costs(rows, first + 1)
    while True:
        cheaper = np.minimum(below[rows], above[rows])
        pays = cheaper * quantity[rows] < total[rows]
        rows, cheaper = rows[pays], cheaper[pays]
        if not rows.size:
            return point, quantity, total / quantity
        down = below[rows] < above[rows]
        total[rows] += cheaper
        quantity[rows] += 1
        point[rows] -= down
        edge = point[rows] + np.where(down, 0, quantity[rows] + 1)
        fresh = costs(rows, edge)
        below[rows] = np.where(down, fresh, below[rows])
        above[rows] = np.where(down, above[rows], fresh)

"""The best (s, S) of each of a few periods, by dynamic programming; and quick bounds.

Costs and demand differ from period to period as they like: numbers, or float64 (T,).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import signal, special

from shop_personalize.ml.optimize.stock.checked import (
    FloatArray,
    StockError,
    checked,
)
from shop_personalize.ml.optimize.stock.demand import Demand, Discrete, Normal
from shop_personalize.ml.optimize.stock.newsvendor import (
    expected_cost,
    myopic,
    myopic_cost,
)

IntArray = NDArray[np.int64]

_HALVINGS = 100


@dataclass(frozen=True, eq=False)
class Horizon:
    """What to do in each of T periods, and what all of it costs.

    At ``points[t]`` or below order up to ``levels[t]``, int64 (T,), where ``orders[t]``
    says that an order can pay at all. ``cost`` is expected from the initial stock on,
    in money of the first period; ``costs[t, i]`` float64 (T + 1, m) what is to come
    with ``states[i]`` units in stock at the start of period t.
    """

    points: IntArray
    levels: IntArray
    orders: NDArray[np.bool_]
    cost: float
    costs: FloatArray
    states: IntArray


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Costs of ``periods`` periods: numbers, or float64 (T,).

    ``holding_cost`` and ``stockout_cost`` a unit and period (customers wait),
    ``purchase_cost`` a unit, ``fixed_cost`` an order, and what a unit left or owed
    costs after the last period. ``discount`` above 0 and at most 1: what money of the
    next period is worth now. Raises StockError for numbers out of range.
    """

    periods: int
    holding_cost: ArrayLike
    stockout_cost: ArrayLike
    terminal_holding_cost: float = 0.0
    terminal_stockout_cost: float = 0.0
    purchase_cost: ArrayLike = 0.0
    fixed_cost: ArrayLike = 0.0
    discount: ArrayLike = 1.0

    def over(self, name: str, value: ArrayLike | None = None) -> FloatArray:
        """A cost by its name (or ``value``), checked, float64 (T,)."""
        if self.periods < 1 or self.periods % 1:
            raise StockError(f"periods must be 1 or more, not {self.periods}")
        given = getattr(self, name) if value is None else value
        (found,) = checked(zero_allowed=("fixed_cost",), **{name: given})
        if found.shape not in {(), (self.periods,)}:
            raise StockError(
                f"{name} must be one number or {self.periods}, one a period, not "
                f"{found.shape}"
            )
        return np.broadcast_to(found, (self.periods,))

    def terminal(self, states: IntArray) -> FloatArray:
        """What is left or owed at the end costs."""
        left, owed = checked(
            terminal_holding_cost=self.terminal_holding_cost,
            terminal_stockout_cost=self.terminal_stockout_cost,
        )
        return left * np.maximum(states, 0) + owed * np.maximum(-states, 0)


def finite_horizon(
    terms: Terms,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    initial: int = 0,
    *,
    reach: float = 8.0,
) -> Horizon:
    """The best points and levels for normal demand in whole units (Scarf 1960).

    ``initial`` units in stock; orders come at once. Demand farther than ``reach``
    standard deviations from its mean is left out of what is still to come: at 8
    nothing that counts, at 4, as textbooks have it, 6 parts in 100,000.
    """
    mean = terms.over("demand_mean", demand_mean)
    sd = terms.over("demand_sd", demand_sd)
    first = int(np.rint(mean.min() - reach * sd.max()))
    last = int(np.rint(mean.max() + reach * sd.max()))
    units = np.arange(first, last + 1)
    chances = np.array([_rounded(units, *each) for each in zip(mean, sd, strict=True)])
    demands = [Normal(*each) for each in zip(mean, sd, strict=True)]
    return _solved(terms, demands, chances, first, initial)


def finite_horizon_discrete(
    terms: Terms, chances: ArrayLike, initial: int = 0
) -> Horizon:
    """As ``finite_horizon``, for demand by tables.

    ``chances[i]`` of i units in each period, float64 (m,), or (T, m).
    """
    tables = Discrete(chances).table
    if tables.ndim > 1 and tables.shape[0] != terms.periods:
        raise StockError(
            f"chances must be one row or {terms.periods}, one a period, not "
            f"{tables.shape[0]}"
        )
    tables = np.broadcast_to(tables, (terms.periods, tables.shape[-1]))
    return _solved(terms, [Discrete(table) for table in tables], tables, 0, initial)


def _solved(
    terms: Terms,
    demands: Sequence[Demand],
    chances: FloatArray,
    first: int,
    initial: int,
) -> Horizon:
    """Backwards over the periods; ``chances`` (T, k) of ``first`` + 0..k - 1 units.

    No stock beyond all demand to come is worth having, none below it can be reached.
    """
    total = max(terms.periods * (first + chances.shape[1] - 1), 1)
    states = np.arange(min(initial, 0) - total, max(initial, total) + 1)
    names = "holding_cost", "stockout_cost", "purchase_cost", "fixed_cost", "discount"
    rows = list(zip(*(terms.over(name) for name in names), strict=True))
    costs = np.empty((terms.periods + 1, states.size))
    costs[-1] = terms.terminal(states)
    points, levels = np.empty((2, terms.periods), np.int64)
    for t in range(terms.periods - 1, -1, -1):
        h, p, c, K, discount = rows[t]
        now = expected_cost(states, demands[t], h, p)
        later = _expected(costs[t + 1], chances[t], first)
        costs[t], points[t], levels[t] = _chosen(now + discount * later, c, K)
    return Horizon(
        points + states[0],
        levels + states[0],
        levels > 0,
        float(costs[0, initial - states[0]]),
        costs,
        states,
    )


def _expected(costs: FloatArray, chances: FloatArray, first: int) -> FloatArray:
    """Mean cost of what demand leaves of each state; straight lines beyond the ends."""
    last = first + chances.size - 1
    below = costs[0] + (costs[0] - costs[1]) * np.arange(max(last, 0), 0, -1)
    above = costs[-1] + (costs[-1] - costs[-2]) * np.arange(1, max(-first, 0) + 1)
    wide = np.concatenate([below, costs, above])
    found = signal.convolve(wide, chances, mode="full")
    start = max(last, 0) - first
    return np.asarray(found[start : start + costs.size], np.float64)


def _chosen(
    staying: FloatArray, purchase: float, fixed: float
) -> tuple[FloatArray, int, int]:
    """Cost of each state with the best order, and indices of point and level."""
    places = np.arange(staying.size)
    bought = purchase * places + staying
    best = np.minimum.accumulate(bought[::-1])[::-1]
    ordering = np.append(fixed + best[1:] - purchase * places[:-1], np.inf)
    level = int(bought.argmin())
    stays = ~(ordering < staying) & (places != level)
    point = int(stays.argmax()) - 1 if stays.any() else level
    return np.minimum(staying, ordering), max(point, 0), level


def _rounded(units: IntArray, mean: float, sd: float) -> FloatArray:
    """Chances of normal demand, rounded to whole units."""
    if not sd:
        return np.asarray(units == np.rint(mean), np.float64)
    low, high = (units - 0.5 - mean) / sd, (units + 0.5 - mean) / sd
    left = special.ndtr(high) - special.ndtr(low)
    right = special.ndtr(-low) - special.ndtr(-high)
    return np.asarray(np.where(low > 0, right, left), np.float64)


@dataclass(frozen=True, eq=False)
class Bounds:
    """Between which points and levels the best ones lie; float64 (T,) each.

    ``highest_point`` is NaN where the fixed cost rises too fast for a bound.
    """

    lowest_point: FloatArray
    highest_point: FloatArray
    lowest_level: FloatArray
    highest_level: FloatArray


def myopic_bounds(terms: Terms, demand_mean: ArrayLike, demand_sd: ArrayLike) -> Bounds:
    """Bounds from looking one period ahead, for normal demand (Veinott 1966).

    Costs after the last period count as that period's. Raises StockError where
    purchase costs rise or fall by more than a unit missing or left costs.
    """
    h, p = terms.over("holding_cost").copy(), terms.over("stockout_cost").copy()
    h[-1] += terms.terminal_holding_cost
    p[-1] += terms.terminal_stockout_cost
    c, K = terms.over("purchase_cost"), terms.over("fixed_cost")
    gamma = terms.over("discount")
    after, later = np.append(K[1:], 0), np.append(c[1:], 0)
    mean = terms.over("demand_mean", demand_mean)
    sd = terms.over("demand_sd", demand_sd)
    best = myopic(mean, sd, h, p, c, later, gamma)

    def edge(more: FloatArray, side: int) -> FloatArray:
        """Where the cost is ``more`` above the least, on one side of it."""
        # The slopes far out: what a unit more there costs.
        slope = p - (c - gamma * later) if side < 0 else h + (c - gamma * later)
        near, far = np.zeros(mean.size), more / slope + 1 + 20 * sd
        far = far + np.abs(best.level - mean)
        for _ in range(_HALVINGS):
            middle = (near + far) / 2
            level = best.level + side * middle
            cost = myopic_cost(level, mean, sd, h, p, c, later, gamma)
            inside = cost < best.cost + more
            near, far = np.where(inside, middle, near), np.where(inside, far, middle)
        found: FloatArray = best.level + side * (near + far) / 2
        return found

    falls = K - gamma * after
    return Bounds(
        edge(K, -1),
        np.where(falls >= 0, edge(np.maximum(falls, 0), -1), np.nan),
        best.level,
        edge(gamma * after, 1),
    )

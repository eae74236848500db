"""Clear a stock by a date: when to lower the price, and how far."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from shop_personalize.ml.optimize.prices.clearance_plan import Chance, Plan
from shop_personalize.ml.optimize.prices.demand import Demand
from shop_personalize.ml.optimize.prices.rules import EXACT, PriceRules
from shop_personalize.ml.optimize.prices.sales import (
    Floats,
    Ints,
    PriceError,
    vector,
)

LOTS = 300
"""Steps a stock is counted in, at most: larger ones are counted in lots."""
RUNGS = 40
"""Prices tried, at most."""


@dataclass(frozen=True, eq=False)
class Path:
    """What to ask in each of T periods, and what should come of it.

    ``price``, ``units`` (expected) and ``left`` (expected, at the end of the period)
    float64 (T,), as it goes when demand is as expected. ``revenue``: expected from
    sales, ``rest``: expected from what is left, at the salvage value; ``kept_revenue``
    the sum of both had today's price stayed. ``sold_out``: the chance that nothing is
    left. What to ask when it goes otherwise: ``ask(period, left, price)``.
    """

    price: Floats
    units: Floats
    left: Floats
    revenue: float
    rest: float
    kept_revenue: float
    sold_out: float
    ladder: Floats
    policy: Ints
    lot: float
    now: float
    step: float

    @property
    def total(self) -> float:
        """Revenue and salvage together."""
        return self.revenue + self.rest

    def ask(self, period: int, left: float, price: float) -> float:
        """The price of ``period`` (from 0) with ``left`` units, after ``price``.

        Raises PriceError for a period that is not planned or no price low enough.
        """
        if not 0 <= period < len(self.policy):
            raise PriceError(f"period: 0 to {len(self.policy) - 1}, not {period}")
        reach = self.ladder <= price * (1 + EXACT)
        reach &= self.ladder >= price * (1 - self.step) * (1 - EXACT)
        if not reach.any():
            raise PriceError(f"price: none of the ladder can follow {price:g}")
        first, last = np.flatnonzero(reach)[[0, -1]]
        before = len(self.ladder) if price >= self.now * (1 - EXACT) else first
        lots = int(np.clip(np.rint(left / self.lot), 0, self.policy.shape[1] - 1))
        return float(self.ladder[min(self.policy[period, lots, before], last)])


def markdown(
    demand: Demand,
    *,
    stock: float,
    periods: int,
    salvage: float = 0.0,
    season: Floats | None = None,
    rules: PriceRules | None = None,
    cost: float = np.nan,
    chance: Chance = "poisson",
    dispersion: float = 1.0,
) -> Path:
    """Prices that never rise and bring the most from ``stock`` in ``periods``.

    ``demand`` of one product; ``season`` float64 (T,): demand of each period as a
    multiple of it. ``salvage``: what a unit left at the end is worth. ``chance``: how
    units scatter around what is expected: ``"poisson"``, ``"negative-binomial"`` with
    variance mean + mean² × ``dispersion``, or ``"none"``. ``rules`` bound every price;
    ``step`` bounds each fall, from one period to the next.

    A dynamic program over periods, stock and the last price (Gallego and van Ryzin
    1994, "Optimal dynamic pricing of inventories", with a ladder of prices as Bitran
    and Mondschein 1997). Stock above 300 units is counted in lots. Raises PriceError
    for a stock or number of periods below 1 and where the rules leave no price.
    """
    _check(demand, stock, periods, salvage, chance, dispersion)
    weight = _season(season, periods)
    ladder, step = _ladder(demand, rules or PriceRules(), cost)
    lots = max(int(min(np.ceil(stock), LOTS)), 1)
    plan = Plan(ladder, stock / lots, lots, salvage, step, float(demand.price[0]))
    expected = weight[:, None] * demand.at(ladder[None, :])
    odds = [plan.odds(row, chance, dispersion) for row in expected]
    policy = plan.policy(odds)
    before = weight * demand.at(demand.price)[0]
    same = replace(plan, ladder=demand.price, step=1.0)
    kept = same.follow(
        [same.odds(row, chance, dispersion) for row in before[:, None]],
        np.zeros((periods, lots + 1, 2), np.int64),
    )
    revenue, rest, sold_out = plan.follow(odds, policy)
    path = _expected_path(plan, policy, expected, stock)
    return Path(
        *path,
        revenue,
        rest,
        kept[0] + kept[1],
        sold_out,
        ladder,
        policy,
        plan.lot,
        plan.now,
        step,
    )


def _expected_path(
    plan: Plan, policy: Ints, expected: Floats, stock: float
) -> tuple[Floats, Floats, Floats]:
    periods = len(policy)
    price, units, left = np.empty(periods), np.empty(periods), np.empty(periods)
    rung, rest = len(plan.ladder), stock
    for period in range(periods):
        lots = int(np.clip(np.rint(rest / plan.lot), 0, plan.lots))
        rung = int(policy[period, lots, rung])
        price[period], units[period] = plan.ladder[rung], expected[period, rung]
        units[period] = min(units[period], rest)
        rest -= units[period]
        left[period] = rest
    return price, units, left


def _ladder(demand: Demand, rules: PriceRules, cost: float) -> tuple[Floats, float]:
    """Prices that may be asked, from today's down, and the largest fall at once."""
    now = demand.price
    step = 1.0 if rules.step is None else float(vector("step", rules.step, 1)[0])
    given = replace(rules, step=None, line=None)
    if rules.margin is not None and np.isnan(cost):
        raise PriceError("rule margin asks for the cost, which is not known")
    limits = given.limits(now, np.array([cost]))
    low, high = float(limits.low[0]), float(min(limits.high[0], now[0]))
    low = low or now[0] / 20
    lattice = given.lattice
    if low > high * (1 + EXACT):
        rule = limits.floor[0] or "least"
        raise PriceError(f"rule {rule} asks at least {low:.2f}, more than {high:.2f}")
    if lattice is None:
        found = np.unique(np.geomspace(low, max(low, high), RUNGS))
    else:
        found = lattice.between(low, high, RUNGS)
    if not len(found):
        raise PriceError(f"no price from {low:.2f} to {high:.2f} ends as prices must")
    if found[-1] < now[0] * (1 - step) * (1 - EXACT):
        raise PriceError(
            f"rule step allows {now[0] * (1 - step):.2f} or more at first, the other "
            f"rules at most {found[-1]:.2f}"
        )
    return found[::-1].copy(), step


def _season(season: Floats | None, periods: int) -> Floats:
    if season is None:
        return np.ones(periods)
    found = vector("season", season, periods)
    if (wrong := ~(found >= 0)).any():
        period = int(wrong.argmax())
        raise PriceError(f"season in period {period}: 0 or more, not {found[period]:g}")
    return found


def _check(
    demand: Demand,
    stock: float,
    periods: int,
    salvage: float,
    chance: str,
    dispersion: float,
) -> None:
    if len(demand) != 1:
        raise PriceError(f"demand: of one product, not {len(demand)}")
    if not stock > 0:
        raise PriceError(f"stock: above 0, not {stock:g}")
    if periods < 1:
        raise PriceError(f"periods: 1 or more, not {periods}")
    if not salvage >= 0:
        raise PriceError(f"salvage: 0 or more, not {salvage:g}")
    if chance not in {"poisson", "negative-binomial", "none"}:
        raise PriceError(f"chance: poisson, negative-binomial or none, not {chance!r}")
    if not dispersion > 0:
        raise PriceError(f"dispersion: above 0, not {dispersion:g}")

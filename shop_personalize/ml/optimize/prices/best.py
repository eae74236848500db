"""The best price of each product that breaks no rule."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from shop_personalize.ml.optimize.prices.aim import Aim
from shop_personalize.ml.optimize.prices.demand import Demand
from shop_personalize.ml.optimize.prices.rules import EXACT, PriceRules
from shop_personalize.ml.optimize.prices.sales import Bools, Floats, PriceError, vector
from shop_personalize.ml.optimize.prices.suggested import Change, Problem, Suggested
from shop_personalize.ml.optimize.prices.task import Task


def best_prices(
    demand: Demand,
    *,
    cost: float | Floats = np.nan,
    now: Floats | None = None,
    rules: PriceRules | None = None,
    objective: str | Mapping[str, float] = "profit",
) -> Suggested:
    """The price of most profit, revenue or units for each of n products.

    ``cost`` of a unit, float64 (n,), NaN where not known, in the terms of the price
    (both with or both without tax). ``now``: today's price, ``demand.price`` unless
    given. ``objective``: one of ``profit``, ``revenue``, ``units``, or weights of them:
    ``{"profit": 1, "units": 0.5}`` gives up half a coin of profit for a unit.

    A weighted objective is profit at another cost, with one peak or none, so the best
    price is next to the peak or at an end of the range the rules leave: exact, without
    a search. Where the rules leave no price, or nothing holds it, today's is kept and
    the problem named. Raises PriceError for a cost below 0 and unknown objectives.
    """
    n, rules = len(demand), rules or PriceRules()
    now = demand.price if now is None else vector("now", now, n)
    cost = vector("cost", cost, n)
    if (wrong := cost < 0).any():
        row = int(wrong.argmax())
        raise PriceError(f"cost of product {row}: 0 or more, not {cost[row]:g}")
    aim = Aim.of(objective)
    task = Task(demand, aim.cost(cost), now, rules, rules.limits(now, cost))
    problems = _missing(aim, cost, rules)
    found, problems = task.solve(demand.elasticity, problems)
    ends = [task.ends(each, problems) for each in demand.ends]
    return _suggested(task, cost, found, problems, ends)


def _missing(aim: Aim, cost: Floats, rules: PriceRules) -> list[Problem | None]:
    """Where a cost is needed and there is none."""
    margin = np.full(len(cost), np.nan)
    if rules.margin is not None:
        margin = vector("margin", rules.margin, len(cost))
    asked: Bools = ~np.isnan(margin) | (aim.profit > 0)
    problems: list[Problem | None] = [None] * len(cost)
    for code, rows in (("no_cost", np.isnan(cost)), ("zero_cost", cost == 0)):
        for row in np.flatnonzero(rows & asked):
            problems[row] = Problem(code)
    return problems


def _suggested(
    task: Task,
    cost: Floats,
    price: Floats,
    problems: list[Problem | None],
    ends: list[Floats],
) -> Suggested:
    demand, now, limits = task.demand, task.now, task.limits
    before = demand.at(now)
    sold = demand.at(price)
    one, other = (demand.at(price, each) for each in demand.ends)
    fewer, more = np.minimum(one, other), np.maximum(one, other)
    gain = price - cost
    return Suggested(
        price=price,
        now=now,
        free=np.where(np.isfinite(free := demand.best(task.cost)), free, np.nan),
        price_low=np.fmin(*ends),
        price_high=np.fmax(*ends),
        least=limits.low,
        most=limits.high,
        bound=_bound(task, price, problems),
        problems=tuple(problems),
        units=Change(before, sold, fewer, more),
        revenue=Change(before * now, sold * price, fewer * price, more * price),
        profit=Change(
            before * (now - cost),
            sold * gain,
            np.minimum(fewer * gain, more * gain),
            np.maximum(fewer * gain, more * gain),
        ),
    )


def _bound(
    task: Task, price: Floats, problems: list[Problem | None]
) -> tuple[str, ...]:
    """The rule whose end of the range a price stands at."""
    low, high = task.range()
    slack = EXACT * np.maximum(price, 1.0)
    at_low = price <= low + slack
    at_high = price >= high - slack
    return tuple(
        ""
        if problems[row] is not None
        else task.limits.floor[row]
        if at_low[row]
        else task.limits.ceiling[row]
        if at_high[row]
        else ""
        for row in range(len(price))
    )

"""Rules of prices against random shops: never broken, and the best that they allow."""

from __future__ import annotations

from itertools import pairwise
from time import monotonic
from typing import Any

import numpy as np

from shop_personalize.ml.optimize.prices import (
    Demand,
    PriceRules,
    Suggested,
    best_prices,
)

CASES = 10_000
SPEED = 30_000
PROTOCOL = (
    f"{CASES} random shops of 4 products with random demand, aims and rules (each with "
    "odds of 2 in 5, some products without): every suggestion is checked by a reading "
    "of the rules that shares nothing with the optimizer, every refusal and every best "
    f"price against all prices in cents; {CASES} free prices against the closed "
    f"form; {SPEED} products at once under all rules for speed"
)
ENDINGS = ((), (0.99,), (0.99, 0.95), (0.0,), (0.49, 0.99), (0.09, 0.59))
TINY = 1e-9


def measure() -> dict[str, Any]:
    rng = np.random.default_rng(3)
    began = monotonic()
    counts = {"broken": 0, "refused": 0, "refused_wrongly": 0, "not_best": 0}
    for _ in range(CASES):
        for name, seen in judged(*shop(rng)).items():
            counts[name] += seen
    seconds = round(monotonic() - began, 2)
    return {
        "metrics": {
            "cases": CASES,
            **counts,
            "closed_form_largest_error": closed_form(rng),
            "seconds_of_30000": speed(rng),
        },
        "fit_s": seconds,
    }


def shop(
    rng: np.random.Generator,
) -> tuple[Demand, np.ndarray, PriceRules, dict[str, float]]:
    n = 4
    price = np.round(rng.lognormal(2.5, 0.7, n), 2) + 0.05
    elasticity = -rng.uniform(0.4, 6, n)
    demand = Demand(
        price=price,
        units=rng.uniform(0, 20, n),
        elasticity=elasticity,
        low=elasticity * 1.3,
        high=elasticity * 0.7,
        shape=("constant", "linear", "exponential")[rng.integers(3)],
    )
    cost = np.round(price * rng.uniform(0.2, 1.1, n), 2)
    aims = {"profit": 1.0, "revenue": rng.integers(2) / 2, "units": rng.integers(3) / 4}
    return demand, cost, some_rules(rng, price), aims


def some_rules(rng: np.random.Generator, price: np.ndarray) -> PriceRules:
    def maybe(values: np.ndarray) -> np.ndarray | None:
        given = np.where(rng.random(len(values)) < 0.8, values, np.nan)
        return given if rng.random() < 0.4 else None

    n = len(price)
    theirs = maybe(np.round(price * rng.uniform(0.7, 1.3, n), 2))
    near = theirs is not None
    return PriceRules(
        least=maybe(price * rng.uniform(0.3, 1.1, n)),
        most=maybe(price * rng.uniform(0.9, 2.5, n)),
        margin=maybe(rng.uniform(0, 0.6, n)),
        step=maybe(rng.uniform(0.02, 0.4, n)),
        competitor=theirs,
        below=0.15 if near else None,
        above=0.05 if near else None,
        cent=0.01,
        endings=ENDINGS[rng.integers(len(ENDINGS))],
        line=np.array([0, 0, 0, -1]) if rng.random() < 0.3 else None,
        gap=0.5,
        gap_share=0.02,
    )


def judged(
    demand: Demand, cost: np.ndarray, rules: PriceRules, aims: dict[str, float]
) -> dict[str, int]:
    found = best_prices(demand, cost=cost, rules=rules, objective=aims)
    counts = {"broken": 0, "refused": 0, "refused_wrongly": 0, "not_best": 0}
    line = np.full(4, -1) if rules.line is None else rules.line
    counts["broken"] += apart_broken(found, line, rules)
    for row, problem in enumerate(found.problems):
        most = max(3 * demand.price[row], 1.5 * found.price[row])
        cents = allowed(row, demand.price[row], cost[row], rules, most)
        counts["refused"] += problem is not None
        if problem is not None and found.price[row] != demand.price[row]:
            counts["broken"] += 1
        if problem is None and not np.isclose(cents, found.price[row], 0, TINY).any():
            counts["broken"] += 1
        if line[row] >= 0:
            continue
        if problem is None:
            counts["not_best"] += worse(found, row, demand, cost, aims, cents)
        elif problem.code in {"conflict", "ending"}:
            counts["refused_wrongly"] += len(cents) > 0
    return counts


def allowed(
    row: int, now: float, cost: float, rules: PriceRules, most: float
) -> np.ndarray:
    """Every price in cents up to ``most`` that keeps all rules of a product."""
    cents = np.arange(1, int(most * 100) + 1)
    price = cents / 100
    fine = np.ones(len(cents), bool)
    if rules.endings:
        fine &= np.isin(cents % 100, np.rint(np.array(rules.endings) * 100).astype(int))

    def given(name: str) -> float:
        values = getattr(rules, name)
        return np.nan if values is None else float(np.broadcast_to(values, 4)[row])

    slack = TINY * np.maximum(price, 1)
    fine &= ~(price < given("least") - slack)
    fine &= ~(price > given("most") + slack)
    fine &= ~(price - cost < given("margin") * price - slack)
    fine &= ~(np.abs(price - now) > given("step") * now + slack)
    theirs = given("competitor")
    if rules.below is not None and rules.above is not None:
        fine &= ~(price < theirs * (1 - rules.below) - slack)
        fine &= ~(price > theirs * (1 + rules.above) + slack)
    return price[fine]


def apart_broken(found: Suggested, line: np.ndarray, rules: PriceRules) -> int:
    rows = np.flatnonzero(line >= 0)
    rows = rows[np.argsort(found.now[rows], kind="stable")]
    if all(found.problems[row] is not None for row in rows):
        return 0
    return sum(
        found.price[dear]
        < found.price[cheap] * (1 + rules.gap_share) + rules.gap - 1e-8
        for cheap, dear in pairwise(rows)
    )


def worse(
    found: Suggested,
    row: int,
    demand: Demand,
    cost: np.ndarray,
    aims: dict[str, float],
    cents: np.ndarray,
) -> bool:
    """Whether another allowed price serves the aims better."""
    one = demand.take(np.array([row]))

    def worth(price: np.ndarray) -> np.ndarray:
        units = one.at(price[None, :])[0]
        profit = units * (price - cost[row])
        money = aims["profit"] * profit + aims["revenue"] * units * price
        return np.asarray(money + aims["units"] * units)

    best, reached = worth(cents).max(), worth(found.price[row : row + 1])[0]
    return bool(reached < best - 1e-9 * max(abs(best), 1))


def closed_form(rng: np.random.Generator) -> float:
    cost, elasticity = rng.uniform(0.1, 500, CASES), -rng.uniform(1.05, 12, CASES)
    demand = Demand(price=cost * 2, units=3.0 * np.ones(CASES), elasticity=elasticity)
    peak = cost * elasticity / (1 + elasticity)
    found = best_prices(demand, cost=cost).price
    return float(np.max(np.abs(found / peak - 1)))


def speed(rng: np.random.Generator) -> float:
    price = np.round(rng.lognormal(3, 0.8, SPEED), 2) + 0.05
    elasticity = -rng.uniform(1.1, 5, SPEED)
    demand = Demand(price, np.ones(SPEED), elasticity, elasticity - 1, elasticity * 0.8)
    rules = PriceRules(
        least=price / 3,
        most=price * 3,
        margin=0.1,
        step=0.15,
        competitor=price * rng.uniform(0.9, 1.1, SPEED),
        below=0.1,
        above=0.1,
        endings=(0.99, 0.95),
    )
    began = monotonic()
    best_prices(demand, cost=price * rng.uniform(0.3, 0.7, SPEED), rules=rules)
    return round(monotonic() - began, 3)

"""A stock cleared by a date: the planned path beside one price kept throughout."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import Any

import numpy as np

from shop_personalize.ml.optimize.prices import Demand, Path, PriceRules, markdown

STOCKS, PERIODS, RUNS, SALVAGE = (20, 60, 200, 1500), 10, 20_000, 2.0
PROTOCOL = (
    f"stocks of {', '.join(map(str, STOCKS))}, {PERIODS} periods, sales of 4 % of the "
    "stock a period at 20.00, elasticity -2.2, Poisson; prices ending in .99 or .95; "
    f"revenue and salvage ({SALVAGE:g} a unit) of {RUNS} simulated clearances by the "
    "plan, beside the value it states, today's price kept and the best one price kept"
)


def measure() -> dict[str, Any]:
    rng = np.random.default_rng(5)
    metrics: dict[str, float] = {}
    began = monotonic()
    for stock in STOCKS:
        demand = Demand(np.array([20.0]), np.array([0.04 * stock]), np.array([-2.2]))
        path = markdown(
            demand,
            stock=stock,
            periods=PERIODS,
            salvage=SALVAGE,
            rules=PriceRules(endings=(0.99, 0.95)),
        )
        seen = simulated(path, demand, stock, rng)
        metrics |= {
            f"{stock}_stated": round(path.total, 1),
            f"{stock}_simulated": round(float(seen.mean()), 1),
            f"{stock}_simulated_error": round(float(seen.std() / RUNS**0.5), 2),
            f"{stock}_today_kept": round(path.kept_revenue, 1),
            f"{stock}_best_one_price": round(one_price(path, demand, stock), 1),
        }
    return {"metrics": metrics, "fit_s": round(monotonic() - began, 2)}


def simulated(
    path: Path, demand: Demand, stock: int, rng: np.random.Generator
) -> np.ndarray:
    """Revenue and salvage of each run, the plan asked again in every period."""
    left = np.full(RUNS, float(stock))
    price = np.full(RUNS, 20.0)
    total = np.zeros(RUNS)
    for period in range(PERIODS):
        states, back = np.unique(
            np.stack([left, price], axis=1), axis=0, return_inverse=True
        )
        asked = [path.ask(period, units, last) for units, last in states]
        price = np.array(asked)[back.ravel()]
        sold = np.minimum(rng.poisson(demand.at(price[None, :])[0]), left)
        total += sold * price
        left -= sold
    return total + SALVAGE * left


def one_price(path: Path, demand: Demand, stock: int) -> float:
    """The most that one price of the ladder, never lowered, brings."""
    kept = []
    for price in path.ladder:
        there = replace(demand, price=np.array([price]), units=demand.at(price[None]))
        only = PriceRules(least=price)
        plan = markdown(
            there, stock=stock, periods=PERIODS, salvage=SALVAGE, rules=only
        )
        kept.append(plan.total)
    return max(kept)

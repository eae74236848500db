"""CPU seconds that the policies take for 30,000 products at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from shop_personalize.ml.optimize.stock.classes import abc, targets, xyz
from shop_personalize.ml.optimize.stock.demand import (
    NegativeBinomial,
    Normal,
    Poisson,
    Samples,
)
from shop_personalize.ml.optimize.stock.joint import joint_replenishment
from shop_personalize.ml.optimize.stock.levels import (
    order_up_to,
    order_up_to_cost,
    power_approximation,
)
from shop_personalize.ml.optimize.stock.lots import (
    all_units_discount,
    economic_order,
    incremental_discount,
)
from shop_personalize.ml.optimize.stock.newsvendor import base_stock, newsvendor
from shop_personalize.ml.optimize.stock.reorder import reorder_poisson
from shop_personalize.ml.optimize.stock.reorder_normal import (
    reorder_eil,
    reorder_eoqb,
    reorder_loss,
)
from shop_personalize.ml.optimize.stock.safety import (
    cycle_service,
    fill_rate,
    lead_time_demand,
)
from shop_personalize.ml.optimize.stock.unreliable import lot_with_disruptions
from shop_personalize.ml.optimize.stock.varying import wagner_whitin

PRODUCTS = 30_000
NAMES = "rate", "sd", "h", "p", "fixed"
PROTOCOL = (
    f"{PRODUCTS:,} products with demand of 0.1 to 200 units a week (lognormal), costs "
    "between 0.1 and 60, one core; CPU seconds of one call"
)


def measure() -> dict[str, Any]:
    times: dict[str, float] = {}
    for name, work in {**formulas(), **policies()}.items():
        began = time.process_time()
        work()
        times[name] = round(time.process_time() - began, 3)
    return {"metrics": times, "slowest": max(times, key=lambda name: times[name])}


def drawn() -> dict[str, Any]:
    rng = np.random.default_rng(7)
    rate = np.clip(rng.lognormal(1, 1.2, PRODUCTS), 0.1, 200)
    h = rng.uniform(0.1, 3, PRODUCTS)
    return {
        "rng": rng,
        "rate": rate,
        "sd": np.sqrt(rate * rng.uniform(1.1, 4, PRODUCTS)),
        "h": h,
        "p": h * rng.uniform(5, 40, PRODUCTS),
        "fixed": rng.uniform(1, 60, PRODUCTS),
    }


def formulas() -> dict[str, Callable[[], Any]]:
    given = drawn()
    rate, sd, h, p, fixed = (given[name] for name in NAMES)
    rng = given["rng"]
    samples = rng.poisson(rate[:, None], (PRODUCTS, 200))
    weeks = rng.poisson(rate[:, None], (PRODUCTS, 26))
    offer = fixed, 0.2, rate, [0, 20, 100], [10.0, 9.5, 9.0]
    kept, ordered = h[:, None], fixed[:, None]
    letters = np.char.add(abc(rate * p), xyz(rate, sd))
    return {
        "economic order": lambda: economic_order(fixed, h, rate),
        "all-units discount": lambda: all_units_discount(*offer),
        "incremental discount": lambda: incremental_discount(*offer),
        "joint order": lambda: joint_replenishment(600, fixed, h, rate),
        "known demand, 26 weeks": lambda: wagner_whitin(weeks, kept, ordered),
        "disruptions": lambda: lot_with_disruptions(fixed, h, p + 60, rate, 0.1, 1),
        "newsvendor, normal": lambda: newsvendor(Normal(rate, sd), h, p),
        "newsvendor, Poisson": lambda: newsvendor(Poisson(rate), h, p),
        "newsvendor, negative binomial": lambda: newsvendor(
            NegativeBinomial(rate, sd), h, p
        ),
        "newsvendor, 200 samples": lambda: newsvendor(Samples(samples), h, p),
        "classes": lambda: targets(letters),
    }


def policies() -> dict[str, Callable[[], Any]]:
    given = drawn()
    rate, sd, h, p, fixed = (given[name] for name in NAMES)
    covered = lead_time_demand(rate, sd, 2, lead_time_sd=0.5, review=1)
    long = 50 * p
    return {
        "base stock": lambda: base_stock(NegativeBinomial(rate, sd), 2, h, p),
        "cycle service": lambda: cycle_service(covered, 0.95),
        "fill rate": lambda: fill_rate(covered, np.maximum(rate, 1), 0.98),
        "(r, Q), EIL": lambda: reorder_eil(h, long, fixed, rate, sd, 2),
        "(r, Q), EOQB": lambda: reorder_eoqb(h, p, fixed, rate, sd, 2),
        "(r, Q), loss function": lambda: reorder_loss(h, p, fixed, rate, sd, 2),
        "(r, Q), exact": lambda: reorder_poisson(h, p, fixed, rate, 2),
        "(s, S), power": lambda: power_approximation(rate, sd, h, p, fixed, 2),
        "(s, S), exact": lambda: order_up_to(Poisson(rate), h, p, fixed, 2),
        "(s, S), exact, negative binomial": lambda: order_up_to(
            NegativeBinomial(rate, sd), h, p, fixed, 2
        ),
        "cost of (s, S)": lambda: order_up_to_cost(
            np.floor(rate), np.floor(2 * rate) + 5, Poisson(rate), h, p, fixed, 2
        ),
    }

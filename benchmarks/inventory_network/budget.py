"""One budget for 30,000 products: how near the bound, how long, against what rules."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.optimize.budget import budgeted
from shop_personalize.ml.optimize.stock.demand import (
    Demand,
    NegativeBinomial,
    Normal,
    Samples,
)

Floats = NDArray[np.float64]
PRODUCTS, SUPPLIERS, SAMPLES = 30_000, 300, 100


def metrics() -> dict[str, float]:
    found: dict[str, float] = {}
    for kind, demand in demands().items():
        for limits, terms in cases().items():
            began = time.process_time()
            orders = budgeted(demand, **terms)
            spent = time.process_time() - began
            found[f"budget, {kind}, {limits}, gap"] = orders.gap
            found[f"budget, {kind}, {limits}, CPU seconds"] = round(spent, 1)
            if limits == "packs" and kind == "normal":
                for rule, gain in rules(demand, terms).items():
                    found[f"share of our gain, {rule}"] = gain / orders.gain
    return found


def drawn() -> dict[str, Any]:
    rng = np.random.default_rng(30)
    mean = rng.lognormal(1.5, 1.2, PRODUCTS)
    cost = rng.lognormal(2, 1, PRODUCTS)
    return {
        "rng": rng,
        "mean": mean,
        "sd": np.sqrt(mean * rng.uniform(1.2, 4, PRODUCTS)),
        "cost": cost,
        "shortage": cost * rng.uniform(0.2, 1.5, PRODUCTS),
        "holding": cost * rng.uniform(0.02, 0.1, PRODUCTS),
        "position": np.floor(mean * rng.uniform(0, 1.2, PRODUCTS)),
    }


def demands() -> dict[str, Demand]:
    given = drawn()
    mean, sd = given["mean"], given["sd"]
    chance = mean / sd**2
    paths = given["rng"].negative_binomial(
        (mean * chance / (1 - chance))[:, None], chance[:, None], (PRODUCTS, SAMPLES)
    )
    return {
        "normal": Normal(mean, sd),
        "negative binomial": NegativeBinomial(mean, sd),
        f"{SAMPLES} samples": Samples(paths),
    }


def cases() -> dict[str, dict[str, Any]]:
    """Money for 40 % of what mean demand lacks, room for 30 %."""
    given = drawn()
    rng, mean = given["rng"], given["mean"]
    lacks = np.maximum(mean - given["position"], 0)
    space = rng.uniform(0.1, 5, PRODUCTS)
    plain = {
        name: given[name] for name in ("cost", "shortage", "holding", "position")
    } | {"budget": 0.4 * float(given["cost"] @ lacks)}
    packs = plain | {
        "pack": rng.choice([1, 1, 6, 12], PRODUCTS),
        "minimum": rng.choice([0, 0, 0, 24], PRODUCTS),
    }
    return {
        "single units": plain,
        "packs": packs,
        "packs and room": packs
        | {"space": space, "storage": 0.3 * float(space @ lacks)},
        "packs and suppliers' minima": packs
        | {
            "supplier": rng.integers(0, SUPPLIERS, PRODUCTS),
            "supplier_minimum": rng.lognormal(6.5, 1.2, SUPPLIERS),
        },
    }


def rules(demand: Demand, terms: dict[str, Any]) -> dict[str, float]:
    """What common rules gain with the same money: unlimited orders, cut to fit."""
    free = budgeted(demand, **{**terms, "budget": None}).quantities.astype(np.float64)
    pack, cost = terms["pack"], terms["cost"]
    risk = demand.loss(terms["position"]) / demand.mean
    found = {
        "all cut alike": cut(free, pack, cost, terms["budget"]),
        "emptiest first": in_order(free, cost, terms["budget"], np.argsort(-risk)),
        "best margin first": in_order(
            free, cost, terms["budget"], np.argsort(-terms["shortage"] / cost)
        ),
    }
    return {name: gain(demand, terms, orders) for name, orders in found.items()}


def cut(wanted: Floats, pack: Floats, cost: Floats, budget: float) -> Floats:
    """The largest share of all orders, in whole packs, that the money pays for."""
    low, high = 0.0, 1.0
    for _ in range(40):
        share = (low + high) / 2
        fits = cost @ (np.rint(wanted * share / pack) * pack) <= budget
        low, high = (share, high) if fits else (low, share)
    return np.rint(wanted * low / pack) * pack


def in_order(
    wanted: Floats, cost: Floats, budget: float, order: NDArray[np.int64]
) -> Floats:
    """Whole orders one after the other as long as there is money."""
    running = np.cumsum((cost * wanted)[order])
    orders = np.zeros(wanted.size)
    within = order[running <= budget]
    orders[within] = wanted[within]
    return orders


def gain(demand: Demand, terms: dict[str, Any], orders: Floats) -> float:
    """Shortage avoided less holding of what is left, against ordering nothing."""
    position = terms["position"]

    def cost(level: Floats) -> float:
        left = terms["holding"] @ demand.left(level)
        return float(left + terms["shortage"] @ demand.loss(level))

    return cost(position) - cost(position + orders)

"""A simulated shop of small numbers: what drawing to the category is worth."""

from __future__ import annotations

from time import monotonic
from typing import Any

import numpy as np

from shop_personalize.ml.optimize.prices import Elasticities, Sales

ITEMS, WEEKS, CATEGORIES = 3000, 60, 40
PROTOCOL = (
    f"{ITEMS} items in {CATEGORIES} categories, {WEEKS} weeks of Poisson sales (about "
    "3.5 a week), three weeks in ten at another price, a season of the whole shop; "
    "true elasticities differ by category (sd 0.5) and item (sd 0.4) around -2.5"
)


def measure() -> dict[str, Any]:
    sales, truth = simulated(np.random.default_rng(1))
    began = monotonic()
    found = Elasticities(level=0.8).fit(sales)
    seconds = round(monotonic() - began, 2)
    inside = (found.low_ <= truth) & (truth <= found.high_)
    own = found.own_[~np.isnan(found.own_)] - truth[~np.isnan(found.own_)]
    shop = np.full(ITEMS, found.shop_value_) - truth
    return {
        "metrics": {
            "rmse": round(rms(found.values_ - truth), 4),
            "rmse_own_alone": round(rms(own), 4),
            "rmse_one_for_all": round(rms(shop), 4),
            "bias": round(float((found.values_ - truth).mean()), 4),
            "coverage_of_80": round(float(inside.mean()), 4),
        },
        "fit_s": seconds,
    }


def simulated(rng: np.random.Generator) -> tuple[Sales, np.ndarray]:
    category = rng.integers(0, CATEGORIES, ITEMS)
    truth = -2.5 + rng.normal(0, 0.5, CATEGORIES)[category] + rng.normal(0, 0.4, ITEMS)
    truth = np.minimum(truth, -0.2)
    item = np.repeat(np.arange(ITEMS), WEEKS)
    week = np.tile(np.arange(WEEKS), ITEMS)
    log_price = rng.choice(
        [0, -0.1, -0.2, 0.05], p=[0.7, 0.1, 0.1, 0.1], size=len(item)
    )
    base = rng.normal(0.5, 1.0, ITEMS)[item] + 0.3 * np.sin(week / 9)
    units = rng.poisson(np.exp(base + truth[item] * log_price)).astype(float)
    return Sales(
        item, units, 10 * np.exp(log_price), period=week, category=category
    ), truth


def rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))

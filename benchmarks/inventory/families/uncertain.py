"""Suppliers that fail, or deliver another quantity than was ordered."""

from __future__ import annotations

import math
from unittest.mock import patch

from scipy import stats
from stockpyl import supply_uncertainty
from stockpyl.loss_functions import uniform_loss

from benchmarks.inventory.comparing import Families, Given, Pairs, pairs
from shop_personalize.ml.optimize.stock import unreliable
from shop_personalize.ml.optimize.stock.demand import Distribution


def disrupted(given: Given) -> Pairs:
    found = []
    for approximate in (False, True):
        lot = unreliable.lot_with_disruptions(**given, approximate=approximate)
        oracle = supply_uncertainty.eoq_with_disruptions(
            **given, approximate=approximate
        )
        found += pairs(("quantity", "cost"), (lot.quantity, lot.cost), oracle)
    return found


def disrupted_level(given: Given) -> Pairs:
    # The release hides the two-argument logarithm that it calls behind another.
    with patch.object(supply_uncertainty, "log", math.log):
        found = supply_uncertainty.newsvendor_with_disruptions(**given)
    given["disruption_chance"] = given.pop("disruption_prob")
    given["recovery_chance"] = given.pop("recovery_prob")
    level = unreliable.base_stock_with_disruptions(**given)
    return pairs(("level", "cost"), (level.level, level.cost), found)


def added_yield(given: Given) -> Pairs:
    lot = unreliable.lot_with_added_yield(**given)
    found = supply_uncertainty.eoq_with_additive_yield_uncertainty(**given)
    return pairs(("quantity", "cost"), (lot.quantity, lot.cost), found)


def shared_yield(given: Given) -> Pairs:
    lot = unreliable.lot_with_shared_yield(**given)
    found = supply_uncertainty.eoq_with_multiplicative_yield_uncertainty(**given)
    return pairs(("quantity", "cost"), (lot.quantity, lot.cost), found)


def yielding(given: Given) -> Pairs:
    """A uniform yield, whose loss the oracle knows in closed form."""
    low, high = given.pop("yield_lo"), given.pop("yield_hi")
    frozen = stats.uniform(low, high - low)
    level = unreliable.newsvendor_with_added_yield(**given, extra=Distribution(frozen))
    found = supply_uncertainty.newsvendor_with_additive_yield_uncertainty(
        **given,
        yield_distribution=frozen,
        loss_function=lambda at: uniform_loss(at, low, high),
    )
    return pairs(("level", "cost"), (level.level, level.cost), found)


FAMILIES: Families = {
    "disruptions": (disrupted, ("example_9_1", "problem_9_8")),
    "base stock, disruptions": (disrupted_level, ("example_9_3",)),
    "added yield": (added_yield, ("example_9_4", "problem_9_4a")),
    "shared yield": (shared_yield, ("example_9_5", "problem_9_4b")),
    "newsvendor, yield": (yielding, ("example_9_6", "problem_9_5")),
}

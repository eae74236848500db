"""One order for one period, whatever its demand is drawn from."""

from __future__ import annotations

import numpy as np
from scipy import stats
from stockpyl import newsvendor
from stockpyl.instances import load_instance
from stockpyl.loss_functions import lognormal_loss

from benchmarks.inventory.comparing import Families, Given, Pairs, pairs
from shop_personalize.ml.optimize.stock import newsvendor as ours
from shop_personalize.ml.optimize.stock.demand import (
    Discrete,
    Lognormal,
    Normal,
    Poisson,
)


def normal(given: Given) -> Pairs:
    mean, sd = given.pop("demand_mean"), given.pop("demand_sd")
    level = ours.newsvendor(Normal(mean, sd), **given)
    found = newsvendor.newsvendor_normal(**given, demand_mean=mean, demand_sd=sd)
    return pairs(("level", "cost"), (level.level, level.cost), found)


def node(_: Given) -> Pairs:
    """The newsvendor as a network of one node."""
    [one] = load_instance("example_4_1_network").nodes
    return normal(
        {
            "holding_cost": one.local_holding_cost,
            "stockout_cost": one.stockout_cost,
            "demand_mean": one.demand_source.mean,
            "demand_sd": one.demand_source.standard_deviation,
        }
    )


def explicit(given: Given) -> Pairs:
    found = newsvendor.newsvendor_normal_explicit(**given)
    level = ours.newsvendor_profit(
        Normal(given["demand_mean"], given["demand_sd"]),
        given["revenue"],
        given["purchase_cost"],
        given["salvage_value"],
    )
    return pairs(("level", "profit"), (level.level, level.profit), found)


def kept(given: Given) -> Pairs:
    found = newsvendor.newsvendor_normal(**given)
    demand = Normal(given.pop("demand_mean"), given.pop("demand_sd"))
    level = ours.base_stock(demand, **given)
    return pairs(("level", "cost"), (level.level, level.cost), found)


def tabled(given: Given) -> Pairs:
    table = {int(units): each for units, each in given.pop("demand_pmf").items()}
    found = newsvendor.newsvendor_discrete(**given, demand_pmf=table)
    level = ours.newsvendor(Discrete.of(table), **given)
    return pairs(("level", "cost"), (level.level, level.cost), found)


def counted(given: Given) -> Pairs:
    found = newsvendor.newsvendor_poisson(**given)
    level = ours.newsvendor(Poisson(given.pop("demand_mean")), **given)
    return pairs(("level", "cost"), (level.level, level.cost), found)


def lognormal(given: Given) -> Pairs:
    mu, sigma = given.pop("mu"), given.pop("sigma")
    level = ours.newsvendor(Lognormal(mu, sigma), **given)
    frozen = stats.lognorm(sigma, 0, np.exp(mu))
    found, _ = newsvendor.newsvendor_continuous(**given, demand_distrib=frozen)
    missing, left = lognormal_loss(found, mu, sigma)
    cost = given["holding_cost"] * left + given["stockout_cost"] * missing
    return pairs(("level", "cost"), (level.level, level.cost), (found, cost))


FAMILIES: Families = {
    "newsvendor": (normal, ("example_4_1", "example_4_3", "problem_4_1")),
    "newsvendor, one node": (node, ("example_4_1_network",)),
    "newsvendor, profit": (explicit, ("example_4_2", "problem_4_3b")),
    "base stock": (kept, ("example_4_4",)),
    "newsvendor, table": (tabled, ("problem_4_7b",)),
    "newsvendor, Poisson": (counted, ("problem_4_8a",)),
    "newsvendor, lognormal": (lognormal, ("problem_4_8b",)),
}

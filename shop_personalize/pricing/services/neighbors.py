"""Whose prices move a product's sales beside its own: in its category, where known."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.optimize.prices import CrossElasticities, Sales

if TYPE_CHECKING:
    from shop_personalize.ml.optimize.prices.cross import Market
    from shop_personalize.pricing.selectors.series import Ints, Weekly

logger = logging.getLogger("shop_personalize")
MOST = 12
"""Best sellers of a category that are learned together: more than about a tenth of the
weeks there are could not be told apart."""
SURE = 3.0
"""Standard errors from zero: of some hundred pairs one in twenty looks like more."""
SHOWN = 5


def neighbors(weekly: Weekly, category: Ints) -> dict[str, list[dict[str, Any]]]:
    """By product: ``key``, ``value`` and ``error`` of those whose price it answers."""
    chosen = np.flatnonzero(_best_sellers(weekly, category)[weekly.item])
    of = category[weekly.item[chosen]]
    found: dict[str, list[dict[str, Any]]] = {}
    for each in np.unique(of):
        market = _market(weekly, chosen[of == each], category)
        if market is not None:
            found |= _told(market, weekly.ids)
    return found


def _market(weekly: Weekly, rows: Ints, category: Ints) -> Market | None:
    """Of one category; None where nothing was sold or nothing can be told apart."""
    if not (weekly.units[rows] > 0).any():
        return None
    sales = Sales(
        item=weekly.item[rows],
        units=weekly.units[rows],
        price=weekly.price[rows],
        period=weekly.week[rows],
        category=category,
    )
    try:
        (market,) = CrossElasticities().fit(sales).markets_.values()
    except np.linalg.LinAlgError:
        logger.warning("the neighbors of %s tell nothing", weekly.ids[sales.item[0]])
        return None
    return market


def _told(market: Market, ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    names = [ids[item] for item in market.items]
    strength = np.abs(market.values) / market.errors
    np.fill_diagonal(strength, 0.0)
    found = {}
    for row in np.flatnonzero((strength >= SURE).any(axis=1)):
        order = [at for at in np.argsort(-strength[row]) if strength[row, at] >= SURE]
        found[names[row]] = [
            {
                "key": names[at],
                "value": round(float(market.values[row, at]), 4),
                "error": round(float(market.errors[row, at]), 4),
            }
            for at in order[:SHOWN]
        ]
    return found


def _best_sellers(weekly: Weekly, category: Ints) -> Any:
    """Whether a product is among those that bring most in its category: bool (n,)."""
    n = len(category)
    revenue = np.bincount(weekly.item, weekly.units * weekly.price, minlength=n)
    order = np.lexsort((-revenue, category))
    first = np.searchsorted(category[order], np.arange(category.max() + 1))
    rank = np.empty(n, np.int64)
    rank[order] = np.arange(n) - first[category[order]]
    return (rank < MOST) & (revenue > 0)

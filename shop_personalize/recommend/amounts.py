"""What a product is worth to each of the owner's objectives; the more the better."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

from shop_personalize.registry.pressure import pressure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from shop_personalize.catalog.types import Facts

SECONDS_PER_DAY = 86400.0


def _revenue(facts: Facts, now: datetime) -> float:
    """The price of a unit."""
    return nan if facts.price is None else float(facts.price.amount)


def _margin(facts: Facts, now: datetime) -> float:
    """What is left of the price, in money."""
    if facts.price is None or facts.cost is None:
        return nan
    return float(facts.price.amount - facts.cost)


def _freshness(facts: Facts, now: datetime) -> float:
    return -_age(facts, now)


def _clearance(facts: Facts, now: datetime) -> float:
    """Units in stock times the days since the first of them came."""
    if facts.stock is None:
        return nan
    return max(facts.stock, 0) * _age(facts, now)


def _age(facts: Facts, now: datetime) -> float:
    if facts.created is None:
        return nan
    return max((now - facts.created).total_seconds() / SECONDS_PER_DAY, 0.0)


def by_stock(ids: Iterable[str]) -> list[float]:
    """How stock presses on each; nothing presses on what nobody speaks of."""
    told = pressure.told()
    return [told.get(item_id, 0.0) for item_id in ids]


AMOUNTS: dict[str, Callable[[Facts, datetime], float]] = {
    "revenue": _revenue,
    "margin": _margin,
    "freshness": _freshness,
    "clearance": _clearance,
}

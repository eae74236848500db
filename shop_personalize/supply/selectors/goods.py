"""What the shop says of its products: category, price, cost, stock."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from itertools import islice
from sys import intern
from typing import TYPE_CHECKING

from shop_personalize.catalog import get_catalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


logger = logging.getLogger("shop_personalize")
CHUNK = 500
LONGEST, MOST = 64, 2_000_000_000
"""What a column holds: characters of an id, units."""


@dataclass(frozen=True, slots=True)
class Good:
    """``is_sold``: shown and not taken off sale; it may be out of stock."""

    title: str
    category: str
    price: float | None
    currency: str
    stock: int | None
    is_sold: bool


def goods() -> dict[str, Good]:
    """Every product of the catalog, read in one pass."""
    return {
        item.id[:LONGEST]: Good(
            title=item.title[:200],
            category=intern(item.categories[0][0][:120]) if item.categories else "",
            price=float(item.price.amount) if item.price else None,
            currency=intern(item.price.currency) if item.price else "",
            stock=None if item.stock is None else min(max(item.stock, -MOST), MOST),
            is_sold=item.visible,
        )
        for item in get_catalog().iter_items()
    }


def costs(ids: Iterable[str]) -> dict[str, float]:
    """What a unit costs the shop, where its catalog says so."""
    catalog = get_catalog()
    if not catalog.knows("cost"):
        return {}
    needed = frozenset({"cost"})
    found: dict[str, float] = {}
    for chunk in _chunks(ids):
        for item, product in catalog.with_facts(chunk, None, needed).items():
            cost = catalog.facts(product, needed).cost
            if cost is not None:
                found[item] = float(cost)
    return found


def _chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk

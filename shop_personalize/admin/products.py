"""Titles of products for staff: asked of the shop, never in the way of a page."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterable

logger = logging.getLogger("shop_personalize")


def stored(ids: Iterable[str]) -> dict[str, Any]:
    """Products by id; empty when the shop's catalog cannot be read."""
    wanted = sorted({each for each in ids if each})
    if not wanted:
        return {}
    try:
        from shop_personalize.catalog import get_catalog

        return get_catalog().stored(wanted)
    except Exception:
        logger.warning("the admin could not read products", exc_info=settings.DEBUG)
        return {}


def titles(ids: Iterable[str]) -> dict[str, str]:
    return {key: title_of(product) for key, product in stored(ids).items()}


def title_of(product: Any) -> str:
    """What shoppers read; not every shop says so in ``__str__``."""
    try:
        from shop_personalize.catalog import get_catalog

        return get_catalog().card(product).title or str(product)
    except Exception:
        logger.warning("the admin could not read a product", exc_info=settings.DEBUG)
        return str(product)


def currency() -> str:
    """What the shop's prices are in, by its newest product; "" if nobody knows."""
    try:
        from shop_personalize.catalog import get_catalog

        catalog = get_catalog()
        prices = (catalog.card(each).price for each in catalog.newest(1).values())
        return next((price.currency for price in prices if price), "")
    except Exception:
        logger.warning("the admin could not read products", exc_info=settings.DEBUG)
        return ""


def search(text: str, n: int) -> list[tuple[str, str]]:
    """Id and title of at most ``n`` products whose title holds the text."""
    try:
        from shop_personalize.catalog import get_catalog

        return list(get_catalog().search(text, n).items())
    except Exception:
        logger.warning("the admin could not read products", exc_info=settings.DEBUG)
        return []


def knows(fact: str) -> bool:
    """Whether the catalog can say this of its products."""
    try:
        from shop_personalize.catalog import get_catalog

        return get_catalog().knows(fact)
    except Exception:
        logger.warning("the admin could not read products", exc_info=settings.DEBUG)
        return False

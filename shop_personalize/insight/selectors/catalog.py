"""What the shop says of its products: category, brand, age."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from sys import intern
from typing import NamedTuple

from django.conf import settings

from shop_personalize.attribution.days import day_of

logger = logging.getLogger("shop_personalize")


class Facts(NamedTuple):
    category: str
    brand: str
    created: date | None
    visible: bool


_known: ContextVar[Mapping[str, Facts] | None] = ContextVar("facts", default=None)


def facts() -> Mapping[str, Facts]:
    """Facts of every product; empty when the shop's catalog cannot be read."""
    known = _known.get()
    return _read() if known is None else known


@contextmanager
def read_once() -> Iterator[None]:
    """Several questions in a row share one reading of the catalog."""
    token = _known.set(_read())
    try:
        yield
    finally:
        _known.reset(token)


def _read() -> Mapping[str, Facts]:
    from shop_personalize.catalog import get_catalog

    try:
        return {
            item.id: Facts(
                intern(item.categories[0][0]) if item.categories else "",
                intern(item.brand),
                day_of(item.created) if item.created else None,
                item.visible and item.available,
            )
            for item in get_catalog().iter_items()
        }
    except Exception:
        logger.warning("the reports could not read products", exc_info=settings.DEBUG)
        return {}

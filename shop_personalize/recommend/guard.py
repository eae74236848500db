"""The wall around us in the shop's request: savepoint, catch-all, one log line."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings
from django.db import connections, router, transaction

from shop_personalize.models import Interaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

logger = logging.getLogger("shop_personalize")
T = TypeVar("T")


def guarded(work: Callable[[], T], otherwise: T, *, what: str) -> T:
    """Do ``work``; if it fails, log one line and return ``otherwise``.

    In ``DEBUG`` it raises, so that a developer sees what a shopper never does.
    """
    try:
        with savepoint():
            return work()
    except Exception:
        if settings.DEBUG:
            raise
        logger.exception("%s failed; the page goes on without it", what)
        return otherwise


@contextmanager
def savepoint() -> Iterator[None]:
    """A failed query of ours must not poison the transaction the shop may be in.

    Without a transaction there is nothing to poison, and nothing is sent.
    """
    using = router.db_for_read(Interaction)
    if not connections[using].in_atomic_block:
        yield
        return
    with transaction.atomic(using=using):
        yield

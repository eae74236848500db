"""The shop comes first: what goes wrong here is one log line there."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger("shop_personalize")


@contextmanager
def harmless(what: str) -> Iterator[None]:
    """Swallow and log whatever is raised; under ``DEBUG`` let the developer see it."""
    try:
        yield
    except Exception as error:
        if settings.DEBUG:
            raise
        logger.warning("%s failed: %s: %s", what, type(error).__name__, error)

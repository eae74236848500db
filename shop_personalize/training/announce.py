from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.dispatch import Signal

logger = logging.getLogger("shop_personalize")


def tell(signal: Signal, **facts: Any) -> None:
    """Send a public signal; a receiver that raises is logged, never felt."""
    for receiver, answer in signal.send_robust(sender=None, **facts):
        if isinstance(answer, Exception):
            logger.error("receiver %r failed", receiver, exc_info=answer)

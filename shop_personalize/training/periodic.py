"""Work that is repeated: done by one process at a time, and not again too soon."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from shop_personalize.models import Checkpoint

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger("shop_personalize")

HOLD = timedelta(minutes=15)
"""How long a process may be busy with one piece before another one takes it up."""


def every(name: str, interval: timedelta, work: Callable[[], object]) -> bool:
    """Do ``work`` unless it was done within ``interval``; a failure is logged."""
    now = timezone.now()
    row = Checkpoint.objects.filter(name=f"every:{name}")
    _made, is_new = Checkpoint.objects.get_or_create(name=f"every:{name}")
    mine = row if is_new else row.filter(updated_at__lte=now - interval)
    if not mine.update(updated_at=now + HOLD):
        return False
    try:
        work()
    except Exception:
        logger.exception("%s failed", name)
    finally:
        row.update(updated_at=now)
    return True

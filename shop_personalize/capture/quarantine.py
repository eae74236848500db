"""Events that could not be accepted are kept with the reason, never just dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import router, transaction

from shop_personalize.capture.safety import harmless
from shop_personalize.models import QuarantinedEvent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from shop_personalize.capture.event import Refused

MAX_PAYLOAD = 2000
UNKEPT = frozenset({"no_consent", "erased"})
"""Reasons for which nothing may be stored; they are counted in the receipt only."""


def keep(refused: Sequence[Refused], *, source: str, received: datetime) -> None:
    """Store what was refused; that this fails must not sink what was accepted."""
    rows = [
        QuarantinedEvent(
            reason=one.reason[:40],
            detail=_storable(one.detail)[:200],
            payload=_storable(one.payload)[:MAX_PAYLOAD],
            source=source[:16],
            received_at=received,
        )
        for one in refused
        if one.reason not in UNKEPT
    ]
    if not rows:
        return
    using = router.db_for_write(QuarantinedEvent)
    with harmless("quarantine"), transaction.atomic(using=using):
        QuarantinedEvent.objects.using(using).bulk_create(rows, batch_size=500)


def _storable(text: str) -> str:
    return (
        text.encode("utf-8", "replace").decode().replace("\x00", "\N{SYMBOL FOR NULL}")
    )

"""Event ids: UUIDs of version 7, so that the day of an event is inside its id."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from uuid import UUID

from django.utils import timezone

_VERSION = 0x7 << 76
_CUSTOM = 0x8 << 76
_VARIANT = 0b10 << 62
_BELOW_VERSION = (1 << 12) - 1
_BELOW_VARIANT = (1 << 62) - 1


def uuid7(at: datetime | None = None) -> UUID:
    """A new id for an event of this moment."""
    at = at or timezone.now()
    # The fraction of the millisecond keeps the events of one page in their order.
    fraction = at.microsecond % 1000 * 4096 // 1000
    random = int.from_bytes(os.urandom(8)) & _BELOW_VARIANT
    return _build(at, fraction << 62 | random)


def event_id_for(text: str, at: datetime) -> UUID:
    """The same id for the same text and time, whoever asks and how often."""
    return _build(at, _digest(text))


def timeless_id(text: str) -> UUID:
    """The same id for the same text, for what is told again later without its time."""
    bits = _digest(text)
    high = (bits >> 16 & (1 << 48) - 1) << 80
    return UUID(int=high | _CUSTOM | _low(bits))


def time_of(event_id: UUID) -> datetime | None:
    """When the event of this id happened; ``None`` if its id does not say."""
    if event_id.version != 7:
        return None
    return datetime.fromtimestamp((event_id.int >> 80) / 1000, tz=UTC)


def _build(at: datetime, bits: int) -> UUID:
    milliseconds = int(at.timestamp() * 1000) & (1 << 48) - 1
    return UUID(int=milliseconds << 80 | _VERSION | _low(bits))


def _low(bits: int) -> int:
    return (bits >> 62 & _BELOW_VERSION) << 64 | _VARIANT | bits & _BELOW_VARIANT


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:16])

"""Values as browsers and shops write them, read leniently or refused with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from shop_personalize.capture.event import RefusalError
from shop_personalize.capture.event_ids import timeless_id

SECONDS_END = 100_000_000_000
MILLISECONDS_END = SECONDS_END * 1000


def decimal(value: Any, reason: str, default: Decimal | None = None) -> Decimal | None:
    """A number as text, float or int; ``None`` and "" are the default."""
    if value is None or value == "":
        return default
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise RefusalError(reason, str(value)[:40])
    if isinstance(value, int) and value.bit_length() > 64:
        raise RefusalError(reason, "out of range")
    try:
        return Decimal(str(value)[:40].strip())
    except InvalidOperation as error:
        raise RefusalError(reason, str(value)[:40]) from error


def quantity(value: Any) -> Decimal:
    return decimal(value, "bad_quantity") or _zero_or_one(value)


def _zero_or_one(value: Any) -> Decimal:
    """Nothing said is one; a zero that was said stays one to be refused."""
    return Decimal(1) if value is None or value == "" else Decimal(0)


def text(value: Any, name: str) -> str:
    """An id or a word; numbers are taken, structures are not."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise RefusalError("bad_type", name)
    return str(value)


def moment(value: Any) -> datetime | None:
    """ISO 8601, or seconds, milliseconds or microseconds since 1970."""
    if value is None or value == "":
        return None
    try:
        return _moment(value)
    except (ValueError, OverflowError, OSError) as error:
        raise RefusalError("bad_time", str(value)[:40]) from error


def _moment(value: Any) -> datetime:
    if isinstance(value, str) and not value.isdigit():
        parsed = parse_datetime(value)
        if parsed is None:
            raise ValueError(value)
        return parsed if timezone.is_aware(parsed) else parsed.replace(tzinfo=UTC)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(value)
    seconds = float(value)
    if seconds > MILLISECONDS_END:
        seconds /= 1_000_000
    elif seconds > SECONDS_END:
        seconds /= 1000
    return datetime.fromtimestamp(seconds, tz=UTC)


def event_id(value: Any, scope: str) -> UUID | None:
    """A UUID as it is, any other name as an id of its own within the visitor's."""
    name = text(value, "event_id")
    if not name:
        return None
    if len(name) > 128:
        raise RefusalError("too_long", "event_id")
    try:
        return UUID(name)
    except ValueError:
        return timeless_id(f"{scope}:{name}")


def first(payload: Mapping[str, Any], *names: str) -> Any:
    """The first of several spellings that says something."""
    for name in names:
        value = payload.get(name)
        if value not in (None, ""):
            return value
    return None


def mapping(value: Any, name: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise RefusalError("bad_type", name)
    return value

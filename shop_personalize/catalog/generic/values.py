"""Prices as text, float or cents; dates without zone; ids of any type: made ours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.utils import timezone

_NUMBER = re.compile(r"-?\d[\d.,\s\u00a0'’]*")
_MOST = Decimal(10) ** 9
_LEVEL = 10**9
_MOST_CENTS = _MOST * 100
_CENT = Decimal("0.0001")


def text(value: Any, limit: int | None = None) -> str:
    """Any value as text; ``None`` is empty."""
    found = "" if value is None else str(value)
    return found if limit is None else found[:limit]


def decimal(value: Any) -> Decimal | None:
    """A number however a shop keeps it: Decimal, float, ``"€ 1.234,50"``, Money."""
    if value is None or value == "":
        return None
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return decimal(Decimal(repr(value))) if value == value else None
    if hasattr(value, "amount"):
        return decimal(value.amount)
    return _from_text(str(value))


def _from_text(value: str) -> Decimal | None:
    match = _NUMBER.search(value)
    if match is None:
        return None
    digits = re.sub(r"[\s\u00a0'’]", "", match.group()).rstrip(".,")
    comma, dot = digits.rfind(","), digits.rfind(".")
    if comma > dot and (dot >= 0 or len(digits) - comma - 1 != 3):
        digits = digits.replace(".", "").replace(",", ".")
    else:
        digits = digits.replace(",", "")
    try:
        return Decimal(digits)
    except InvalidOperation:
        return None


def price(value: Any, scale: Any = 1) -> Decimal | None:
    """A unit price in whole currency; ``scale`` is 100 where a shop keeps cents."""
    amount = decimal(value)
    if amount is None or not -_MOST_CENTS < amount < _MOST_CENTS:
        return None
    if scale != 1:
        amount = amount / Decimal(str(scale))
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -4:
        amount = amount.quantize(_CENT)
    return amount if abs(amount) <= _MOST else None


def currency(value: Any) -> str:
    """An ISO code, upper case; anything longer is not one."""
    if not value:
        return ""
    code = text(getattr(value, "code", value)).strip().upper()
    return code if len(code) == 3 else ""


def quantity(value: Any) -> Decimal:
    """A quantity; unknown counts as one, an absurd one as one too."""
    amount = decimal(value)
    if amount is None or abs(amount) >= _MOST:
        return Decimal(1)
    return round(amount, 3)


def moment(value: Any) -> datetime | None:
    """A date or time of any kind as the project's own kind of datetime."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_epoch(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time.min)
    if not isinstance(value, datetime):
        return None
    if settings.USE_TZ and timezone.is_naive(value):
        return timezone.make_aware(value)
    if not settings.USE_TZ and timezone.is_aware(value):
        return timezone.make_naive(value)
    return value


def moments(column: Sequence[Any]) -> list[datetime | None]:
    """A column of moments; most are right already."""
    aware = settings.USE_TZ
    return [
        value
        if isinstance(value, datetime) and (value.tzinfo is not None) == aware
        else moment(value)
        for value in column
    ]


def _from_epoch(seconds: float) -> datetime | None:
    try:
        found = datetime.fromtimestamp(seconds, tz=timezone.get_default_timezone())
    except (OverflowError, OSError, ValueError):
        return None
    return moment(found)


def whole(value: Any) -> int | None:
    """A stock level as a whole number; yes and no are one and none."""
    if isinstance(value, int):
        return min(max(int(value), -_LEVEL), _LEVEL)
    amount = decimal(value)
    return None if amount is None else int(min(max(amount, -_MOST), _MOST))


def storable(pk: Any) -> bool:
    """SQLite and PostgreSQL refuse integers past 64 bits and text with NUL."""
    if isinstance(pk, int):
        return -(2**63) <= pk < 2**63
    return not (isinstance(pk, str) and "\x00" in pk)

"""Numbers as this reader writes them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

NOTHING = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$", "CNY": "¥", "JPY": "¥"}
MINUTE, HOUR, DAY = 60, 3600, 86400

Number = float | Decimal


def number(value: Number | None, places: int | None = None) -> str:
    """1,204 · 3.5 · 0.139: whole numbers whole, small ones with three places."""
    if value is None:
        return NOTHING
    if places is None:
        places = _places(value)
    # number_format cuts digits off instead of rounding.
    rounded = round(Decimal(value), places)
    return number_format(rounded, decimal_pos=places, force_grouping=True)


def _places(value: Number) -> int:
    size = abs(float(value))
    if size == int(size) or size >= 100:
        return 0
    return 1 if size >= 10 else 3 if size < 1 else 2


def percent(share: Number | None, places: int | None = None) -> str:
    """A share of one as percent: 0.384 is 38 %, 0.0042 is 0.4 %."""
    if share is None:
        return NOTHING
    if places is None:
        tenths = round(abs(float(share)) * 1000)
        places = 1 if tenths < 100 and tenths % 10 else 0
    return _("%(number)s %%") % {"number": number(share * 100, places)}


def money(amount: Number | None, currency: str = "") -> str:
    """£1,240 or 1,240 SEK; pennies only below ten."""
    if amount is None:
        return NOTHING
    size = abs(float(amount))
    text = number(size, 0 if size >= 10 or size == 0 else 2)
    sign = MINUS if amount < 0 else ""
    if currency in SYMBOLS:
        return f"{sign}{SYMBOLS[currency]}{text}"
    return f"{sign}{text} {currency}".rstrip()


def duration(seconds: float | None) -> str:
    if seconds is None:
        return NOTHING
    if seconds < 1:
        return _("%(number)s ms") % {"number": number(round(seconds * 1000), 0)}
    if seconds < 2 * MINUTE:
        places = 1 if seconds < 10 and round(seconds, 1) != round(seconds) else 0
        return _("%(number)s s") % {"number": number(seconds, places)}
    if seconds < 2 * HOUR:
        return _("%(number)s min") % {"number": number(round(seconds / MINUTE), 0)}
    if seconds < 2 * DAY:
        return _("%(number)s h") % {"number": number(round(seconds / HOUR), 0)}
    return days(seconds / DAY)


def ago(moment: datetime) -> str:
    """“3 minutes ago”."""
    if timezone.now() - moment < timedelta(minutes=1):
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(moment, depth=1)}


def days(count: float) -> str:
    """“3 days”, “2 weeks”: as exact as such a forecast can be."""
    if count < 14:
        whole = max(1, round(count))
        return ngettext("%(n)s day", "%(n)s days", whole) % {"n": number(whole, 0)}
    weeks = round(count / 7)
    return ngettext("%(n)s week", "%(n)s weeks", weeks) % {"n": number(weeks, 0)}


def change(now: Number, before: Number) -> float | None:
    """By what share ``now`` differs from ``before``; None without a before."""
    return (float(now) - float(before)) / float(before) if before else None

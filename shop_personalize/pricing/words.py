"""Prices and their limits in a shop's words."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from shop_personalize.admin.numbers import (
    MINUS,
    NOTHING,
    SYMBOLS,
    money,
    number,
    percent,
)

if TYPE_CHECKING:
    from decimal import Decimal

    from shop_personalize.pricing.selectors.judging import Bound

WITHOUT_PENNIES = {"JPY", "KRW", "VND", "HUF", "CLP", "ISK"}
DASH = "\N{EN DASH}"


def price(amount: float | Decimal | None, currency: str = "") -> str:
    """£12.75: a price is exact to the penny, also above ten."""
    if amount is None or not isfinite(amount):
        return NOTHING
    text = number(amount, 0 if currency in WITHOUT_PENNIES else 2)
    if currency in SYMBOLS:
        return f"{SYMBOLS[currency]}{text}"
    return f"{text} {currency}".rstrip()


def more(amount: float | None, currency: str) -> str:
    """+£34, −£0.40."""
    if amount is None:
        return NOTHING
    sign = "+" if amount > 0 else MINUS if amount < 0 else ""
    return f"{sign}{money(abs(amount), currency)}"


def more_units(count: float) -> str:
    sign = "+" if count > 0 else MINUS if count < 0 else ""
    return f"{sign}{number(abs(count))}"


def more_percent(share: float) -> str:
    sign = "+" if share > 0 else MINUS if share < 0 else ""
    return f"{sign}{percent(abs(share))}"


def signed(value: float, places: int = 2) -> str:
    """−2.07: an elasticity with a real minus."""
    return f"{MINUS if value < 0 else ''}{number(abs(value), places)}"


def span(low: str, high: str) -> str:
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


def limit(bound: Bound, currency: str) -> str:
    """What a limit asks: “at least £2.50”."""
    words = {
        "price": price(bound.value, currency),
        "share": percent(bound.value),
        "theirs": price(bound.theirs, currency),
        "low": price(bound.low, currency),
        "n": number(bound.value, 0),
        "ending": f"{bound.value:.2f}"[1:],
        "day": date_format(bound.since, "SHORT_DATE_FORMAT") if bound.since else "",
    }
    return _limit(bound) % words


def _limit(bound: Bound) -> str:
    if bound.limit == "margin" and bound.low == float("inf"):
        return _("a margin of at least %(share)s, and the cost is not known")
    return {
        "least": _("at least %(price)s"),
        "most": _("at most %(price)s"),
        "step": _("at most %(share)s from today's price"),
        "ending": _("ends in %(ending)s"),
        "margin": _("a margin of at least %(share)s: %(low)s or more"),
        "below": _("at most %(share)s below the cheapest competitor (%(theirs)s)"),
        "above": _("at most %(share)s above the cheapest competitor (%(theirs)s)"),
        "days": _("not more often than every %(n)s days; last changed on %(day)s"),
    }[bound.limit]

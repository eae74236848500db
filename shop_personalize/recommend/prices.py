"""Money in words: the reader's number format, the currency's sign and places."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import get_language

if TYPE_CHECKING:
    from shop_personalize.catalog.types import Money

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "CNY": "¥", "JPY": "¥", "INR": "₹"}
WHOLE = frozenset({"JPY", "KRW", "VND", "CLP", "ISK"})


def price_text(money: Money | None) -> str:
    """``£2.95``, or the currency's code where it has no sign of its own here."""
    return "" if money is None else _text(money, get_language())


@lru_cache(maxsize=4096)
def _text(money: Money, language: str | None) -> str:
    places = 0 if money.currency in WHOLE else 2
    amount = number_format(money.amount, places, use_l10n=True, force_grouping=True)
    sign = SIGNS.get(money.currency)
    return f"{sign}{amount}" if sign else f"{amount} {money.currency}".strip()

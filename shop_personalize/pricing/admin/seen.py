"""The price beside a button: it goes along, so that no other one is approved."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from django.utils.html import format_html

from shop_personalize.pricing.models import PriceSuggestion

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.safestring import SafeString


def field(row: PriceSuggestion) -> SafeString | str:
    if row.state != PriceSuggestion.State.OPEN:
        return ""
    return format_html(
        '<input type="hidden" name="{}" value="{}">', _name(row), str(row.suggested)
    )


def read(given: QueryDict, row: PriceSuggestion) -> Decimal | None:
    """None where nothing was sent along, as when rows of other pages are chosen."""
    try:
        return Decimal(given.get(_name(row), ""))
    except InvalidOperation:
        return None


def _name(row: PriceSuggestion) -> str:
    return f"seen-{row.pk}"

"""The log of prices: every one that was agreed to or put back."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from shop_personalize.pricing.models import PriceChange, PriceSuggestion

Verb = PriceChange.Verb


def record(
    row: PriceSuggestion,
    verb: Verb,
    *,
    is_applied: bool,
    why: str,
    user: Any,
) -> PriceChange:
    """A line of the log of prices."""
    is_approval = verb == Verb.APPROVED
    sides = [row.price_now, row.suggested]
    old, new = sides if is_approval else sides[::-1]
    return PriceChange.objects.create(
        item_id=row.item_id,
        title=row.title,
        old=old,
        new=new,
        currency=row.currency,
        verb=verb,
        is_applied=is_applied,
        suggestion=row,
        units_before=row.units if is_approval else None,
        units_expected=row.units + row.units_change if is_approval else None,
        why=why[:300],
        at=timezone.now(),
        user=user,
    )

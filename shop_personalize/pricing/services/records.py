"""What a person did stands in the admin's own history, and a price in the log too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from shop_personalize.pricing.models import PriceChange, PriceSuggestion

if TYPE_CHECKING:
    from django.db.models import Model

Verb = PriceChange.Verb


def log(row: Model, message: str, *, user: Any) -> None:
    LogEntry.objects.create(
        user_id=user.pk,
        content_type=ContentType.objects.get_for_model(row),
        object_id=str(row.pk),
        object_repr=str(row)[:200],
        action_flag=CHANGE,
        change_message=message,
    )


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

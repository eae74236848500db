"""For what others sell the same: the latest price of each, while it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from shop_personalize.pricing.conf import pricing_settings
from shop_personalize.pricing.models import CompetitorPrice


def current(ids: Iterable[str] | None = None) -> list[CompetitorPrice]:
    """The latest price of each competitor and product, the cheapest first."""
    since = timezone.now() - timedelta(days=pricing_settings().competitor_days)
    rows = CompetitorPrice.objects.filter(seen_at__gte=since)
    if ids is not None:
        rows = rows.filter(item_id__in=list(ids))
    found = {
        (row.item_id, row.competitor, row.currency): row
        for row in rows.order_by("seen_at", "pk").iterator()
    }
    return sorted(found.values(), key=lambda row: (row.item_id, row.price))


def cheapest(ids: Iterable[str] | None = None) -> dict[tuple[str, str], Decimal]:
    """The lowest current price by product and currency."""
    found: dict[tuple[str, str], Decimal] = {}
    for row in current(ids):
        found.setdefault((row.item_id, row.currency), row.price)
    return found


def compared(
    ids: Iterable[str] | None = None,
) -> Callable[[str, str], Decimal | None]:
    """Says which is the lowest beside a product and the currency of its price.

    A shop of one currency may leave it unsaid; what competitors ask always says it.
    """
    by_currency = cheapest(ids)
    lowest: dict[str, Decimal] = {}
    for (item, _code), price in by_currency.items():
        lowest[item] = min(price, lowest.get(item, price))
    return lambda item, code: (
        by_currency.get((item, code)) if code else lowest.get(item)
    )

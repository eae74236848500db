"""Sums of products over a period, as several reports need them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Sum

from shop_personalize.insight.models import ItemDay, ItemExposure, ItemSale
from shop_personalize.insight.selectors.period import Period


class Sold(NamedTuple):
    orders: int
    units: Decimal
    revenue: Decimal


class Shown(NamedTuple):
    seen: int
    clicked: int
    weight: float


def sold(period: Period, currency: str) -> dict[str, Sold]:
    """Orders and units in all currencies, revenue in one; by product."""
    rows = ItemSale.objects.filter(**period.lookups()).order_by()
    sums = rows.values_list("item_id", "currency").annotate(
        Sum("orders"), Sum("units"), Sum("revenue")
    )
    found: dict[str, Sold] = {}
    for item, paid_in, orders, units, revenue in sums.iterator():
        own = revenue if paid_in == currency else Decimal(0)
        known = found.get(item)
        found[item] = (
            Sold(known.orders + orders, known.units + units, known.revenue + own)
            if known
            else Sold(orders, units, own)
        )
    return found


def viewed(period: Period) -> dict[str, int]:
    rows = ItemDay.objects.filter(**period.lookups(), views__gt=0).order_by()
    return dict(rows.values_list("item_id").annotate(Sum("views")).iterator())


def shown(period: Period) -> dict[str, Shown]:
    rows = ItemExposure.objects.filter(**period.lookups()).order_by()
    sums = rows.values_list("item_id").annotate(
        Sum("seen"), Sum("clicked"), Sum("weight")
    )
    return {item: Shown(*values) for item, *values in sums.iterator()}


def revenue_parts(
    period: Period, items: Iterable[str], currency: str, count: int
) -> dict[str, tuple[float, ...]]:
    """Revenue of some products in ``count`` parts of the period, for a small line."""
    parts = period.parts(count)
    place = {day: at for at, part in enumerate(parts) for day in part.all_days()}
    rows = ItemSale.objects.filter(
        **period.lookups(), item_id__in=list(items), currency=currency
    )
    found: dict[str, list[float]] = {}
    for item, day, revenue in rows.values_list("item_id", "day", "revenue"):
        found.setdefault(item, [0.0] * count)[place[day]] += float(revenue)
    return {item: tuple(values) for item, values in found.items()}

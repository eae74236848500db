"""What an owner wants to know first: what to order, what it is worth, what lies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, FloatField, Max, Q, Sum
from django.utils import timezone

from shop_personalize.supply.models import ItemState, Reorder

State = Reorder.State
RISKY = 0.1
"""A risk of running out that is worth a look."""
SOON = timedelta(days=7)
TOP = 8


@dataclass(frozen=True)
class Orders:
    """Suggestions by state; ``today`` of those to be decided must be ordered now.

    ``value`` of those to be decided, by currency: what is not one money is not added.
    """

    open: int
    today: int
    value: Mapping[str, float]
    without_cost: int
    approved: int
    ordered: int
    late: int
    """Ordered and not received though the day has come."""


@dataclass(frozen=True)
class Stock:
    """``tied`` money by currency."""

    products: int
    sold_out: int
    risky: int
    overstocked: int
    tied: Mapping[str, float]
    measured_at: datetime | None


def orders() -> Orders:
    today = timezone.localdate()
    is_open = Q(state=State.OPEN)
    price = F("quantity") * F("unit_cost")
    found = (
        Reorder.objects.order_by()
        .values("currency")
        .annotate(
            open=Count("pk", filter=is_open),
            today=Count("pk", filter=is_open & Q(order_by__lte=today)),
            worth=Sum(price, filter=is_open, output_field=FloatField()),
            without_cost=Count("pk", filter=is_open & Q(unit_cost=None)),
            approved=Count("pk", filter=Q(state__in=(State.APPROVED, State.CHANGED))),
            ordered=Count("pk", filter=Q(state=State.ORDERED)),
            late=Count("pk", filter=Q(state=State.ORDERED, due_on__lt=today)),
        )
    )
    rows: list[Any] = list(found)
    counts = ("open", "today", "without_cost", "approved", "ordered", "late")
    return Orders(**_summed(rows, counts), value=_by_currency(rows, "worth"))


def stock() -> Stock:
    found = (
        ItemState.objects.order_by()
        .values("currency")
        .annotate(
            products=Count("pk"),
            sold_out=Count("pk", filter=Q(stock__lte=0, expected__gt=0)),
            risky=Count("pk", filter=Q(risk__gte=RISKY)),
            overstocked=Count("pk", filter=Q(surplus__gt=0)),
            tied=Sum("tied"),
            measured_at=Max("measured_at"),
        )
    )
    rows: list[Any] = list(found)
    counts = ("products", "sold_out", "risky", "overstocked")
    return Stock(
        **_summed(rows, counts),
        tied=_by_currency(rows, "tied"),
        measured_at=max((row["measured_at"] for row in rows), default=None),
    )


def _summed(rows: list[dict[str, Any]], names: Iterable[str]) -> dict[str, int]:
    return {name: sum(row[name] for row in rows) for name in names}


def _by_currency(rows: list[dict[str, Any]], name: str) -> dict[str, float]:
    """The most first; nothing of what is not known or nothing."""
    known = {row["currency"]: row[name] for row in rows if row[name]}
    return dict(sorted(known.items(), key=lambda each: (-each[1], each[0])))


def to_order() -> list[Reorder]:
    rows = Reorder.objects.filter(state=State.OPEN).select_related("supplier")
    return list(rows[:TOP])


def running_out() -> list[ItemState]:
    rows = ItemState.objects.filter(risk__gte=RISKY, stock__gt=0)
    return list(rows.order_by("-risk", "cover_days", "item_id")[:TOP])


def lying() -> list[ItemState]:
    rows = ItemState.objects.filter(surplus__gt=0)
    return list(rows.order_by(F("tied").desc(nulls_last=True), "item_id")[:TOP])


def titles_of(items: list[str]) -> dict[str, str]:
    """Titles as they were when the stock was measured; no question to the shop."""
    rows = ItemState.objects.filter(item_id__in=items).order_by()
    return dict(rows.values_list("item_id", "title"))

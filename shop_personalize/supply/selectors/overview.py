"""What an owner wants to know first: what to order, what it is worth, what lies."""

from __future__ import annotations

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
    """Suggestions by state; ``today`` of those to be decided must be ordered now."""

    open: int
    today: int
    value: float
    without_cost: int
    approved: int
    ordered: int
    late: int
    """Ordered and not received though the day has come."""
    currency: str


@dataclass(frozen=True)
class Stock:
    products: int
    sold_out: int
    risky: int
    overstocked: int
    tied: float
    currency: str
    measured_at: datetime | None


def orders() -> Orders:
    today = timezone.localdate()
    is_open = Q(state=State.OPEN)
    price = F("quantity") * F("unit_cost")
    told: dict[str, Any] = Reorder.objects.aggregate(
        open=Count("pk", filter=is_open),
        today=Count("pk", filter=is_open & Q(order_by__lte=today)),
        value=Sum(price, filter=is_open, output_field=FloatField()),
        without_cost=Count("pk", filter=is_open & Q(unit_cost=None)),
        approved=Count("pk", filter=Q(state__in=(State.APPROVED, State.CHANGED))),
        ordered=Count("pk", filter=Q(state=State.ORDERED)),
        late=Count("pk", filter=Q(state=State.ORDERED, due_on__lt=today)),
        currency=Max("currency", filter=is_open),
    )
    told["value"], told["currency"] = told["value"] or 0.0, told["currency"] or ""
    return Orders(**told)


def stock() -> Stock:
    told: dict[str, Any] = ItemState.objects.aggregate(
        products=Count("pk"),
        sold_out=Count("pk", filter=Q(stock__lte=0, expected__gt=0)),
        risky=Count("pk", filter=Q(risk__gte=RISKY)),
        overstocked=Count("pk", filter=Q(surplus__gt=0)),
        tied=Sum("tied"),
        currency=Max("currency"),
        measured_at=Max("measured_at"),
    )
    told["tied"], told["currency"] = told["tied"] or 0.0, told["currency"] or ""
    return Stock(**told)


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

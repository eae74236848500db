"""Prices and quantities by week: counted anew, never added to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import Avg, Case, Count, F, Max, Min, Q, Sum, Value, When
from django.db.models.fields import DecimalField
from django.db.models.functions import Coalesce
from django.utils import timezone

from shop_personalize.attribution import days
from shop_personalize.models import Checkpoint, Interaction
from shop_personalize.pricing.models import PriceWeek

NAME = "pricing:weeks"
KINDS = ("purchase", "refund")
WEEK = timedelta(days=7)
ALWAYS = timedelta(days=2)
"""Weeks that ended no longer ago are counted anew every time."""
BATCH = 2000
SUMS = ("units", "returned", "revenue")
DECIMAL: DecimalField[Any, Any] = DecimalField(max_digits=30, decimal_places=4)
Progress = Callable[[float, str], None]


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def roll_up(progress: Progress | None = None) -> int:
    """Count the weeks of which something new was told; return how many they are."""
    kept = Checkpoint.objects.filter(name=NAME).first()
    known = int(kept.state.get("pk", 0)) if kept else 0
    newest = Interaction.objects.aggregate(pk=Max("pk"))["pk"] or 0
    wanted = [each for each in sorted(_told_of(known)) if each >= _first_whole()]
    for at, week in enumerate(wanted):
        _count(week)
        if progress:
            progress((at + 1) / len(wanted), "weeks")
    Checkpoint.objects.update_or_create(name=NAME, defaults={"state": {"pk": newest}})
    return len(wanted)


def rebuild(progress: Progress | None = None) -> int:
    """Count every week anew of which the orders are still there."""
    Checkpoint.objects.filter(name=NAME).delete()
    PriceWeek.objects.filter(week__gte=_first_whole()).delete()
    return roll_up(progress)


def _first_whole() -> date:
    """Weeks of which retention took orders keep the sums they have."""
    first = days.first_whole_day(KINDS)
    return first if first == date.min else monday(first + WEEK - days.ONE_DAY)


def _told_of(known: int) -> set[date]:
    """The weeks of orders with a later key than ``known``, and the current ones."""
    today = timezone.localdate()
    recent = {monday(today), monday(today - ALWAYS)}
    rows = Interaction.objects.filter(kind__in=KINDS, flag="")
    return recent | {monday(day) for day in days.told_of(rows, known)}


def _count(week: date) -> None:
    with days.alone(NAME) as using:
        rows = PriceWeek.objects.using(using)
        rows.filter(week=week).delete()
        made = (_week_of(week, told) for told in _sums(week, using))
        for batch in _batches(each for each in made if each is not None):
            rows.bulk_create(batch)


def _sums(week: date, using: str) -> Iterator[Any]:
    """What came back is told with the date of its order where the shop knows it."""
    bought = Q(kind="purchase", value__gt=0)
    span = days.between(week, week + WEEK - days.ONE_DAY)
    rows = Interaction.objects.using(using).filter(flag="", kind__in=KINDS, **span)
    amount = Case(
        When(bought, then=F("quantity") * F("value")),
        default=Value(0),
        output_field=DECIMAL,
    )
    return (
        rows.exclude(item_id="")
        .order_by()
        .values("item_id", "currency")
        .annotate(
            price=Avg("value", filter=bought),
            low=Min("value", filter=bought),
            high=Max("value", filter=bought),
            units=_quantity(bought),
            returned=_quantity(Q(kind="refund", value__gt=0)),
            revenue=Sum(amount, output_field=DECIMAL),
            orders=Count("order_id", filter=bought & ~Q(order_id=""), distinct=True)
            + Count("pk", filter=bought & Q(order_id="")),
        )
        .iterator()
    )


def _quantity(of: Q) -> Coalesce:
    return Coalesce(Sum("quantity", filter=of), Value(0), output_field=DECIMAL)


def _week_of(week: date, told: dict[str, Any]) -> PriceWeek | None:
    """None of a week in which a product only came back."""
    if told["price"] is None:
        return None
    kept = {name: _kept(name, told.pop(name)) for name in SUMS}
    price = round(told.pop("price"), 4)
    return PriceWeek(week=week, price=price, **told, **kept)


def _kept(name: str, value: Decimal) -> Decimal:
    """As much as a column holds: one absurd order must not keep all from being counted.

    SQLite gives back 15 digits.
    """
    field: Any = PriceWeek._meta.get_field(name)
    digits = min(field.max_digits, 15)
    places = digits - (field.max_digits - field.decimal_places)
    most = Decimal(10**digits - 1).scaleb(-places)
    return min(round(value, field.decimal_places), most)


def _batches(rows: Iterable[PriceWeek]) -> Iterator[list[PriceWeek]]:
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        yield batch

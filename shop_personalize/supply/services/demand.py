"""Demand by day, from the orders: counted anew, never added to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import connections
from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DecimalField,
    F,
    Max,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least, Round
from django.utils import timezone

from shop_personalize.attribution import days
from shop_personalize.models import Checkpoint, Interaction
from shop_personalize.supply.models import DemandDay

NAME = "supply:days"
KINDS = ("purchase", "refund")
ALWAYS = timedelta(days=2)
"""Today and so many days before are counted anew every time."""
DECIMAL: DecimalField[Any, Any] = DecimalField(max_digits=20, decimal_places=4)
MOST_UNITS, MOST_MONEY = 10**11 - 1, 10**14 - 1
COLUMNS = (
    "item_id",
    "day",
    "currency",
    "orders",
    "units",
    "returned",
    "paid",
    "revenue",
)
Progress = Callable[[float, str], None]


def roll_up(*, progress: Progress | None = None) -> int:
    """Count the days of which something new was told; return how many they are."""
    kept = Checkpoint.objects.filter(name=NAME).first()
    known = int(kept.state.get("pk", 0)) if kept else 0
    newest = Interaction.objects.aggregate(pk=Max("pk"))["pk"] or 0
    wanted = sorted(_told_of(known))
    for start, end in days.runs(wanted):
        _count(start, end)
        if progress:
            whole = (wanted[-1] - wanted[0]).days or 1
            progress((end - wanted[0]).days / whole, "demand")
    Checkpoint.objects.update_or_create(name=NAME, defaults={"state": {"pk": newest}})
    return len(wanted)


def rebuild(*, progress: Progress | None = None) -> int:
    """Count every day anew of which the orders are still there."""
    Checkpoint.objects.filter(name=NAME).delete()
    return roll_up(progress=progress)


def _told_of(known: int) -> set[date]:
    """The days of orders with a later key than ``known``, and the last three."""
    today = timezone.localdate()
    recent = set(days.span(today - ALWAYS, today))
    rows = Interaction.objects.filter(kind__in=KINDS)
    return recent | days.told_of(rows, known)


def _count(start: date, end: date) -> None:
    """Days of which retention has taken orders keep the sums they have."""
    start = max(start, days.first_whole_day(KINDS))
    if start > end:
        return
    with days.alone(NAME) as using:
        span = {"day__gte": start, "day__lte": end}
        DemandDay.objects.using(using).filter(**span).delete()
        _insert(_sums(start, end), using)


def _sums(first: date, last: date) -> QuerySet[Any, Any]:
    """An order counts once for a product, however many of its lines hold it."""
    bought, back = Q(kind="purchase"), Q(kind="refund")
    price = Coalesce("value", Value(0), output_field=DECIMAL)
    sign = Case(When(bought, then=Value(1)), default=Value(-1), output_field=DECIMAL)
    worth = F("quantity") * price
    rows = Interaction.objects.filter(
        **days.between(first, last), flag="", kind__in=KINDS
    )
    dated = rows.exclude(item_id="").order_by().annotate(day=days.day_case(first, last))
    return dated.values("item_id", "day", "currency").annotate(
        orders=Count("order_id", filter=bought & ~Q(order_id=""), distinct=True)
        + Count("pk", filter=bought & Q(order_id="")),
        units=_kept(_total(F("quantity"), bought), MOST_UNITS),
        returned=_kept(_total(F("quantity"), back), MOST_UNITS),
        paid=_kept(Round(_total(worth, bought), 2), MOST_MONEY),
        revenue=_kept(Round(Sum(sign * worth, output_field=DECIMAL), 2), MOST_MONEY),
    )


def _kept(of: Any, most: int) -> Least:
    """Within what a column holds: one absurd order must not stop all counting."""
    ends = [Value(end, output_field=BigIntegerField()) for end in (-most, most)]
    least = Greatest(of, ends[0], output_field=DECIMAL)
    return Least(least, ends[1], output_field=DECIMAL)


def _total(of: Any, where: Q) -> Coalesce:
    total = Sum(of, filter=where, output_field=DECIMAL)
    return Coalesce(total, Value(0), output_field=DECIMAL)


def _insert(rows: QuerySet[Any, Any], using: str) -> None:
    """``INSERT … SELECT``, for which the ORM has no word; the names are the model's."""
    compiler = rows.using(using).values_list(*COLUMNS).query.get_compiler(using)
    select, params = compiler.as_sql()
    quote = connections[using].ops.quote_name
    names = ", ".join(quote(name) for name in COLUMNS)
    table = quote(DemandDay._meta.db_table)
    with connections[using].cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) {select}", params)

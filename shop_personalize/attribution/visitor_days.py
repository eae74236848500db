"""What each visitor did, day by day: one statement a month of events, no row read here.

What was bought has rows of its own, one a currency; everything else the visitor did
that day is one row, and only that row says the visitor was in the shop.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import connections
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    DecimalField,
    F,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Round
from django.utils import timezone

from shop_personalize.attribution import days
from shop_personalize.conf import app_settings
from shop_personalize.models import Interaction, VisitorDay

NAME = "rollup:visitors"
BOUGHT = ("purchase", "refund")
COLUMNS = (
    "visitor_id",
    "day",
    "currency",
    "site",
    "views",
    "searches",
    "carts",
    "checkouts",
    "orders",
    "units",
    "revenue",
    "seen",
    "clicked",
    "is_present",
)
DECIMAL: DecimalField[Any, Any] = DecimalField(max_digits=20, decimal_places=4)
Progress = Callable[[float, str], None]


def roll_up_visitors(since: datetime | date, progress: Progress | None = None) -> None:
    """Count all days from ``since``'s on anew; the same events make the same rows."""
    first = days.day_of(since) if isinstance(since, datetime) else since
    last = timezone.localdate()
    money, presence = _whole_days(first)
    begin = max(first, min(money, presence))
    for start, end in days.chunks(begin, last):
        count_days(start, end, money=money, presence=presence)
        if progress:
            progress((end - begin).days / max(1, (last - begin).days), "visitors")


def count_days(start: date, end: date, *, money: date, presence: date) -> None:
    """Replace the rows of these days, where the events are all still there."""
    with days.alone(NAME) as using:
        for selected, first, is_present in (
            (_bought, max(start, money), False),
            (_did, max(start, presence), True),
        ):
            if first > end:
                continue
            old = VisitorDay.objects.using(using).filter(is_present=is_present)
            old.filter(day__gte=first, day__lte=end).delete()
            _insert(selected(first, end).using(using), using)


def _whole_days(first: date) -> tuple[date, date]:
    """From when on there is all that was bought, and all that was done."""
    others = set(app_settings.events) - set(BOUGHT)
    return (
        max(first, days.first_whole_day(BOUGHT)),
        max(first, days.first_whole_day(others)),
    )


def _rows(first: date, last: date) -> QuerySet[Interaction]:
    rows = Interaction.objects.filter(flag=Interaction.Flag.NONE)
    rows = rows.filter(**days.between(first, last))
    return rows.order_by().annotate(day=days.day_case(first, last))


def _bought(first: date, last: date) -> QuerySet[Any, Any]:
    """An order is counted once, whatever it has of lines; refunds on their own day."""
    bought, price = (
        Q(kind="purchase"),
        Coalesce("value", Value(0), output_field=DECIMAL),
    )
    sign = Case(When(bought, then=Value(1)), default=Value(-1), output_field=DECIMAL)
    rows = _rows(first, last).filter(kind__in=BOUGHT)
    return rows.values("visitor_id", "day", "currency", "site").annotate(
        orders=Count("order_id", filter=bought & ~Q(order_id=""), distinct=True)
        + Count("pk", filter=bought & Q(order_id="")),
        units=Coalesce(Sum("quantity", filter=bought), Value(0), output_field=DECIMAL),
        revenue=Round(Sum(sign * F("quantity") * price, output_field=DECIMAL), 2),
        **_zeros("views", "searches", "carts", "checkouts", "seen", "clicked"),
        is_present=Value(False, BooleanField()),
    )


def _did(first: date, last: date) -> QuerySet[Any, Any]:
    recommended = ~Q(rid="")
    rows = _rows(first, last).exclude(kind__in=BOUGHT)
    rows = rows.annotate(no_currency=Value("", CharField()))
    return rows.values("visitor_id", "day", "no_currency", "site").annotate(
        views=Count("pk", filter=Q(kind="view")),
        searches=Count("pk", filter=Q(kind="search")),
        carts=Count("pk", filter=Q(kind="add_to_cart")),
        checkouts=Count("pk", filter=Q(kind="checkout")),
        seen=Count("rid", filter=Q(kind="rec_view") & recommended, distinct=True),
        clicked=Count("rid", filter=Q(kind="click") & recommended, distinct=True),
        **_zeros("orders", "units", "revenue"),
        is_present=Value(True, BooleanField()),
    )


def _zeros(*names: str) -> dict[str, Any]:
    return {name: Value(0, IntegerField()) for name in names}


def _insert(rows: QuerySet[Any, Any], using: str) -> None:
    """``INSERT … SELECT``, for which the ORM has no word; the names are the model's."""
    has = rows.query.annotations
    picked = [
        "no_currency" if c == "currency" and "no_currency" in has else c
        for c in COLUMNS
    ]
    select, params = rows.values_list(*picked).query.get_compiler(using).as_sql()
    connection = connections[using]
    quote = connection.ops.quote_name
    table = quote(VisitorDay._meta.db_table)
    columns = ", ".join(map(quote, COLUMNS))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) {select}", params)

"""What each visitor did, day by day: one statement a month of events, no row read here.

What was bought has rows of its own, one a currency; everything else the visitor did
that day is one row, and only that row says whether the visitor was in the shop.
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
from shop_personalize.attribution.journeys import FOLLOWED
from shop_personalize.conf import app_settings
from shop_personalize.models import Interaction, VisitorDay

NAME = "rollup:visitors"
BOUGHT = ("purchase", "refund")
BY = ("visitor_id", "day", "site")
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
MONEY = Q(is_present=False) & ~Q(orders=0, units=0, revenue=0)
"""Rows of what was bought; the others are of what was done."""
RECOMMENDED = ("rec_shown", "rec_view", "hide")
"""Who is held out of recommendations cannot do these: they make nobody present."""


def roll_up_visitors(since: datetime | date) -> int:
    """Count all days from ``since``'s on anew; the same events make the same rows."""
    first = days.day_of(since) if isinstance(since, datetime) else since
    return sum(count_days(*run) for run in days.chunks(first, timezone.localdate()))


def count_days(first: date, last: date) -> int:
    """Replace the rows of these days whose events are all still there."""
    others = set(app_settings.events) - set(BOUGHT)
    return sum(
        _replace(is_old, rows, max(first, days.first_whole_day(kinds)), last)
        for is_old, rows, kinds in (
            (MONEY, _bought, BOUGHT),
            (~MONEY, _did, others),
        )
    )


def _replace(
    is_old: Q, rows: Callable[[date, date], QuerySet[Any, Any]], first: date, last: date
) -> int:
    if first > last:
        return 0
    with days.alone(NAME) as using:
        old = VisitorDay.objects.using(using).filter(day__gte=first, day__lte=last)
        old.filter(is_old).delete()
        return _insert(rows(first, last), using)


def _rows(first: date, last: date) -> QuerySet[Any, Any]:
    rows = Interaction.objects.filter(flag=Interaction.Flag.NONE)
    rows = rows.filter(**days.between(first, last))
    return rows.order_by().annotate(day=days.day_case(first, last))


def _bought(first: date, last: date) -> QuerySet[Any, Any]:
    """An order is counted once, whatever it has of lines; refunds on their own day."""
    bought = Q(kind="purchase")
    price = Coalesce("value", Value(0), output_field=DECIMAL)
    sign = Case(When(bought, then=Value(1)), default=Value(-1), output_field=DECIMAL)
    rows = _rows(first, last).filter(kind__in=BOUGHT)
    summed: QuerySet[Any, Any] = rows.values(*BY, "currency").annotate(
        orders=Count("order_id", filter=bought & ~Q(order_id=""), distinct=True)
        + Count("pk", filter=bought & Q(order_id="")),
        units=Coalesce(Sum("quantity", filter=bought), Value(0), output_field=DECIMAL),
        revenue=Round(Sum(sign * F("quantity") * price, output_field=DECIMAL), 2),
        **_zeros("views", "searches", "carts", "checkouts", "seen", "clicked"),
        is_present=Value(False, BooleanField()),
    )
    return summed.exclude(orders=0, units=0, revenue=0)


def _did(first: date, last: date) -> QuerySet[Any, Any]:
    told = ~Q(rid="")
    of_ours = Q(kind__in=RECOMMENDED) | (Q(kind="click") & told)
    rows = _rows(first, last).exclude(kind__in=BOUGHT)
    summed: QuerySet[Any, Any] = rows.values(*BY).annotate(
        no_currency=Value("", CharField()),
        of_own_accord=Count("pk", filter=~of_ours),
        views=Count("pk", filter=Q(kind="view")),
        searches=Count("pk", filter=Q(kind="search")),
        carts=Count("pk", filter=Q(kind="add_to_cart")),
        checkouts=Count("pk", filter=Q(kind="checkout")),
        seen=Count("rid", filter=Q(kind="rec_view") & told, distinct=True),
        clicked=Count("rid", filter=Q(kind__in=FOLLOWED) & told, distinct=True),
        **_zeros("orders", "units", "revenue"),
        is_present=Case(
            When(of_own_accord__gt=0, then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        ),
    )
    return summed


def _zeros(*names: str) -> dict[str, Any]:
    return {name: Value(0, IntegerField()) for name in names}


def _insert(rows: QuerySet[Any, Any], using: str) -> int:
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
        return int(cursor.rowcount)

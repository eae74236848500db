"""The days on which customers bought, one customer after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from django.db.models import Sum

from shop_personalize.models import VisitorDay


@dataclass(frozen=True, slots=True)
class Bought:
    """A day on which somebody bought; revenue in the currency asked for."""

    day: date
    orders: int
    revenue: float


def customers(until: date, currency: str) -> Iterator[tuple[Bought, ...]]:
    """Each customer's days of buying, the first first; one customer at a time is read.

    What was only returned on a day is no day of buying.
    """
    rows = VisitorDay.objects.filter(orders__gt=0, day__lte=until)
    ordered = rows.order_by("visitor_id", "day", "pk")
    fields = ("visitor_id", "day", "orders", "revenue", "currency")
    told = ordered.values_list(*fields).iterator()
    for _visitor, days in groupby(told, key=itemgetter(0)):
        yield tuple(_merged(days, currency))


def _merged(
    rows: Iterator[tuple[int, date, int, Decimal, str]], currency: str
) -> Iterator[Bought]:
    for day, same in groupby(rows, key=itemgetter(1)):
        orders, revenue = 0, 0.0
        for _visitor, _day, count, amount, paid_in in same:
            orders += count
            revenue += float(amount) if paid_in == currency else 0.0
        yield Bought(day, orders, revenue)


def main_currency(
    first: date, until: date
) -> tuple[str, tuple[tuple[str, Decimal], ...]]:
    """The currency most is sold in, and what was sold in the others."""
    rows = VisitorDay.objects.filter(day__gte=first, day__lte=until)
    sums = rows.exclude(revenue=0).order_by().values_list("currency")
    totals = sums.annotate(total=Sum("revenue"))
    ordered = sorted(totals, key=lambda pair: (-pair[1], pair[0]))
    return (ordered[0][0], tuple(ordered[1:])) if ordered else ("", ())

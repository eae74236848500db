"""Days as the shop's clock has them, and which of them may be counted anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connections, models, router, transaction
from django.db.models import Case, Max, Min, QuerySet, Value, When
from django.db.models.expressions import Expression
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from shop_personalize.models import Checkpoint, Interaction

ONE_DAY = timedelta(days=1)
CHUNK_DAYS = {"sqlite": 7}
"""Days counted in one statement; where one writer keeps out all others, not many."""
MANY_DAYS = 31
PURGED = "retention"
"""The checkpoint in which retention says before when rows of a kind are gone."""


def start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def day_of(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def chunks(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Runs of days from ``first`` to ``last``, both included."""
    vendor = connections[router.db_for_write(Interaction)].vendor
    size = CHUNK_DAYS.get(vendor, MANY_DAYS)
    while first <= last:
        end = min(first + timedelta(days=size - 1), last)
        yield first, end
        first = end + ONE_DAY


def span(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=k) for k in range((last - first).days + 1))


def runs(ordered: Iterable[date]) -> Iterator[tuple[date, date]]:
    """Days side by side are counted together, at most a chunk of them at a time."""
    run: list[date] = []
    for day in ordered:
        if run and day - run[-1] > ONE_DAY:
            yield from chunks(run[0], run[-1])
            run = []
        run.append(day)
    if run:
        yield from chunks(run[0], run[-1])


def between(first: date, last: date) -> dict[str, Any]:
    """Lookups of the rows of these days."""
    return {
        "occurred_at__gte": start_of(first),
        "occurred_at__lt": start_of(last + ONE_DAY),
    }


def day_case(first: date, last: date) -> Expression:
    """The day of ``occurred_at``, told without the database's own time zones."""
    if first == last:
        return Value(first, models.DateField())
    middle = first + (last - first + ONE_DAY) // 2
    return Case(
        When(occurred_at__lt=start_of(middle), then=day_case(first, middle - ONE_DAY)),
        default=day_case(middle, last),
        output_field=models.DateField(),
    )


def told_of(rows: QuerySet[Interaction], known: int) -> set[date]:
    """The days of rows with a later key than ``known``; of all, every day between."""
    fresh = rows.filter(pk__gt=known)
    ends = fresh.aggregate(first=Min("occurred_at"), last=Max("occurred_at"))
    if ends["first"] is None:
        return set()
    first, last = day_of(ends["first"]), day_of(ends["last"])
    if not known:
        return set(span(first, last))
    told = fresh.order_by().annotate(day=day_case(first, last))
    return set(told.values_list("day", flat=True).distinct())


def first_whole_day(kinds: Iterable[str]) -> date:
    """The first day of which rows of these kinds are all still there.

    Sums of earlier days stay as they are: counted anew they would be too small.
    """
    kept = Checkpoint.objects.filter(name=PURGED).values_list("state", flat=True)
    state = kept.first() or {}
    marks = [parse_datetime(state[kind]) for kind in kinds if kind in state]
    days = [day_of(mark - timedelta(microseconds=1)) for mark in marks if mark]
    return max(days) + ONE_DAY if days else date.min


@contextmanager
def alone(name: str) -> Iterator[str]:
    """One transaction, and nobody else counts the same meanwhile."""
    using = router.db_for_write(Checkpoint)
    rows = Checkpoint.objects.using(using)
    rows.get_or_create(name=name)
    with transaction.atomic(using=using):
        rows.filter(name=name).update(updated_at=timezone.now())
        yield using

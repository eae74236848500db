"""Search terms by day: by how many people, and what they did next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby, takewhile
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import F, Q, Sum
from django.utils import timezone

from shop_personalize.attribution import days
from shop_personalize.conf import app_settings
from shop_personalize.insight.models import SearchDay
from shop_personalize.insight.selectors.period import FEW
from shop_personalize.models import Interaction

AGAIN = timedelta(days=28)
"""Who searches for a term anew within these days is the same person still."""
OPENED = timedelta(minutes=10)
BOUGHT = timedelta(hours=24)
COUNTS = ("searches", "told", "empty", "opened", "bought")
NEXT = ("view", "click", "purchase")
LONGEST = 100
AT_ONCE = 500
"""Visitors whose deeds are asked for in one question."""


class Deed(NamedTuple):
    visitor_id: int
    kind: str
    at: datetime
    context: dict[str, Any]


Sums = dict[tuple[date, str], SearchDay]


def normal(query: object) -> str:
    """The term as it is counted: case and spaces make no difference."""
    return " ".join(str(query or "").casefold().split())[:LONGEST]


def count_searches(first: date, last: date, using: str) -> int:
    sums: Sums = {}
    told = _deeds(first, last, using)
    for _visitor, deeds in groupby(told, key=attrgetter("visitor_id")):
        _add(list(deeds), first, sums)
    rows = SearchDay.objects.using(using)
    return len(rows.bulk_create(sums.values(), batch_size=2000))


def forget_rare(using: str) -> int:
    """Take the names off terms of few people once their searches are forgotten.

    What somebody typed may name them; when the events go, only the number stays.
    """
    kept = app_settings.retention_days.get("search")
    if kept is None:
        return 0
    before = timezone.localdate() - timedelta(days=kept)
    rows = SearchDay.objects.using(using)
    old = rows.filter(day__lt=before).exclude(term="")
    sums = old.order_by().values("term").annotate(all_people=Sum("people"))
    names = list(sums.filter(all_people__lt=FEW).values_list("term", flat=True))
    for start in range(0, len(names), 500):
        rare = old.filter(term__in=names[start : start + 500])
        sums_of = {f"sum_{name}": Sum(name) for name in COUNTS}
        told: Any = rare.order_by().values("day").annotate(**sums_of)
        for row in told:
            kept_row, _new = rows.get_or_create(day=row["day"], term="")
            more = {name: F(name) + row[f"sum_{name}"] for name in COUNTS}
            rows.filter(pk=kept_row.pk).update(**more)
        rare.delete()
    return len(names)


def _deeds(first: date, last: date, using: str) -> Iterator[Deed]:
    """What searchers did, each visitor's in order; their searches from earlier on.

    So many visitors at a time: all of them at once would be looked up in the order of
    an index over everything that ever happened.
    """
    counted = Interaction.objects.using(using).filter(flag="")
    searches = counted.filter(kind="search", **days.between(first, last))
    visitors = searches.order_by("visitor").values_list("visitor", flat=True)
    searchers = list(visitors.distinct())
    start, end = days.start_of(first), days.start_of(last + days.ONE_DAY)
    rows = counted.filter(
        Q(kind="search", occurred_at__gte=start - AGAIN, occurred_at__lt=end)
        | Q(kind__in=NEXT, occurred_at__gte=start, occurred_at__lt=end + BOUGHT)
    )
    ordered = rows.order_by("visitor_id", "occurred_at", "pk")
    fields = ("visitor_id", "kind", "occurred_at", "context")
    for at in range(0, len(searchers), AT_ONCE):
        own = ordered.filter(visitor__in=searchers[at : at + AT_ONCE])
        yield from (Deed(*row) for row in own.values_list(*fields))


def _add(deeds: list[Deed], first: date, sums: Sums) -> None:
    """One visitor's searches; ``deeds`` in the order in which they happened."""
    last_time: dict[str, datetime] = {}
    for place, deed in enumerate(deeds):
        term = normal(deed.context.get("query")) if deed.kind == "search" else ""
        if not term:
            continue
        before, last_time[term] = last_time.get(term), deed.at
        day = days.day_of(deed.at)
        if day < first:
            continue
        row = sums.setdefault((day, term), SearchDay(day=day, term=term))
        row.searches += 1
        row.people += before is None or deed.at - before > AGAIN
        results = found(deed.context.get("results"))
        row.told += results is not None
        row.empty += results == 0
        after = _next(deeds, place)
        row.opened += _any(after, ("view", "click"), deed.at + OPENED)
        row.bought += _any(after, ("purchase",), deed.at + BOUGHT)


def _next(deeds: list[Deed], place: int) -> list[Deed]:
    """What followed until the next search: that one has its own merits."""
    return [*takewhile(lambda deed: deed.kind != "search", deeds[place + 1 :])]


def _any(after: Iterable[Deed], kinds: tuple[str, ...], until: datetime) -> bool:
    return any(deed.kind in kinds and deed.at <= until for deed in after)


def found(value: object) -> int | None:
    """How many products a search found, if the shop said so."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return max(0, int(value))
    except ValueError:
        return None

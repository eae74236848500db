"""Events by day, kind and source: what arrived, late or twice."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from django.db.models import Count, F, Q, Value
from django.db.models.functions import TruncMinute

from shop_personalize.attribution import days
from shop_personalize.conf import app_settings
from shop_personalize.insight.models import EventDay
from shop_personalize.insight.services.inserting import insert_from, of_days

LATE = timedelta(hours=1)
COLUMNS = ("day", "kind", "source", "flag", "events", "late", "twice")


def count_events(first: date, last: date, using: str) -> None:
    """Kinds of which retention has taken some events keep the sums they have."""
    kept = [k for k in app_settings.events if days.first_whole_day([k]) > first]
    old = EventDay.objects.using(using).filter(day__gte=first, day__lte=last)
    old.exclude(kind__in=kept).delete()
    late = Q(received_at__gt=F("occurred_at") + LATE)
    sums = (
        of_days(first, last)
        .exclude(kind__in=kept)
        .values("day", "kind", "source", "flag")
        .annotate(events=Count("pk"), late=Count("pk", filter=late), twice=Value(0))
    )
    insert_from(EventDay, sums, COLUMNS, using)
    _count_twice(first, last, kept, using)


def _count_twice(first: date, last: date, kept: list[str], using: str) -> None:
    """Only of kinds that several sources tell of: elsewhere nothing can be found."""
    rows = EventDay.objects.using(using).filter(day__gte=first, day__lte=last, flag="")
    rows = rows.exclude(kind__in=kept)
    sources: dict[str, set[str]] = defaultdict(set)
    for kind, source in rows.values_list("kind", "source").distinct().order_by():
        sources[kind].add(source)
    kinds = [kind for kind, found in sources.items() if len(found) > 1]
    if not kinds:
        return
    groups = (
        of_days(first, last)
        .using(using)
        .filter(flag="", kind__in=kinds)
        .exclude(item_id="")
        .annotate(minute=TruncMinute("occurred_at"))
        .values("day", "kind", "visitor", "item_id", "minute")
        .annotate(n=Count("source", distinct=True))
        .filter(n__gt=1)
    )
    found: dict[tuple[date, str], int] = defaultdict(int)
    for day, kind, n in groups.values_list("day", "kind", "n").iterator():
        found[day, kind] += n - 1
    for (day, kind), twice in found.items():
        told = rows.filter(day=day, kind=kind).order_by("-source").first()
        if told is not None:
            EventDay.objects.using(using).filter(pk=told.pk).update(twice=twice)

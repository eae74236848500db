"""The daily sums of the reports: counted anew, never added to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, Model
from django.utils import timezone

from shop_personalize.attribution import days
from shop_personalize.insight.models import (
    Basket,
    EventDay,
    ItemDay,
    ItemExposure,
    ItemSale,
    SearchDay,
)
from shop_personalize.insight.services import exposure, items, searches
from shop_personalize.insight.services.baskets import count_baskets
from shop_personalize.insight.services.events import count_events
from shop_personalize.insight.services.exposure import count_exposure
from shop_personalize.insight.services.items import count_looked, count_sold
from shop_personalize.insight.services.searches import count_searches
from shop_personalize.models import Checkpoint, Interaction

NAME = "insight:days"
ALWAYS = timedelta(days=2)
"""Today and so many days before are counted anew every time."""
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Sums:
    """A table of daily sums, how it is counted, and from which kinds of events."""

    model: type[Model]
    count: Callable[[date, date, str], int]
    kinds: tuple[str, ...]
    look_back: timedelta = timedelta(0)
    """How much older events must still be there for a day to be counted right."""

    def first_day(self) -> date:
        whole = days.first_whole_day(self.kinds)
        return whole if whole == date.min else whole + self.look_back


SUMS = (
    Sums(ItemDay, count_looked, items.LOOKED),
    Sums(ItemSale, count_sold, items.SOLD),
    Sums(Basket, count_baskets, ("purchase",)),
    Sums(SearchDay, count_searches, ("search",), look_back=searches.AGAIN),
    Sums(ItemExposure, count_exposure, exposure.KINDS),
)


def roll_up(progress: Progress | None = None) -> int:
    """Count the days of which something new was told; return how many they are."""
    kept = Checkpoint.objects.filter(name=NAME).first()
    known = int(kept.state.get("pk", 0)) if kept else 0
    newest = Interaction.objects.aggregate(pk=Max("pk"))["pk"] or 0
    wanted = sorted(_told_of(known))
    _count(wanted, progress)
    with days.alone(NAME) as using:
        searches.forget_rare(using)
    Checkpoint.objects.update_or_create(name=NAME, defaults={"state": {"pk": newest}})
    return len(wanted)


def rebuild(progress: Progress | None = None) -> int:
    """Count every day anew of which the events are still there."""
    Checkpoint.objects.filter(name=NAME).delete()
    return roll_up(progress)


def _told_of(known: int) -> set[date]:
    """The days of events with a later key than ``known``, and the last three."""
    today = timezone.localdate()
    recent = set(days.span(today - ALWAYS, today))
    return recent | days.told_of(Interaction.objects.all(), known)


def _count(wanted: list[date], progress: Progress | None) -> None:
    """Events first: they tell on which days there is anything for the other sums."""
    for start, end in days.runs(wanted):
        with days.alone(NAME) as using:
            count_events(start, end, using)
            for sums in SUMS:
                _count_sums(sums, start, end, using)
        if progress:
            whole = (wanted[-1] - wanted[0]).days or 1
            progress((end - wanted[0]).days / whole, "days")


def _count_sums(sums: Sums, start: date, end: date, using: str) -> None:
    start = max(start, sums.first_day())
    if start > end:
        return
    span = {"day__gte": start, "day__lte": end}
    sums.model._default_manager.using(using).filter(**span).delete()
    if EventDay.objects.using(using).filter(**span, kind__in=sums.kinds).exists():
        sums.count(start, end, using)

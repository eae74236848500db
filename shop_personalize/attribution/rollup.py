"""Daily sums of blocks and of visitors: which days are counted, and when.

What comes late makes its day be counted anew; so, whenever it runs, what stands there
is what counting everything from nothing would give.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Min
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from shop_personalize.attribution import block_days, days, health, visitor_days
from shop_personalize.attribution.guards import BY_HAND
from shop_personalize.conf import app_settings
from shop_personalize.models import BlockDay, Checkpoint, Interaction, VisitorDay

NAME = "rollup"
RECENT_DAYS = 3
"""The last days are counted every time: a login lays a guest's clicks to a customer."""
DEEP_DAYS, DEEP_EVERY = 31, timedelta(days=1)
SLACK = timedelta(minutes=10)
"""Rows may become visible some time after they say they were received."""
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Rolled:
    """What was counted; rows are those that stand for these days now."""

    first: date
    days: int
    blocks: int
    visitors: int
    seconds: float


def rollup(since: datetime | date, progress: Progress | None = None) -> Rolled:
    """Count the days from ``since``'s on; the same events give the same rows."""
    first = days.day_of(since) if isinstance(since, datetime) else since
    today = timezone.localdate()
    return _count(list(days.chunks(first, today)), progress)


def rebuild(progress: Progress | None = None) -> Rolled:
    """Count every day anew of which all is still there; the others stay."""
    oldest = Interaction.objects.aggregate(at=Min("occurred_at"))["at"]
    return rollup(oldest or timezone.now(), progress)


def catch_up(progress: Progress | None = None) -> Rolled:
    """Count what has changed since the last time, and the last days in any case."""
    now = timezone.now()
    row, _is_new = Checkpoint.objects.get_or_create(name=NAME)
    last = parse_datetime(row.state.get("at", ""))
    if last is None:
        done = rebuild(progress)
        row.state = {"deep_at": now.isoformat()}
    else:
        deep = parse_datetime(row.state.get("deep_at", "")) or last
        is_deep = now - deep >= DEEP_EVERY
        back = DEEP_DAYS if is_deep else RECENT_DAYS
        recent = {timezone.localdate() - timedelta(days=k) for k in range(back)}
        told = recent | _changed(last - SLACK)
        # Days to come are counted when they come.
        past = sorted(day for day in told if day <= timezone.localdate())
        done = _count(list(days.runs(past)), progress)
        row.state["deep_at"] = (now if is_deep else deep).isoformat()
    row.state["at"] = now.isoformat()
    row.save()
    health.measure()
    return done


def _count(runs: list[tuple[date, date]], progress: Progress | None) -> Rolled:
    began, blocks, visitors = time.monotonic(), 0, 0
    for at, (first, last) in enumerate(runs, 1):
        if _is_empty(first, last):
            continue
        blocks += block_days.count_days(first, last)
        visitors += visitor_days.count_days(first, last)
        if progress:
            progress(at / len(runs), f"{last}")
    return Rolled(
        first=runs[0][0] if runs else timezone.localdate(),
        days=sum((last - first).days + 1 for first, last in runs),
        blocks=blocks,
        visitors=visitors,
        seconds=round(time.monotonic() - began, 3),
    )


def _is_empty(first: date, last: date) -> bool:
    """Of one event with a wrong date, decades may lie between it and the next."""
    known = {"day__gte": first, "day__lte": last}
    return not (
        Interaction.objects.filter(**days.between(first, last)).exists()
        or BlockDay.objects.filter(**known).exists()
        or VisitorDay.objects.filter(**known).exists()
    )


def _changed(since: datetime) -> set[date]:
    """Days of which something came in since, and days it may be credited on."""
    window = app_settings.attribution["window_days"]
    rows = Interaction.objects.filter(received_at__gte=since)
    rows = rows.exclude(flag=Interaction.Flag.BOT)
    met = {
        (days.day_of(at), kind in BY_HAND)
        for kind, at in rows.values_list("kind", "occurred_at").iterator()
    }
    found = {
        day + timedelta(days=k)
        for day, by_hand in met
        for k in range(window + 1 if by_hand else 1)
    }
    refunded = rows.filter(kind="refund").exclude(order_id="").values("order_id")
    bought = Interaction.objects.filter(kind="purchase", order_id__in=refunded)
    return found | {
        days.day_of(at) for at in bought.values_list("occurred_at", flat=True)
    }

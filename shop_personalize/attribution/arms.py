"""What the visitors of each arm did, up to the end of each day, as ``TrialDay``.

Who counts, and in which arm, is never told by what came after the draw. A trial all of
whose arms show its block counts who met it (``met``). The holdout, and a trial with an
arm that shows nothing, leave no trace where nothing is shown: there everybody counts
who was in the shop (``drawn``). An adaptive trial moves visitors between its arms as it
runs; it is judged by ``BlockDay``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Protocol

from django.db.models import Max, Q

from shop_personalize.attribution import days
from shop_personalize.attribution.assignment import HELD, SERVED
from shop_personalize.attribution.chunks import Chunk, chunks
from shop_personalize.attribution.drawn import (
    Drawn,
    draw_of,
    draw_of_holdout,
    kinds_of,
)
from shop_personalize.attribution.met import Interleaved, Met
from shop_personalize.attribution.plans import Plan
from shop_personalize.conf import app_settings
from shop_personalize.models import Checkpoint, Trial, TrialDay
from shop_personalize.models.trial import HOLDOUT

NAME = "rollup:trials"
HOLDOUT_DAYS = 28
"""The holdout never ends; each day looks back on so many."""
RECENT_DAYS = 3
"""Counted every time, for what comes late."""


class Counting(Protocol):
    plan: Plan

    def add(self, chunk: Chunk) -> None: ...

    def rows(self) -> Iterator[TrialDay]: ...


def roll_up_trials(today: date, since: date | None = None) -> int:
    """Count the trials' last days, or those from ``since`` on; the rows written.

    Counting again gives the same rows.
    """
    counted = [*_holdout(today, since), *_trials(today, since)]
    if not counted:
        return 0
    first = min(each.plan.earliest for each in counted)
    for chunk in chunks(first, max(each.plan.days[-1] for each in counted)):
        for each in counted:
            each.add(chunk)
    with days.alone(NAME) as using:
        return sum(_write(each, using) for each in counted)


def holdout_since(today: date) -> tuple[float, date]:
    """The share held out, and since when it is the same.

    Who is held out at one time and served at another belongs to no side; so a new share
    begins anew.
    """
    row, _is_new = Checkpoint.objects.get_or_create(name=HOLDOUT)
    share = float(app_settings.HOLDOUT)
    if row.state.get("share") != share:
        row.state = {"share": share, "since": today.isoformat()}
        row.save()
    return share, date.fromisoformat(row.state["since"])


def _holdout(today: date, since: date | None) -> Iterator[Counting]:
    share, start = holdout_since(today)
    which = _days(HOLDOUT, start, today, since)
    if share and which:
        plan = Plan(HOLDOUT, (HELD, SERVED), start, which, reach=HOLDOUT_DAYS)
        yield Drawn(plan, draw_of_holdout(share))


def _trials(today: date, since: date | None) -> Iterator[Counting]:
    recent = days.start_of(since or today - timedelta(days=RECENT_DAYS))
    ended = Q(is_running=True) | Q(ended_at__gte=recent)
    found = Trial.objects.filter(ended, started_at__isnull=False).order_by("slug")
    for trial in found.exclude(kind=Trial.Kind.ADAPTIVE):
        start = days.day_of(trial.started_at)  # type: ignore[arg-type]
        last = min(today, days.day_of(trial.ended_at)) if trial.ended_at else today
        which = _days(trial.slug, start, last, since)
        if which and trial.arms:
            arms = tuple(str(arm["key"]) for arm in trial.arms)
            yield _counting(trial, Plan(trial.slug, arms, start, which))


def _counting(trial: Trial, plan: Plan) -> Counting:
    if trial.kind == Trial.Kind.INTERLEAVED:
        return Interleaved(plan)
    if any((arm.get("changes") or {}).get("hidden") for arm in trial.arms):
        return Drawn(plan, draw_of(trial), kinds_of(trial.audience))
    return Met(plan)


def _days(slug: str, start: date, last: date, since: date | None) -> tuple[date, ...]:
    """The last ones, those from ``since`` on, and those that were never counted."""
    counted = TrialDay.objects.filter(trial=slug, day__gte=start)
    newest = counted.aggregate(day=Max("day"))["day"]
    recent = last - timedelta(days=RECENT_DAYS - 1)
    missing = newest + days.ONE_DAY if newest else start
    first = max(start, min(since or recent, recent, missing))
    return tuple(first + timedelta(days=k) for k in range((last - first).days + 1))


def _write(counted: Counting, using: str) -> int:
    plan, rows = counted.plan, list(counted.rows())
    stored = TrialDay.objects.using(using)
    stored.filter(trial=plan.slug, day__in=plan.days).delete()
    stored.bulk_create(rows, batch_size=500)
    return len(rows)

"""What is due: by the clock, or because enough new was seen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Q
from django.utils import timezone

from shop_personalize.models import Interaction, Recommender, TrainingJob
from shop_personalize.registry import spec
from shop_personalize.training import jobs

SHORTEST_GAP = timedelta(hours=1)
"""However busy the shop: new data alone starts no more than one training an hour."""
WAITING = (TrainingJob.State.QUEUED, TrainingJob.State.RUNNING)


def enqueue_due() -> TrainingJob | None:
    """Make one job of everything that is due; two schedulers make one between them."""
    with jobs.turnstile():
        if TrainingJob.objects.filter(state__in=WAITING).exists():
            return None
        by_clock, by_data = due()
        slugs = sorted({*by_clock, *by_data})
        if not slugs:
            return None
        trigger = "schedule" if by_clock else "data"
        return jobs.enqueue(trigger=trigger, options={"only": slugs})


def due() -> tuple[list[str], list[str]]:
    """Slugs due by interval, and slugs due by new data."""
    now = timezone.now()
    by_clock, by_data = [], []
    seen: dict[tuple[int, int], bool] = {}
    for recommender in Recommender.objects.filter(is_active=True):
        found = spec(recommender.algorithm)
        if found is None or not found.estimator:
            continue
        last = _last_tried(recommender)
        if last is not None and now - last < SHORTEST_GAP:
            continue
        if _by_clock(recommender, last, now):
            by_clock.append(recommender.slug)
        elif _by_data(recommender, seen):
            by_data.append(recommender.slug)
    return by_clock, by_data


def _last_tried(recommender: Recommender) -> datetime | None:
    """When the last job that covered it was made; failures wait their turn too."""
    covering = Q(recommender=recommender) | Q(recommender=None)
    rows: Any = TrainingJob.objects.filter(covering).order_by("-pk")[:20]
    made = [
        job.created_at
        for job in rows
        if recommender.slug in job.options.get("only", [recommender.slug])
    ]
    return max(made, default=None)


def _by_clock(recommender: Recommender, last: datetime | None, now: datetime) -> bool:
    if recommender.train_every is None:
        return False
    return last is None or now - last >= recommender.train_every


def _by_data(recommender: Recommender, seen: dict[tuple[int, int], bool]) -> bool:
    wanted = recommender.train_after_events
    if not wanted:
        return False
    key = (recommender.last_event_id, wanted)
    if key not in seen:
        newest = Interaction.objects.aggregate(at=Max("pk"))["at"] or 0
        rows = Interaction.objects.filter(flag="", pk__gt=recommender.last_event_id)
        enough = newest - recommender.last_event_id >= wanted
        seen[key] = enough and rows[:wanted].count() >= wanted
    return seen[key]

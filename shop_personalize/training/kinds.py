"""How many interactions of each kind there are, lately, and since when.

A small shop counts them when it is asked. A large one keeps what it counted and adds
what came since; the schedule counts anew once a day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Value
from django.utils import timezone

from shop_personalize.models import Checkpoint, Connection, Interaction

RATE_DAYS = 28
CONNECTION = "connection"
NAME = "kinds"
LARGE = 200_000
"""Interactions from which on counting them all is felt."""
KEPT = timedelta(days=14)
"""After which somebody who asks waits for it, where no schedule runs."""


@dataclass
class Counts:
    """By kind: how many, how many within ``RATE_DAYS``, and when the first came."""

    total: dict[str, int] = field(default_factory=dict)
    recent: dict[str, int] = field(default_factory=dict)
    first: dict[str, datetime] = field(default_factory=dict)

    def add(self, other: Counts) -> None:
        for kind, count in other.total.items():
            self.total[kind] = self.total.get(kind, 0) + count
            self.recent[kind] = self.recent.get(kind, 0) + other.recent[kind]
            at = other.first[kind]
            self.first[kind] = min(self.first.get(kind, at), at)


def counted() -> Counts:
    """Of all that models may learn from, and of the connections as one kind more."""
    row = Checkpoint.objects.filter(name=NAME).first()
    if row is None or timezone.now() - row.updated_at > KEPT:
        return _counted_anew()
    found = _read(row.state)
    found.add(_sums(_learned().filter(pk__gt=row.state["last"]), _tied()))
    return found


def renew() -> None:
    """Count anew, where rows were deleted too, so that nobody who asks waits."""
    Checkpoint.objects.filter(name=NAME).delete()
    _counted_anew()


def _learned() -> QuerySet[Interaction]:
    return Interaction.objects.filter(flag="").exclude(item_id="").order_by()


def _tied() -> QuerySet[Any, Any]:
    return Connection.objects.filter(confirmed=True).order_by()


def _counted_anew() -> Counts:
    found = _sums(_learned(), _tied())
    of_events = {k: n for k, n in found.total.items() if k != CONNECTION}
    if sum(of_events.values()) >= LARGE:
        _keep(found)
    return found


def _sums(events: QuerySet[Any, Any], ties: QuerySet[Any, Any]) -> Counts:
    since = timezone.now() - timedelta(days=RATE_DAYS)
    found = Counts()
    rows = events.values_list("kind").annotate(**_three("occurred_at", since))
    tied = ties.annotate(what=Value(CONNECTION)).values_list("what")
    for kind, total, recent, first in rows.union(
        tied.annotate(**_three("created_at", since)), all=True
    ):
        if total:
            found.total[kind], found.recent[kind] = total, recent
            found.first[kind] = first
    return found


def _three(time: str, since: datetime) -> dict[str, Any]:
    recent = Count("pk", filter=Q(**{f"{time}__gte": since}))
    return {"total": Count("pk"), "recent": recent, "first": Min(time)}


def _keep(found: Counts) -> None:
    """What comes between the counting and this line is counted by the next day."""
    last = Interaction.objects.aggregate(last=Max("pk"))["last"]
    kept = [kind for kind in found.total if kind != CONNECTION]
    state = {
        "last": last,
        "total": {kind: found.total[kind] for kind in kept},
        "recent": {kind: found.recent[kind] for kind in kept},
        "first": {kind: found.first[kind].isoformat() for kind in kept},
    }
    Checkpoint.objects.update_or_create(name=NAME, defaults={"state": state})


def _read(state: dict[str, Any]) -> Counts:
    return Counts(
        total=dict(state["total"]),
        recent=dict(state["recent"]),
        first={
            kind: datetime.fromisoformat(text) for kind, text in state["first"].items()
        },
    )

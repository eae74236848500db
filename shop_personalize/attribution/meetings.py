"""Who met a trial's block, in which arm first, and what was clicked there.

The arm stands in the token of what was shown. The first one met was drawn before the
visitor could feel anything of the trial; so all that this person does from then on
counts for it, also on another device or after a login that led to the other arm. To
leave such people out would be to choose among visitors by what happened later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import Count, Min, Q

from shop_personalize.attribution import days
from shop_personalize.attribution.assignment import variant
from shop_personalize.attribution.chunks import Floats, Ints
from shop_personalize.attribution.impressions import SEEN, SHOWN
from shop_personalize.attribution.journeys import FOLLOWED
from shop_personalize.models import Interaction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True)
class Meetings:
    """A row a visitor and day on which the block was seen or clicked."""

    visitor: Ints
    """Ascending."""
    day: Ints
    seen: Floats
    clicked: Floats
    by_arm: Floats
    """Clicks on each arm's products (r, arms)."""
    people: Ints
    """Who met the block at all (m,), ascending."""
    arm: Ints
    """The arm met first (m,)."""
    since: Ints
    """The day of it (m,)."""


def meetings(slug: str, arms: Sequence[str], first: date, last: date) -> Meetings:
    rows = [
        row
        for start, end in days.chunks(first, last)
        for row in _rows(slug, arms, start, end)
    ]
    rows.sort(key=lambda row: row[:2])
    visitor = np.array([row[0] for row in rows], np.int64)
    day = np.array([row[1].toordinal() for row in rows], np.int64)
    at = _moments([row[4 : 4 + len(arms)] for row in rows], len(arms))
    by_arm = np.array([row[4 + len(arms) :] for row in rows], np.float64)
    people, arm, since = _first(visitor, day, at)
    return Meetings(
        visitor=visitor,
        day=day,
        seen=np.array([row[2] for row in rows], np.float64),
        clicked=np.array([row[3] for row in rows], np.float64),
        by_arm=by_arm.reshape(len(rows), len(arms)),
        people=people,
        arm=arm,
        since=since,
    )


def _rows(
    slug: str, arms: Sequence[str], first: date, last: date
) -> Iterator[tuple[Any, ...]]:
    """Visitor, day, seen, clicked, when each arm was met, clicks on each arm."""
    told = Interaction.objects.filter(
        kind__in=(SHOWN, SEEN, *FOLLOWED),
        flag=Interaction.Flag.NONE,
        rid__contains=f".{variant(slug, '')}",
        **days.between(first, last),
    )
    met, followed = Q(kind__in=(SHOWN, SEEN)), Q(kind__in=FOLLOWED)
    of = [Q(rid__contains=f".{variant(slug, arm)}.") for arm in arms]
    named = {
        "seen": Count("rid", filter=Q(kind=SEEN), distinct=True),
        "clicked": Count("rid", filter=followed, distinct=True),
        **{f"met_{n}": Min("occurred_at", filter=met & q) for n, q in enumerate(of)},
        **{
            f"clicked_{n}": Count("rid", filter=followed & q, distinct=True)
            for n, q in enumerate(of)
        },
    }
    grouped = told.order_by().annotate(day=days.day_case(first, last))
    found = grouped.values("visitor_id", "day").annotate(**named)
    return found.values_list("visitor_id", "day", *named).iterator(chunk_size=5000)


def _moments(met: list[tuple[datetime | None, ...]], arms: int) -> Floats:
    """Seconds at which each arm was met (r, arms), infinite for never."""
    table = [[at.timestamp() if at else np.inf for at in row] for row in met]
    return np.array(table, np.float64).reshape(len(met), arms)


def _first(visitor: Ints, day: Ints, at: Floats) -> tuple[Ints, Ints, Ints]:
    """Each visitor's first meeting: who, which arm, on which day."""
    soonest = at.min(axis=1, initial=np.inf)
    order = np.lexsort((soonest, visitor))
    order = order[np.isfinite(soonest[order])]
    people, where = np.unique(visitor[order], return_index=True)
    rows = order[where]
    arm = at[rows].argmin(axis=1) if len(rows) else np.empty(0)
    return people.astype(np.int64), arm.astype(np.int64), day[rows]

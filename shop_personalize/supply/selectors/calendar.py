"""Events on the days of a span: rows of the admin and days of the settings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shop_personalize.supply.conf import supply_settings
from shop_personalize.supply.models import Event
from shop_personalize.supply.selectors.periods import Span

LAST = date.max.toordinal()
YEARLY = 5
"""Characters of “12-25”."""


@dataclass(frozen=True)
class Happening:
    """An event on its days; ``category`` "" is the whole shop."""

    name: str
    kind: str
    first: date
    last: date
    category: str = ""


def happenings(first: date, last: date) -> list[Happening]:
    """All that happens from ``first`` to ``last``, both included, by date."""
    rows = Event.objects.filter(is_active=True)
    found = [one for row in rows for one in _dated(row, first, last)]
    for name, given in supply_settings().holidays.items():
        found += _told(name, given, first, last)
    return sorted(found, key=lambda one: (one.first, one.name))


def _dated(row: Event, first: date, last: date) -> Iterator[Happening]:
    length = ((row.last or row.first) - row.first).days
    years = range(first.year - 1, last.year + 1) if row.yearly else [row.first.year]
    for year in years:
        begin = on(row.first.month, row.first.day, year)
        end = date.fromordinal(min(begin.toordinal() + length, LAST))
        if begin <= last and end >= first:
            yield Happening(row.name, row.kind, begin, end, row.category)


def on(month: int, day: int, year: int) -> date:
    """A date of a year; the 29th of February is the 28th where there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, 28)


def _told(name: str, given: Any, first: date, last: date) -> Iterator[Happening]:
    for text in [given] if isinstance(given, str) else given:
        for day in _days(text, first, last):
            if first <= day <= last:
                yield Happening(name, Event.Kind.HOLIDAY, day, day)


def _days(text: str, first: date, last: date) -> list[date]:
    if len(text) != YEARLY:
        return [date.fromisoformat(text)]
    month, day = int(text[:2]), int(text[3:])
    return [on(month, day, year) for year in range(first.year, last.year + 1)]


def drivers(span: Span, known: int) -> dict[tuple[str, str], NDArray[np.float64]]:
    """By name and category, the share of each period's days in the event: (periods,).

    What did not happen in the first ``known`` periods is left out: nobody knows what it
    does to sales.
    """
    lengths = span.lengths()
    found: dict[tuple[str, str], NDArray[np.float64]] = defaultdict(
        lambda: np.zeros(span.count)
    )
    for one in happenings(span.begin, span.end - timedelta(days=1)):
        column = found[one.name, one.category]
        first = max(one.first, span.begin)
        last = min(one.last, span.end - timedelta(days=1))
        for k in range((last - first).days + 1):
            column[span.place(first + timedelta(days=k))] += 1.0
    shares = {key: np.minimum(column / lengths, 1.0) for key, column in found.items()}
    return {key: share for key, share in shares.items() if share[:known].any()}

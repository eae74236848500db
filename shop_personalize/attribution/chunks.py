"""The days of visitors as columns, some thousand visitors at a time.

Read in the order of visitors, so that memory holds one chunk, whatever the shop's size.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shop_personalize.models import VisitorDay

ROWS = 50_000
COUNTS = ("views", "carts", "orders", "revenue")
FIELDS = (
    "visitor_id",
    "visitor__key",
    "visitor__kind",
    "day",
    "currency",
    "is_present",
    *COUNTS,
)
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Chunk:
    """Rows (r,) of ``VisitorDay`` and the people (m,) they belong to."""

    people: Ints
    """Ids of visitors, ascending."""
    keys: list[str]
    kinds: list[str]
    of: Ints
    """Whose a row is, as a position among the people."""
    day: Ints
    currency: NDArray[np.str_]
    is_present: NDArray[np.bool_]
    columns: dict[str, Floats]

    def per_person(self, column: str, rows: NDArray[np.bool_]) -> Floats:
        """Sums (m,) of a column over some of the rows."""
        values = self.columns[column][rows]
        of = self.of[rows]
        return np.bincount(of, values, len(self.people)).astype(np.float64)


def chunks(first: date, last: date) -> Iterator[Chunk]:
    """All days from ``first`` to ``last``; bots and who was erased are left out."""
    rows = VisitorDay.objects.filter(day__gte=first, day__lte=last)
    rows = rows.filter(visitor__is_bot=False, visitor__is_erased=False)
    ordered = rows.order_by("visitor_id", "day").values_list(*FIELDS)
    waiting: list[tuple[Any, ...]] = []
    for _visitor, own in groupby(ordered.iterator(chunk_size=5000), itemgetter(0)):
        waiting += own
        if len(waiting) >= ROWS:
            yield _chunk(waiting)
            waiting = []
    if waiting:
        yield _chunk(waiting)


def _chunk(rows: Iterable[tuple[Any, ...]]) -> Chunk:
    visitors, keys, kinds, days, currencies, present, *counts = zip(*rows, strict=True)
    people, at, of = np.unique(visitors, return_index=True, return_inverse=True)
    return Chunk(
        people=people.astype(np.int64),
        keys=[keys[n] for n in at],
        kinds=[kinds[n] for n in at],
        of=of.astype(np.int64),
        day=np.array([day.toordinal() for day in days], np.int64),
        currency=np.array(currencies, np.str_),
        is_present=np.array(present, np.bool_),
        columns={
            name: np.array(column, np.float64)
            for name, column in zip(COUNTS, counts, strict=True)
        },
    )

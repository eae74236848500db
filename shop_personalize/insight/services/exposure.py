"""Recommended products by day: seen, clicked, and how high they stood."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count

from shop_personalize.attribution.token import unsign
from shop_personalize.insight.models import ItemExposure
from shop_personalize.insight.services.inserting import of_days

KINDS = ("rec_view", "click")
MIDDLE = 4
"""The place of what was seen somewhere in a list, when nobody said where."""


def count_exposure(first: date, last: date, using: str) -> int:
    """A recommendation seen or clicked by a visitor counts once a day."""
    rows = of_days(first, last).using(using).filter(flag="", kind__in=KINDS)
    seen = (
        rows.exclude(item_id="")
        .exclude(rid="")
        .values("day", "item_id", "kind", "rid")
        .annotate(n=Count("visitor", distinct=True))
        .order_by("day")
        .values_list("day", "item_id", "kind", "rid", "n")
    )
    made = 0
    for day, told in groupby(seen.iterator(), key=itemgetter(0)):
        found = list(_summed(day, told))
        ItemExposure.objects.using(using).bulk_create(found, batch_size=2000)
        made += len(found)
    return made


def _summed(day: date, told: Iterable[tuple[Any, ...]]) -> Iterator[ItemExposure]:
    sums: dict[str, ItemExposure] = {}
    for _day, item, kind, rid, n in told:
        token = unsign(rid, max_age_days=math.inf)
        if token is None or not token.covers(item):
            continue
        row = sums.setdefault(item, ItemExposure(item_id=item, day=day))
        if kind == "click":
            row.clicked += n
        else:
            row.seen += n
            row.weight += n * weight(token.position)
    yield from sums.values()


@lru_cache(maxsize=256)
def weight(place: int) -> float:
    """1 / log2(place + 1): what a place is worth beside the first one."""
    return 1 / math.log2((place or MIDDLE) + 1)

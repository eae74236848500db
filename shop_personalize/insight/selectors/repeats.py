"""After how many days do customers buy again: in the shop, and each product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby, pairwise
from operator import itemgetter

import numpy as np

from shop_personalize.attribution import days
from shop_personalize.insight.selectors.customers import customers
from shop_personalize.insight.selectors.period import FEW, Period
from shop_personalize.models import Interaction

WIDTH, COLUMNS = 7, 26
"""The chart: days a column, and columns; what is longer stands in the last one."""
TOP = 50
KEPT = 400
"""Gaps kept of a product: its newest buyers speak for the others."""


@dataclass(frozen=True)
class ItemCycle:
    item_id: str
    people: int
    """Customers who bought it again."""
    median: float
    low: float
    high: float
    """Half of the gaps lie between ``low`` and ``high`` days."""


@dataclass(frozen=True)
class Repeats:
    """Gaps that ended in the period; ``columns`` counts them week by week."""

    gaps: int
    median: float | None
    before: float | None
    again: int
    buyers: int
    columns: tuple[int, ...]
    items: tuple[ItemCycle, ...]


def measure(period: Period) -> Repeats:
    now: list[int] = []
    before: list[int] = []
    again = buyers = 0
    for bought in customers(period.until, ""):
        gaps = [((b.day - a.day).days, b.day) for a, b in pairwise(bought)]
        own = [gap for gap, day in gaps if period.first <= day]
        now += own
        before += [
            gap
            for gap, day in gaps
            if period.before.first <= day <= period.before.until
        ]
        buyers += bought[-1].day >= period.first
        again += bool(own)
    weeks = np.minimum((np.array(now, np.int64) - 1) // WIDTH, COLUMNS - 1)
    return Repeats(
        gaps=len(now),
        median=_median(now),
        before=_median(before),
        again=again,
        buyers=buyers,
        columns=tuple(np.bincount(weeks, minlength=COLUMNS).tolist()),
        items=tuple(_items(period)),
    )


def _median(values: list[int]) -> float | None:
    return float(np.median(values)) if values else None


def _items(period: Period) -> list[ItemCycle]:
    """Products bought again by enough customers, the most frequent first."""
    gaps: dict[str, list[int]] = defaultdict(list)
    people: dict[str, int] = defaultdict(int)
    for item, own in _item_gaps(period):
        people[item] += 1
        if len(gaps[item]) < KEPT:
            gaps[item] += own
    enough = [item for item, count in people.items() if count >= FEW]
    best = sorted(enough, key=lambda item: (-people[item], item))[:TOP]
    return [_cycle(item, people[item], gaps[item]) for item in best]


def _cycle(item: str, people: int, gaps: list[int]) -> ItemCycle:
    low, median, high = np.quantile(gaps, [0.25, 0.5, 0.75])
    return ItemCycle(item, people, float(median), float(low), float(high))


def _item_gaps(period: Period) -> Iterator[tuple[str, list[int]]]:
    """Per customer and product the gaps that ended in the period."""
    first = period.first - timedelta(days=WIDTH * COLUMNS)
    bought = Interaction.objects.filter(kind="purchase", flag="").exclude(item_id="")
    told = (
        bought.filter(**days.between(first, period.until))
        .annotate(day=days.day_case(first, period.until))
        .order_by("visitor_id", "item_id", "day")
        .values_list("visitor_id", "item_id", "day")
        .distinct()
    )
    for (_visitor, item), same in groupby(told.iterator(), key=itemgetter(0, 1)):
        dates = [day for _visitor_id, _item, day in same]
        gaps = [(b - a).days for a, b in pairwise(dates) if b >= period.first]
        if gaps:
            yield item, gaps

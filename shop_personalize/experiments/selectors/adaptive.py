"""Variants that get visitors by their success: counted from what blocks led to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import accumulate

from django.db.models import Sum

from shop_personalize.experiments.selectors.results import (
    Code,
    Measured,
    Point,
    Result,
    Verdict,
)
from shop_personalize.experiments.selectors.studies import Study
from shop_personalize.ml.trials import thompson
from shop_personalize.models import BlockDay

CERTAIN = 0.95
WON = {"click_rate": "clicked"}
"""What counts as a success of a recommendation seen; else that it was bought."""

Count = tuple[float, float]
"""Seen, and successes among them."""
Counts = dict[str, dict[date, Count]]


def won(metric: str) -> str:
    return WON.get(metric, "bought")


def counts(studies: Iterable[Study]) -> dict[str, Counts]:
    """By slug, variant and day, in one query."""
    wanted = {study.slug: study for study in studies}
    found: dict[str, Counts] = {slug: defaultdict(dict) for slug in wanted}
    names = [f"{s.slug}:{v.key}" for s in wanted.values() for v in s.variants]
    if not names:
        return found
    rows = (
        BlockDay.objects.filter(variant__in=names)
        .values_list("variant", "day")
        .annotate(Sum("seen"), Sum("clicked"), Sum("bought"))
        .order_by("day")
    )
    for variant, day, seen, clicked, bought in rows:
        slug, _colon, key = variant.rpartition(":")
        successes = clicked if won(wanted[slug].primary) == "clicked" else bought
        found[slug][key][day] = (float(seen), float(successes))
    return found


def judge(study: Study, counted: Counts) -> Result:
    totals = [_total(counted.get(each.key, {})) for each in study.variants]
    chances = chances_of(totals)
    best = max(range(len(totals)), key=lambda at: chances[at])
    seen = any(count for count, _successes in totals)
    code = Code.LEADS if seen and chances[best] >= CERTAIN else Code.UNCLEAR
    return Result(
        study=study,
        day=max((day for days in counted.values() for day in days), default=None),
        primary=Measured(
            metric=study.primary,
            units=tuple(count for count, _successes in totals),
            means=tuple(w / count if count else None for count, w in totals),
        ),
        chances={
            each.key: chance
            for each, chance in zip(study.variants, chances, strict=True)
        },
        curves={v.key: _curve(counted.get(v.key, {})) for v in study.variants},
        verdict=Verdict(code if seen else Code.EMPTY, study.variants[best]),
    )


def chances_of(totals: Iterable[Count]) -> list[float]:
    """Of each variant to be the best one."""
    pairs = list(totals)
    won = [min(successes, seen) for seen, successes in pairs]
    lost = [seen - success for (seen, _s), success in zip(pairs, won, strict=True)]
    return [float(chance) for chance in thompson(won, lost)]


def _total(days: dict[date, Count]) -> Count:
    return sum(s for s, _w in days.values()), sum(w for _s, w in days.values())


def _curve(days: dict[date, Count]) -> tuple[Point, ...]:
    """The rate from the start to each day."""
    seen = accumulate(count for count, _successes in days.values())
    successes = accumulate(count for _seen, count in days.values())
    rates = zip(days, seen, successes, strict=True)
    return tuple(Point(day, w / s) for day, s, w in rates if s)

"""How many visitors an experiment needs and how long they take, by the past."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    F,
    FloatField,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import GreaterThan
from django.utils import timezone

from shop_personalize.experiments.metrics import METRICS, PREFERENCE
from shop_personalize.experiments.models import Experiment
from shop_personalize.ml.trials import Moments, compare, sample_size_mean
from shop_personalize.models import Trial, VisitorDay

DAYS = 28
ALPHA = 0.05
LONGEST = 3650
CONVERTED = "converted"
PARTS = {
    "order_value": ("revenue", "orders"),
    "click_rate": ("clicked", "seen"),
    PREFERENCE: ("clicked", ""),
}
"""Sums of days a metric is made of, where it is not the sum of its own name."""


@dataclass(frozen=True)
class Baseline:
    """What visitors did in the last weeks, by one metric."""

    metric: str
    currency: str
    visitors: int
    mean: float
    deviation: float
    """Between visitors; of a ratio, of a visitor's part in it."""
    days: int = DAYS

    @property
    def a_day(self) -> float:
        return self.visitors / self.days


@dataclass(frozen=True)
class Size:
    """What it takes to see ``change`` (.05 is 5 %) in four of five cases."""

    baseline: Baseline
    change: float
    difference: float
    per_arm: int
    total: int
    days: int | None
    """None where it takes longer than anybody waits."""


def baseline(metric: str) -> Baseline | None:
    """None while nothing is known of the metric."""
    since = timezone.localdate() - timedelta(days=DAYS)
    rows = VisitorDay.objects.filter(day__gte=since, day__lt=timezone.localdate())
    currency = _currency(rows)
    visitors = _visitors(rows, metric, currency)
    found: Any = visitors.aggregate(
        units=Count("*"),
        value=Sum("x"),
        value_value=Sum(F("x") * F("x")),
        per=Sum("y"),
        per_per=Sum(F("y") * F("y")),
        value_per=Sum(F("x") * F("y")),
    )
    if not found["units"]:
        return None
    sums = Moments(**found)
    mean, deviation = _level(metric, sums)
    if not deviation > 0:
        return None
    return Baseline(metric, currency, found["units"], mean, deviation)


def size(
    known: Baseline,
    change: float,
    *,
    arms: int = 2,
    ramp: dict[int, float] | None = None,
) -> Size:
    """Visitors and days; ``ramp`` is the share of visitors by days after the start."""
    mean = 0.5 if known.metric == PREFERENCE else known.mean
    difference = abs(mean) * change
    level = ALPHA / max(1, arms - 1)
    per_arm = sample_size_mean(
        known.deviation,
        2 * difference if known.metric == PREFERENCE else difference,
        level=level,
        sequential=True,
    )
    total = per_arm if known.metric == PREFERENCE else per_arm * arms
    days = _days(total, known.a_day, ramp or {0: 1.0})
    return Size(known, change, difference, per_arm, total, days)


def sizing(experiment: Experiment) -> Size | None:
    """Of a draft as it stands; None where no size can be told."""
    if experiment.kind == Trial.Kind.ADAPTIVE:
        return None
    known = baseline(experiment.primary_metric)
    if known is None:
        return None
    return size(
        known,
        experiment.smallest_change / 100,
        arms=max(2, experiment.arms.count()),
        ramp={step.day: step.share / 100 for step in experiment.ramp.all()},
    )


def _level(metric: str, sums: Moments) -> tuple[float, float]:
    if metric == PREFERENCE:
        # Two arms of half the visitors each, see judging._half.
        return 0.5, math.sqrt(0.5)
    is_ratio = METRICS[metric].is_ratio
    same = compare(sums, sums, ratio=is_ratio)
    return same.control, same.standard_error * math.sqrt(sums.units / 2)


def _currency(rows: QuerySet[VisitorDay]) -> str:
    sold = rows.values("currency").annotate(total=Sum("revenue")).order_by("-total")
    first = sold.first()
    return first["currency"] if first else ""


def _visitors(
    rows: QuerySet[VisitorDay], metric: str, currency: str
) -> QuerySet[VisitorDay, Any]:
    """A row a visitor who was in the shop: the metric as x, its denominator as y."""
    above, below = PARTS.get(metric, (metric, ""))
    found = rows.values("visitor").annotate(
        present=Count("pk", filter=Q(is_present=True)),
        x=_sum(above, currency),
        y=_sum(below, currency) if below else Value(0.0),
    )
    found = found.filter(present__gt=0)
    return found.filter(x__gt=0) if metric == PREFERENCE else found


def _sum(name: str, currency: str) -> Any:
    if name == CONVERTED:
        bought = Sum("orders")
        return Case(When(GreaterThan(bought, 0), then=Value(1.0)), default=Value(0.0))
    only = Q(currency=currency) if name == "revenue" else None
    return Coalesce(Cast(Sum(name, filter=only), FloatField()), 0.0)


def _days(total: int, a_day: float, ramp: dict[int, float]) -> int | None:
    """Days until so many visitors took part, as the ramp lets them."""
    come, share = 0.0, 0.0
    for day in range(LONGEST):
        share = ramp.get(day, share)
        come += a_day * share
        if come >= total:
            return day + 1
    return None

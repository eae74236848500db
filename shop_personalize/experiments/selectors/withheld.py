"""The experiment that never ends: what is sold because of recommendations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shop_personalize.attribution.assignment import HELD, SERVED
from shop_personalize.attribution.uplift import Uplift
from shop_personalize.experiments.selectors.results import Point
from shop_personalize.experiments.selectors.sums import Sums, sums
from shop_personalize.ml.trials import gain
from shop_personalize.models.trial import HOLDOUT

METRICS = ("revenue", "converted", "orders", "carts", "views")
"""What can be summed up; of who is held out, who only looks may not be known."""


@dataclass(frozen=True)
class Earned:
    """Sums of the last weeks: with recommendations, and as many without them."""

    metric: str
    currency: str
    served: float
    expected: float
    curve: tuple[Point, ...]
    """What came on top of what was expected, up to each day."""

    @property
    def last(self) -> Point:
        return self.curve[-1]


def withheld(more: Uplift, metrics: Iterable[str] = METRICS) -> list[Earned]:
    """By metric, judged as ``uplift`` judges revenue; one query."""
    if not 0 < more.share < 1:
        return []
    wanted = list(metrics)
    counted = sums([HOLDOUT], wanted)[HOLDOUT]
    found = (_earned(counted, metric, more) for metric in wanted)
    return [each for each in found if each is not None]


def _earned(counted: Sums, metric: str, more: Uplift) -> Earned | None:
    currency = more.currency if metric == "revenue" else ""
    held = counted.of(metric, HELD, currency)
    served = counted.of(metric, SERVED, currency)
    days = sorted(set(held) & set(served))
    if not days:
        return None
    gains = [(day, gain(served[day], held[day], more.share)) for day in days]
    sold = served[days[-1]].value
    return Earned(
        metric,
        currency,
        sold,
        sold - gains[-1][1].total,
        tuple(Point(day, g.total, g.low, g.high) for day, g in gains),
    )

"""Experiments and what was counted of them, made by hand."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils import timezone

from shop_personalize.experiments import services
from shop_personalize.experiments.models import Experiment
from shop_personalize.ml.trials import Moments
from shop_personalize.models import BlockDay, Trial, TrialDay, Visitor, VisitorDay

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BLOCK = "home-for-you"
ARMS: list[dict[str, Any]] = [
    {"name": "As it is"},
    {"name": "More variety", "changes": {"diversity": 0.4}},
]


def planned(name: str = "More variety", **given: Any) -> Experiment:
    """A draft that can start."""
    fields = {"arms": ARMS, "block": BLOCK, "slug": "variety", **given}
    return services.plan(name=name, **fields)


def begun(days_ago: int = 0, **given: Any) -> Experiment:
    """A running one, started so many days ago."""
    experiment = services.start(planned(**given))
    since = timezone.now() - timedelta(days=days_ago)
    Experiment.objects.filter(pk=experiment.pk).update(started_at=since)
    Trial.objects.filter(slug=experiment.slug).update(started_at=since)
    experiment.refresh_from_db()
    return experiment


def counted(
    arm: str,
    values: Sequence[float],
    *,
    metric: str = "revenue",
    trial: str = "variety",
    day: date | None = None,
    currency: str = "",
    **columns: Any,
) -> TrialDay:
    """A day of an arm whose visitors have these ``values``."""
    sums = asdict(Moments.of(values, **columns))
    return TrialDay.objects.create(
        trial=trial,
        arm=arm,
        metric=metric,
        currency=currency or ("GBP" if metric in {"revenue", "order_value"} else ""),
        day=day or timezone.localdate(),
        **{**sums, "units": int(sums["units"])},
    )


def repeated(count: int, **counts: int) -> list[float]:
    """``count`` visitors of whom so many have each value: ``v3=10`` ten of 3."""
    values = [float(name[1:]) for name, many in counts.items() for _n in range(many)]
    return values + [0.0] * (count - len(values))


def simulate(
    trial: str,
    arms: Mapping[str, float],
    *,
    days: int = 14,
    a_day: int = 400,
    until: date | None = None,
    seed: int = 7,
    currency: str = "GBP",
) -> None:
    """Days of a shop: each arm's visitors buy by its rate; more where they bought."""
    rng = np.random.default_rng(seed)
    last = until or timezone.localdate()
    rows = []
    for arm, rate in arms.items():
        count = days * a_day
        came = np.sort(rng.integers(0, days, count))
        taste = rng.gamma(2.0, 0.5, count)
        before = (rng.random(count) < 0.08 * taste) * rng.gamma(3.0, 11.0, count)
        orders = (rng.random(count) < rate * taste) * 1.0
        spent = np.round(orders * rng.gamma(3.0, 11.0, count), 2)
        views = rng.poisson(3 * taste)
        seen = views * 6
        clicked = rng.binomial(seen, 0.03 + rate / 4)
        columns: dict[str, dict[str, Any]] = {
            "revenue": {"values": spent, "before": before},
            "orders": {"values": orders},
            "converted": {"values": orders},
            "carts": {"values": orders + rng.poisson(0.1, count)},
            "views": {"values": views},
            "order_value": {"values": spent, "per": orders},
            "click_rate": {"values": clicked, "per": seen},
        }
        for at in range(days):
            here = came <= at
            for metric, given in columns.items():
                part = {name: value[here] for name, value in given.items()}
                sums = asdict(Moments.of(**part))
                rows.append(
                    TrialDay(
                        trial=trial,
                        arm=arm,
                        metric=metric,
                        currency=currency
                        if metric in {"revenue", "order_value"}
                        else "",
                        day=last - timedelta(days=days - 1 - at),
                        **{**sums, "units": int(sums["units"])},
                    )
                )
    TrialDay.objects.bulk_create(rows)


def led_to(
    variant: str, *, seen: int, clicked: int, bought: int = 0, days_ago: int = 0
) -> BlockDay:
    return BlockDay.objects.create(
        block=BLOCK,
        recommender="for_you",
        variant=variant,
        day=timezone.localdate() - timedelta(days=days_ago),
        seen=seen,
        clicked=clicked,
        bought=bought,
    )


def came(revenues: Sequence[float], *, days_ago: int = 1) -> None:
    """One visitor a value, who was in the shop and spent that much."""
    day = timezone.localdate() - timedelta(days=days_ago)
    start = Visitor.objects.count()
    visitors = Visitor.objects.bulk_create(
        Visitor(key=f"visitor-{start + at}") for at in range(len(revenues))
    )
    VisitorDay.objects.bulk_create(
        VisitorDay(
            visitor=visitor,
            day=day,
            is_present=True,
            views=3,
            seen=10,
            clicked=1,
        )
        for visitor in visitors
    )
    VisitorDay.objects.bulk_create(
        VisitorDay(visitor=visitor, day=day, currency="GBP", orders=1, revenue=revenue)
        for visitor, revenue in zip(visitors, revenues, strict=True)
        if revenue
    )

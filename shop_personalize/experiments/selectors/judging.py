"""From sums to a result: a split by its difference, a shared list by its wins."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from shop_personalize.experiments.metrics import METRICS, PREFERENCE
from shop_personalize.experiments.selectors.results import (
    Compared,
    Guarded,
    Measured,
    Point,
    Result,
)
from shop_personalize.experiments.selectors.studies import Bound, Study
from shop_personalize.experiments.selectors.sums import Days, Sums
from shop_personalize.experiments.selectors.verdicts import verdict
from shop_personalize.ml.trials import (
    COLUMNS,
    Effect,
    Moments,
    holm,
    over_time,
    sample_ratio,
)
from shop_personalize.models import Trial

ALPHA = 0.05
"""One trial in twenty may claim a difference where there is none."""
MOST_POINTS = 60
"""Of a picture; more days are thinned out."""


def judge(study: Study, counted: Sums) -> Result:
    currency, *others = counted.currencies() or [""]
    primary = measure(study, study.primary, counted, currency)
    rest = [measure(study, name, counted, currency) for name in study.secondary]
    guards = tuple(_guarded(study, each, counted, currency) for each in study.bounds)
    ratio_p = _ratio_p(study, primary)
    arms = [counted.of(study.primary, v.key, currency) for v in study.variants]
    return Result(
        study=study,
        currency=currency,
        other_currencies=tuple(others),
        day=max(arms[0], default=None),
        primary=primary,
        secondary=_corrected(rest),
        guards=guards,
        ratio_p=ratio_p,
        curves={
            variant.key: _curve(study, arms[0], days)
            for variant, days in zip(study.treatments, arms[1:], strict=True)
        },
        verdict=verdict(study, primary, guards, ratio_p, arms),
    )


def level_of(study: Study) -> float:
    """Of one interval, so that all variants together keep to ``ALPHA``."""
    return 1 - ALPHA / max(1, len(study.treatments))


def measure(
    study: Study, metric: str, counted: Sums, currency: str, level: float = 0.0
) -> Measured:
    arms = [_latest(counted.of(metric, v.key, currency)) for v in study.variants]
    adjusted = _is_adjusted(metric, arms)
    found = [
        effects(study, metric, [arms[0]], [arm], adjusted, level)[0] for arm in arms[1:]
    ]
    is_ratio = METRICS[metric].is_ratio
    return Measured(
        metric=metric,
        currency=currency,
        units=tuple(arm.units for arm in arms),
        means=tuple(_known(arm.ratio if is_ratio else arm.mean) for arm in arms),
        compared=tuple(
            Compared(variant, effect, adjusted)
            for variant, effect in zip(study.treatments, found, strict=True)
        ),
    )


def effects(
    study: Study,
    metric: str,
    controls: Sequence[Moments],
    treatments: Sequence[Moments],
    adjusted: bool,
    level: float = 0.0,
) -> list[Effect]:
    """Day by day; an interval may be looked at on any of them."""
    shared = metric == PREFERENCE
    found = over_time(
        [_half(each) if shared else each for each in controls],
        [_half(each) if shared else each for each in treatments],
        ratio=METRICS[metric].is_ratio,
        adjust=adjusted,
        sequential=True,
        level=level or level_of(study),
        **({"planned": 2.0 * study.planned} if study.planned else {}),
    )
    return [_over_a_draw(each) for each in found] if shared else found


def _half(arm: Moments) -> Moments:
    """Each visitor judges both variants, one's win being the other's loss: two arms
    of half the visitors know the difference exactly as well."""
    return Moments(*(getattr(arm, name) / 2 for name in COLUMNS))


def _over_a_draw(effect: Effect) -> Effect:
    """From wins minus losses to wins above one half."""
    return replace(
        effect,
        difference=effect.difference / 2,
        low=effect.low / 2,
        high=effect.high / 2,
        standard_error=effect.standard_error / 2,
    )


def _is_adjusted(metric: str, arms: Sequence[Moments]) -> bool:
    """Whether it is known of both what their visitors did before."""
    if METRICS[metric].is_ratio or metric == PREFERENCE:
        return False
    return all(arm.before_before > 0 for arm in arms)


def _guarded(study: Study, bound: Bound, counted: Sums, currency: str) -> Guarded:
    """All guardrails together stop one good experiment in twenty."""
    looks = max(1, len(study.bounds) * len(study.treatments))
    found = measure(study, bound.metric, counted, currency, 1 - ALPHA / looks)
    crossed = (e for e in found.compared if e.effect.relative_high < -bound.worst)
    return Guarded(bound, found, tuple(crossed))


def _corrected(rest: Sequence[Measured]) -> tuple[Measured, ...]:
    p_values = holm([each.effect.p_value for one in rest for each in one.compared])
    corrected = iter(p_values)
    return tuple(
        replace(
            one,
            compared=tuple(
                replace(each, corrected_p=float(next(corrected)))
                for each in one.compared
            ),
        )
        for one in rest
    )


def _ratio_p(study: Study, primary: Measured) -> float | None:
    if study.kind != Trial.Kind.SPLIT or not any(primary.units):
        return None
    weights = [variant.weight for variant in study.variants]
    return sample_ratio(primary.units, weights) if max(weights) > 0 else None


def _curve(study: Study, control: Days, treatment: Days) -> tuple[Point, ...]:
    days = _thinned(sorted(set(control) & set(treatment)))
    if not days:
        return ()
    last = [control[days[-1]], treatment[days[-1]]]
    found = effects(
        study,
        study.primary,
        [control[day] for day in days],
        [treatment[day] for day in days],
        _is_adjusted(study.primary, last),
    )
    return tuple(
        Point(day, each.difference, each.low, each.high)
        for day, each in zip(days, found, strict=True)
        if each.is_known
    )


def _thinned(days: list[date]) -> list[date]:
    step = math.ceil(len(days) / MOST_POINTS) or 1
    return days[::-1][::step][::-1]


def _latest(days: Days) -> Moments:
    return days[max(days)] if days else Moments()


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None

"""The difference an arm makes, with the interval it may be trusted by."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.trials.limits import (
    PLANNED,
    always_p,
    always_reach,
    fixed_p,
    fixed_reach,
)
from shop_personalize.ml.trials.moments import Moments, over

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Effect:
    """What the treatment changed against the control, in the unit of the metric.

    ``control`` and ``treatment`` are the means a visitor (or ratios), ``difference``
    theirs with its interval ``low`` to ``high``; ``relative`` is the difference by the
    control's mean (.1 is +10 %), its limits (Fieller 1954) leave 0 out exactly when
    ``low`` to ``high`` does. ``cut`` is the share of the variance that adjusting by the
    time before took away. Limits are infinite and ``p_value`` 1 while nothing can be
    said: fewer than two visitors in an arm, or nobody differs from anybody; means are
    NaN without visitors, ``relative`` where the control's mean is not above 0. Numbers,
    or arrays (k,) where the sums were arrays.
    """

    difference: float
    low: float
    high: float
    relative: float
    relative_low: float
    relative_high: float
    p_value: float
    control: float
    treatment: float
    standard_error: float
    cut: float

    @property
    def is_known(self) -> bool:
        """Whether there is an interval at all."""
        return bool(np.isfinite(self.low) and np.isfinite(self.high))

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves 0 out."""
        return bool(self.low > 0 or self.high < 0)

    def total(self, units: float) -> tuple[float, float, float]:
        """Scale difference, low and high to ``units`` visitors: the sum they make."""
        return self.difference * units, self.low * units, self.high * units


def compare(
    control: Moments,
    treatment: Moments,
    *,
    ratio: bool = False,
    adjust: bool = False,
    sequential: bool = False,
    level: float = 0.95,
    planned: float = PLANNED,
) -> Effect:
    """Difference of means a visitor, or of ratios, with an interval of ``level``.

    ``ratio`` compares value by per (delta method; Deng, Knoblich and Lu 2018).
    ``adjust`` takes out what the metric before the trial explains, with one slope for
    both arms (CUPED; Deng, Xu, Kohavi and Walker 2013). ``sequential`` makes interval
    and p-value valid at all looks together (see ``limits.always_reach``), narrowest
    when both arms, evenly split, hold ``planned`` visitors; otherwise they hold for one
    look (Welch 1947). The standard error is the larger of Welch's and the pooled one:
    the two are equal for arms of one size, and a small arm of rare, large values does
    not know its own variance. Raises ``ValueError`` for a ratio adjusted (the sums do
    not hold it) and for a level or plan out of range.
    """
    _check(ratio=ratio, adjust=adjust, level=level, planned=planned)
    means, spreads, cut = _arms(control, treatment, ratio=ratio, adjust=adjust)
    errors = _squared_errors(control.units, treatment.units, *spreads)
    freedom = _freedom(control.units, treatment.units, *errors)
    error = np.sqrt(errors[0] + errors[1])
    if sequential:
        seen = _harmonic(control.units, treatment.units) / (planned / 4)
        reach = always_reach(level, seen)
        p_value = always_p(over(means[1] - means[0], error), seen, level)
    else:
        reach = fixed_reach(level, freedom)
        p_value = fixed_p(over(means[1] - means[0], error), freedom)
    return _effect(means, errors, reach, p_value, cut)


def over_time(
    controls: Sequence[Moments], treatments: Sequence[Moments], **how: Any
) -> list[Effect]:
    """Compare day by day (or arm by arm), all in one pass; ``how`` as ``compare``."""
    many = compare(Moments.stacked(controls), Moments.stacked(treatments), **how)
    columns = [np.atleast_1d(getattr(many, each.name)) for each in fields(Effect)]
    return [Effect(*map(float, row)) for row in zip(*columns, strict=True)]


def _arms(
    control: Moments, treatment: Moments, *, ratio: bool, adjust: bool
) -> tuple[Any, Any, Any]:
    """Both arms' means, variances between visitors, and the share taken away."""
    if ratio:
        return (
            (control.ratio, treatment.ratio),
            (_ratio_variance(control), _ratio_variance(treatment)),
            np.zeros_like(control.units),
        )
    means = control.mean, treatment.mean
    spreads = control.variance, treatment.variance
    if not adjust:
        return means, spreads, np.zeros_like(control.units)
    return _adjusted(control, treatment, means, spreads)


def _ratio_variance(arm: Moments) -> Any:
    """Variance of a visitor's part: (value - ratio × per) / mean of per."""
    part = (
        arm.variance
        - 2 * arm.ratio * arm.covariance_per
        + np.square(arm.ratio) * arm.variance_per
    )
    return np.maximum(over(part, np.square(arm.mean_per)), 0.0)


def _adjusted(
    control: Moments, treatment: Moments, means: Any, spreads: Any
) -> tuple[Any, Any, Any]:
    arms = control, treatment
    together = [
        sum((arm.units - 1) * getattr(arm, name) for arm in arms)
        for name in ("covariance_before", "variance_before", "variance")
    ]
    slope = np.nan_to_num(over(together[0], together[1]))
    cut = np.nan_to_num(over(slope * together[0], together[2]))
    before = over(control.before + treatment.before, control.units + treatment.units)
    moved = [
        mean - slope * (arm.mean_before - before)
        for arm, mean in zip(arms, means, strict=True)
    ]
    left = [
        np.maximum(
            spread
            - 2 * slope * arm.covariance_before
            + np.square(slope) * arm.variance_before,
            0.0,
        )
        for arm, spread in zip(arms, spreads, strict=True)
    ]
    return moved, left, cut


def _squared_errors(many: Any, more: Any, first: Any, second: Any) -> tuple[Any, Any]:
    """Squared standard errors of both means: each arm's own, or pooled if larger."""
    own = over(first, many), over(second, more)
    pooled = over((many - 1) * first + (more - 1) * second, many + more - 2)
    shared = over(pooled, many), over(pooled, more)
    wider = shared[0] + shared[1] > own[0] + own[1]
    return np.where(wider, shared[0], own[0]), np.where(wider, shared[1], own[1])


def _freedom(many: Any, more: Any, first: Any, second: Any) -> Any:
    """Degrees of freedom by Welch and Satterthwaite."""
    below = over(np.square(first), many - 1) + over(np.square(second), more - 1)
    return np.nan_to_num(over(np.square(first + second), below), nan=1.0)


def _harmonic(many: Any, more: Any) -> Any:
    """Information in the difference: a quarter of the visitors when split evenly."""
    return np.nan_to_num(over(np.multiply(many, more), np.add(many, more)))


def _effect(
    means: Any, errors: tuple[Any, Any], reach: Any, p_value: Any, cut: Any
) -> Effect:
    control, treatment = means
    difference = treatment - control
    error = np.sqrt(errors[0] + errors[1])
    known = np.greater(error, 0)
    width = np.where(known, reach * error, np.inf)
    low = np.where(known, difference - width, -np.inf)
    high = np.where(known, difference + width, np.inf)
    least, most = _relative_limits(control, treatment, errors, reach)
    columns = (
        difference,
        low,
        high,
        over(difference, control),
        least,
        most,
        np.where(known, p_value, 1.0),
        control,
        treatment,
        error,
        cut,
    )
    return Effect(*map(_plain, columns))


def _relative_limits(
    control: Any, treatment: Any, errors: tuple[Any, Any], reach: Any
) -> tuple[Any, Any]:
    """Fieller's limits of treatment / control - 1; infinite where control may be 0."""
    (first, second), squared = errors, np.square(reach)
    below = np.square(control) - squared * first
    root = np.square(control * treatment) - below * (
        np.square(treatment) - squared * second
    )
    bounded = (below > 0) & np.greater(control, 0) & (np.add(first, second) > 0)
    half = over(np.sqrt(np.maximum(root, 0.0)), below)
    middle = over(control * treatment, below)
    return (
        np.where(bounded, middle - half - 1, -np.inf),
        np.where(bounded, middle + half - 1, np.inf),
    )


def _plain(column: Any) -> Any:
    column = np.asarray(column, np.float64)
    return column if column.ndim else float(column)


def _check(*, ratio: bool, adjust: bool, level: float, planned: float) -> None:
    if ratio and adjust:
        raise ValueError("adjust: a ratio cannot be adjusted by the time before")
    if not 0 < level < 1:
        raise ValueError(f"level: between 0 and 1, such as 0.95, not {level}")
    if not planned > 0:
        raise ValueError(f"planned: a positive number of visitors, not {planned}")

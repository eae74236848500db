"""Two arms as means and variances between visitors, whatever the metric is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from shop_personalize.ml.trials.moments import ROUNDING, Moments, over


@dataclass(frozen=True)
class Pair:
    """Control and treatment: (number, number), or (array (k,), array (k,)), each.

    ``spreads`` are variances between visitors, of their part in a ratio where the
    metric is one; ``cut`` is the share of them that adjusting took away.
    """

    units: tuple[Any, Any]
    means: tuple[Any, Any]
    spreads: tuple[Any, Any]
    cut: Any

    @classmethod
    def of(
        cls, control: Moments, treatment: Moments, *, ratio: bool, adjust: bool
    ) -> Pair:
        """Read means and variances off the sums."""
        arms = control, treatment
        units = control.units, treatment.units
        none = np.zeros_like(units[0], dtype=np.float64)
        if ratio:
            means = control.ratio, treatment.ratio
            spreads = _ratio_variance(control), _ratio_variance(treatment)
            return cls(units, means, spreads, none)
        if adjust:
            return _adjusted(*arms)
        means = control.mean, treatment.mean
        return cls(units, means, (control.variance, treatment.variance), none)


def _ratio_variance(arm: Moments) -> Any:
    """Variance of a visitor's part: (value - ratio × per) / mean of per."""
    left = _left(arm.variance, arm.ratio, arm.covariance_per, arm.variance_per)
    return over(left, np.square(arm.mean_per))


def _left(variance: Any, slope: Any, covariance: Any, other: Any) -> Any:
    """Variance of one column less ``slope`` × another; 0 where rounding is left."""
    taken = np.square(slope) * other
    left = variance - 2 * slope * covariance + taken
    return np.where(left <= ROUNDING * (variance + taken), 0.0, left)


def _adjusted(control: Moments, treatment: Moments) -> Pair:
    """Take the time before out of both arms, with the slope common to them."""
    arms = control, treatment
    slope, cut = _slope(control, treatment)
    before = over(control.before + treatment.before, control.units + treatment.units)
    moved = [arm.mean - slope * (arm.mean_before - before) for arm in arms]
    left = [
        _left(arm.variance, slope, arm.covariance_before, arm.variance_before)
        for arm in arms
    ]
    return Pair(
        (control.units, treatment.units),
        (moved[0], moved[1]),
        (left[0], left[1]),
        cut,
    )


def _slope(*arms: Moments) -> tuple[Any, Any]:
    """Slope of the metric on itself before, and the share of variance it explains."""
    both, past, now = (
        sum((arm.units - 1) * getattr(arm, name) for arm in arms)
        for name in ("covariance_before", "variance_before", "variance")
    )
    slope = np.nan_to_num(over(both, past))
    return slope, np.nan_to_num(over(slope * both, now))

"""The difference an arm makes, with the interval it may be trusted by."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.trials.arms import Pair
from shop_personalize.ml.trials.errors import Error
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
    control's mean (.1 is +10 %), whose interval leaves 0 out exactly when ``low`` to
    ``high`` does. ``standard_error`` is that of the difference, were there none in
    truth. ``cut`` is the share of the variance that adjusting by the time before took
    away. Limits are infinite and ``p_value`` 1 while nothing can be said: fewer than
    two visitors in an arm, or nobody differs from anybody; means are NaN without
    visitors, ``relative`` where the control's mean is not above 0. Numbers, or arrays
    (k,) where the sums were arrays.
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
    and p-value valid at all looks together (``limits.always_reach``), narrowest when
    both arms, evenly split, hold ``planned`` visitors; otherwise they hold for one
    look. How far the difference may be off: see ``errors``. Raises ``ValueError`` for a
    ratio adjusted (the sums do not hold it) and for a level or plan out of range.
    """
    _check(ratio=ratio, adjust=adjust, level=level, planned=planned)
    pair = Pair.of(control, treatment, ratio=ratio, adjust=adjust)
    error = Error.of(pair)
    distance = over(pair.means[1] - pair.means[0], np.sqrt(error.null))
    if sequential:
        seen = _information(*pair.units) / (planned / 4)
        reach, p_value = always_reach(level, seen), always_p(distance, seen, level)
    else:
        reach = fixed_reach(level, error.freedom)
        p_value = fixed_p(distance, error.freedom)
    return _effect(pair, error, reach, p_value)


def over_time(
    controls: Sequence[Moments], treatments: Sequence[Moments], **how: Any
) -> list[Effect]:
    """Compare day by day (or arm by arm), all in one pass; ``how`` as ``compare``."""
    many = compare(Moments.stacked(controls), Moments.stacked(treatments), **how)
    columns = [np.atleast_1d(getattr(many, each.name)) for each in fields(Effect)]
    return [Effect(*map(float, row)) for row in zip(*columns, strict=True)]


def _information(few: Any, more: Any) -> Any:
    """What the visitors tell of a difference: a quarter of them when split evenly."""
    return np.nan_to_num(over(np.multiply(few, more), np.add(few, more)))


def _effect(pair: Pair, error: Error, reach: Any, p_value: Any) -> Effect:
    control, treatment = pair.means
    known = np.greater(error.null, 0)
    low, high = error.limits(treatment - control, reach)
    least, most = error.relative_limits(pair.means, reach)
    columns = (
        treatment - control,
        np.where(known, low, -np.inf),
        np.where(known, high, np.inf),
        over(treatment - control, control),
        np.where(known, least, -np.inf),
        np.where(known, most, np.inf),
        np.where(known, p_value, 1.0),
        control,
        treatment,
        np.sqrt(error.null),
        pair.cut,
    )
    return Effect(*map(_plain, columns))


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

"""A forecaster with intervals that hold what they promise.

Every forecaster is asked again at earlier origins; its errors there, by the noise of
each series, say how far the truth may lie from the next forecast (split conformal
prediction). Nothing is assumed about their distribution.

Reference: Tashman (2000), "Out-of-sample tests of forecasting accuracy" (rolling
origins); those of the quantiles stand in ``scores``.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from shop_personalize.ml.forecast.base import Forecast, Forecaster, NotFittedError
from shop_personalize.ml.forecast.intervals.noise import Movement, learn
from shop_personalize.ml.forecast.intervals.scores import Scores
from shop_personalize.ml.forecast.lengths import known_lengths
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel, PanelError

Vector = NDArray[np.float64]

LEAST = 8
"""A forecast from fewer values than this is not judged."""
ABSOLUTE = 1.2533
"""Standard deviation of a normal error by its mean size."""


class Calibrated:
    """A forecaster, its intervals, and quantiles of sums over several periods.

    ``levels``: shares of outcomes to be inside. ``origins``: at so many earlier periods
    the forecaster is asked again, each time for ``horizon`` periods or what the past
    allows for. Beyond what could be judged errors grow with the square root of time.
    A series too short to be judged gets the errors of the others. Where none is long
    enough, errors are taken for normal, as large as the changes from one period to the
    next (Poisson for a single value), and ``is_judged_`` is False.
    """

    def __init__(
        self,
        forecaster: Forecaster,
        levels: Sequence[float] = (0.8, 0.95),
        origins: int = 3,
        horizon: int = 13,
    ) -> None:
        self.forecaster = forecaster
        self.levels = levels
        self.origins = origins
        self.horizon = horizon

    def fit(self, panel: Panel) -> Self:
        """Learn the forecast and, from earlier origins, its errors.

        Raises PanelError for what the forecaster cannot take, for a level not within 0
        and 1, and for origins or a horizon below 1.
        """
        self._check()
        fitted = copy(self.forecaster).fit(panel)
        judged = self._judged(panel)
        if judged:
            self._learn(panel, judged)
        else:
            self.size_, self.noise_ = _assumed(panel), np.zeros(len(panel))
        # Last: what cannot be judged at an earlier origin has learned nothing.
        self.fitted_, self.is_judged_ = fitted, bool(judged)
        return self

    def _learn(self, panel: Panel, judged: list[_Judged]) -> None:
        movement = Movement.of(panel)
        errors = np.concatenate([each.errors for each in judged])
        before = Movement(
            np.concatenate([each.movement.level for each in judged]),
            np.concatenate([each.movement.features for each in judged]),
        )
        self.weights_ = learn(before, np.abs(errors).mean(axis=1))
        sizes = before.sizes(self.weights_)
        self.scores_ = Scores.of(errors / sizes[:, None], _noise(before, sizes))
        self.size_ = movement.sizes(self.weights_)
        self.noise_ = _noise(movement, self.size_)

    def _check(self) -> None:
        for level in self.levels:
            _check_level(level)
        for name in ("origins", "horizon"):
            if getattr(self, name) < 1:
                raise PanelError(f"{name} must be 1 or more, not {getattr(self, name)}")

    def _judged(self, panel: Panel) -> list[_Judged]:
        """What the forecaster got wrong at each origin; nothing where all are short."""
        lengths = known_lengths(panel.values)
        longest = int(lengths.max())
        horizon = min(self.horizon, longest // 2, longest - LEAST)
        if horizon < 1:
            return []
        enough = np.maximum(LEAST, np.minimum(2 * panel.season + 2, lengths // 2))
        found = []
        for origin in range(self.origins):
            ago = horizon + origin * max(horizon // 3, 1)
            rows = np.flatnonzero(lengths - ago >= enough)
            if len(rows):
                found.append(self._judge(panel.take(rows), ago, horizon))
        return found

    def _judge(self, panel: Panel, ago: int, horizon: int) -> _Judged:
        cut = panel.periods - ago
        past = panel.until(cut)
        expected = copy(self.forecaster).fit(past).predict(horizon)
        truth = panel.values[:, cut : cut + horizon]
        return _Judged(truth - expected, Movement.of(past))

    def predict(self, horizon: int) -> Forecast:
        """The next ``horizon`` periods, and intervals of which none leaves them out.

        Raises NotFittedError before ``fit`` and PanelError for a horizon below 1.
        """
        mean = self._fitted().predict(horizon)
        bounds = [
            [
                mean + self._reach(tail, horizon)
                for tail in ((1 - level) / 2, (1 + level) / 2)
            ]
            for level in self.levels
        ]
        shape = (len(self.levels), 2, *mean.shape)
        both = self._floored(np.array(bounds).reshape(shape))
        # Of what seldom sells even 90 % of outcomes may lie below the mean.
        lower, upper = np.minimum(both[:, 0], mean), np.maximum(both[:, 1], mean)
        return Forecast(mean, tuple(self.levels), lower, upper)

    def _reach(self, level: float, horizon: int) -> FloatMatrix:
        """What is to be added to the forecast: float64 (n, horizon)."""
        ahead = np.arange(1.0, horizon + 1)
        found: FloatMatrix
        if not self.is_judged_:
            normal = float(stats.norm.ppf(level)) * np.sqrt(ahead)
            found = self.size_[:, None] * normal
            return found
        reach = self.scores_.reach(level, self.noise_)
        seen = reach.shape[1]
        later = np.sqrt(np.maximum(ahead / seen, 1.0))
        steps = np.minimum(np.arange(horizon), seen - 1)
        found = self.size_[:, None] * reach[:, steps] * later
        return found

    def totals(self, periods: int | NDArray[np.int64], level: float) -> Vector:
        """What the sum over the next ``periods`` stays below, ``level`` of the time.

        ``periods`` one number or int64 (n,), one for each series; float64 (n,).
        Learned from sums at the earlier origins. Raises NotFittedError before ``fit``,
        PanelError for ``periods`` below 1 or a level not within 0 and 1.
        """
        found: Vector = self.totals_at(periods, (level,))[0]
        return found

    def totals_at(
        self, periods: int | NDArray[np.int64], levels: Sequence[float]
    ) -> FloatMatrix:
        """``totals`` at several levels: float64 (levels, n), never falling."""
        fitted = self._fitted()
        for level in levels:
            _check_level(level)
        wanted = np.broadcast_to(np.asarray(periods, np.int64), self.size_.shape)
        if (wanted < 1).any():
            raise PanelError(f"periods must be 1 or more, not {int(wanted.min())}")
        expected = fitted.predict(int(wanted.max())).cumsum(axis=1)
        found = np.empty((len(levels), len(wanted)))
        for count in np.unique(wanted):
            rows = np.flatnonzero(wanted == count)
            for place, level in enumerate(levels):
                found[place, rows] = expected[rows, count - 1] + self._reach_of_sum(
                    int(count), level, rows
                )
        return self._floored(found)

    def _reach_of_sum(
        self, periods: int, level: float, rows: NDArray[np.int64]
    ) -> Vector:
        found: Vector
        if not self.is_judged_:
            normal = float(stats.norm.ppf(level) * np.sqrt(periods))
            found = self.size_[rows] * normal
            return found
        seen = min(periods, self.scores_.scores.shape[1])
        reach = self.scores_.reach_of_sums(seen, level, self.noise_[rows])
        found = self.size_[rows] * reach * float(np.sqrt(periods / seen))
        return found

    def _fitted(self) -> Forecaster:
        if not hasattr(self, "fitted_"):
            raise NotFittedError("Calibrated.fit(panel) comes first")
        return self.fitted_

    def _floored(self, found: FloatMatrix) -> FloatMatrix:
        floor = self.forecaster.floor
        return found if floor is None else np.maximum(found, floor)


@dataclass(frozen=True, eq=False)
class _Judged:
    """Errors (n, H) at one origin and what was seen of the series then."""

    errors: FloatMatrix
    movement: Movement


def _noise(movement: Movement, sizes: Vector) -> Vector:
    """Expected size of error by level: float64 (n,), NaN for a series of zeros."""
    level = movement.level
    return np.where(level > 0, sizes / np.where(level > 0, level, 1.0), np.nan)


def _assumed(panel: Panel) -> Vector:
    """Standard deviation float64 (n,) of each period, where nothing could be judged."""
    steps = np.abs(np.diff(panel.values, axis=1))
    counts = (~np.isnan(steps)).sum(axis=1)
    change = np.nansum(steps, axis=1) / np.maximum(counts, 1)
    single = np.sqrt(np.maximum(np.nanmean(panel.values, axis=1), 1.0))
    found: Vector = np.where(counts > 0, ABSOLUTE * change, single)
    return found


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise PanelError(f"a level must lie between 0 and 1, not {level}")

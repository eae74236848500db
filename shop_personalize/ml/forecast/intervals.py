"""How sure a forecast is, learned from what it got wrong before.

Every forecaster is asked again at earlier origins; its errors there, by the noise of
each series, say how far the truth may lie from the next forecast (split conformal
prediction). Nothing is assumed about their distribution.

References: Vovk, Gammerman & Shafer (2005), "Algorithmic learning in a random world"
(Mondrian groups); Lei, G'Sell, Rinaldo, Tibshirani & Wasserman (2018),
"Distribution-free predictive inference for regression" (locally weighted); Tashman
(2000), "Out-of-sample tests of forecasting accuracy" (rolling origins).
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Self

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.base import Forecast, Forecaster, NotFittedError
from shop_personalize.ml.forecast.lengths import known_lengths
from shop_personalize.ml.forecast.naive import seasonal_error
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel, PanelError

Vector = NDArray[np.float64]


class Calibrated:
    """A forecaster with intervals that hold what they promise.

    ``levels`` shares of outcomes to be inside, ``origins`` earlier periods at which
    the forecaster is judged, ``horizon`` periods ahead that are judged.
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
        """Learn the forecast and, from earlier origins, its errors."""
        self.errors_ = self._backtest(panel)
        self.fitted_ = copy(self.forecaster).fit(panel)
        self.scale_ = scale(panel)
        return self

    def _backtest(self, panel: Panel) -> FloatMatrix:
        """Errors by their scale: float64 (origins * n, horizon), NaN where unknown."""
        found = []
        step = max(self.horizon // 3, 1)
        for origin in range(self.origins):
            cut = panel.periods - self.horizon - origin * step
            if cut < 1:
                break
            known = known_lengths(panel.values[:, :cut]) >= max(8, panel.season)
            rows = np.flatnonzero(known)
            if not len(rows):
                break
            past = panel.take(rows).until(cut)
            expected = copy(self.forecaster).fit(past).predict(self.horizon)
            truth = panel.values[rows, cut : cut + self.horizon]
            found.append((truth - expected) / scale(past)[:, None])
        if not found:
            return np.full((1, self.horizon), np.nan)
        return np.concatenate(found)

    def predict(self, horizon: int) -> Forecast:
        """The next ``horizon`` periods with their intervals."""
        if not hasattr(self, "fitted_"):
            raise NotFittedError("Calibrated.fit(panel) comes first")
        mean = self.fitted_.predict(horizon)
        steps = np.minimum(np.arange(horizon), self.horizon - 1)
        growth = np.sqrt(np.maximum(np.arange(1, horizon + 1) / self.horizon, 1))
        lower: list[FloatMatrix] = []
        upper: list[FloatMatrix] = []
        for level in self.levels:
            for tail, found in (((1 - level) / 2, lower), ((1 + level) / 2, upper)):
                reach = np.array([quantile(self.errors_[:, k], tail) for k in steps])
                found.append(mean + self.scale_[:, None] * reach * growth)
        return Forecast(
            mean,
            tuple(self.levels),
            np.maximum(np.array(lower), 0.0),
            np.maximum(np.array(upper), 0.0),
        )

    def totals(self, periods: int | NDArray[np.int64], level: float) -> Vector:
        """What the sum over the next ``periods`` stays below, ``level`` of the time.

        ``periods`` one number or int64 (n,), one for each series. float64 (n,).
        """
        found: Vector = self.totals_at(periods, (level,))[0]
        return found

    def totals_at(
        self, periods: int | NDArray[np.int64], levels: Sequence[float]
    ) -> FloatMatrix:
        """``totals`` at several levels: float64 (levels, n)."""
        if not hasattr(self, "fitted_"):
            raise NotFittedError("Calibrated.fit(panel) comes first")
        wanted = np.broadcast_to(np.asarray(periods, np.int64), self.scale_.shape)
        if (wanted < 1).any():
            raise PanelError(f"periods must be 1 or more, not {int(wanted.min())}")
        expected = self.fitted_.predict(int(wanted.max())).cumsum(axis=1)
        sums = self.errors_.cumsum(axis=1)
        found = np.empty((len(levels), len(wanted)))
        for count in np.unique(wanted):
            rows = wanted == count
            judged = min(int(count), self.horizon)
            growth = np.sqrt(count / judged)
            for place, level in enumerate(levels):
                reach = quantile(sums[:, judged - 1], level) * growth
                found[place, rows] = (
                    expected[rows, count - 1] + self.scale_[rows] * reach
                )
        return np.maximum(found, 0.0)


def scale(panel: Panel) -> Vector:
    """Size of a usual error of each series: float64 (n,), never 0."""
    error = seasonal_error(panel)[:, 0]
    level = np.nanmean(np.abs(panel.values), axis=1)
    usual = float(np.nanmedian(error / np.where(level > 0, level, np.nan)))
    usual = usual if usual > 0 else 1.0
    error = np.where(np.isnan(error), usual * level, error)
    return np.where(error > 0, error, np.where(level > 0, 1e-9 * level, 1e-9))


def quantile(scores: Vector, level: float) -> float:
    """The conformal quantile: the smallest score of which level * (n + 1) lie below.

    The mirror image for levels under one half. The outermost where there are too few.
    """
    known = np.sort(scores[~np.isnan(scores)])
    if not len(known):
        return 0.0
    if level < 0.5:
        return -quantile(-known, 1 - level)
    rank = int(np.ceil(level * (len(known) + 1))) - 1
    return float(known[min(rank, len(known) - 1)])

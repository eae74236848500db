"""The forecasts everything else must beat: repeat what was, or its mean."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from shop_personalize.ml.forecast.base import Forecaster
from shop_personalize.ml.forecast.lengths import changes, known_lengths
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel
from shop_personalize.ml.forecast.parameters import latest


class Naive(Forecaster):
    """The last value, forever."""

    name: ClassVar[str] = "naive"

    def _fit(self, panel: Panel) -> None:
        self.level_ = panel.values[:, -1].copy()

    def _predict(self, horizon: int) -> FloatMatrix:
        return np.tile(self.level_[:, None], horizon)


class SeasonalNaive(Forecaster):
    """The value of a season ago; the last value where no season is known yet."""

    name: ClassVar[str] = "seasonal naive"

    def _fit(self, panel: Panel) -> None:
        season = min(panel.season, panel.periods)
        last = panel.values[:, -season:]
        self.season_ = np.where(np.isnan(last), panel.values[:, -1:], last)
        if season < panel.season:
            missing = panel.season - season
            first = np.tile(panel.values[:, -1:], missing)
            self.season_ = np.concatenate([first, self.season_], axis=1)

    def _predict(self, horizon: int) -> FloatMatrix:
        return self.season_[:, np.arange(horizon) % self.season_.shape[1]]


class MovingAverage(Forecaster):
    """The mean of the last ``window`` periods, or of all where there are fewer."""

    name: ClassVar[str] = "moving average"

    def __init__(self, window: int = 8) -> None:
        self.window = window

    def _fit(self, panel: Panel) -> None:
        self.level_ = np.nanmean(latest(panel, self.window), axis=1)

    def _predict(self, horizon: int) -> FloatMatrix:
        return np.tile(self.level_[:, None], horizon)


class MovingMedian(Forecaster):
    """The median of the last ``window`` periods, or of all where there are fewer."""

    name: ClassVar[str] = "moving median"

    def __init__(self, window: int = 8) -> None:
        self.window = window

    def _fit(self, panel: Panel) -> None:
        self.level_ = np.nanmedian(latest(panel, self.window), axis=1)

    def _predict(self, horizon: int) -> FloatMatrix:
        return np.tile(self.level_[:, None], horizon)


def seasonal_error(panel: Panel) -> FloatMatrix:
    """Mean absolute error of the seasonal naive forecast in-sample: float64 (n, 1).

    The scale of the MASE (Hyndman & Koehler 2006). Periods a season apart; next to
    each other where a series has no season yet; NaN for a single value.
    """
    values = panel.values
    return changes(values, known_lengths(values), panel.season)[:, None]

"""Months summed to larger buckets, in which there is less of nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.intermittent.flat import Flat
from shop_personalize.ml.forecast.panel import PanelError
from shop_personalize.ml.forecast.parameters import shares

if TYPE_CHECKING:
    from shop_personalize.ml.forecast.intermittent.flat import Levels
    from shop_personalize.ml.forecast.panel import FloatMatrix, Panel

ALPHAS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.5)


class _Aggregated(Flat):
    def __init__(
        self, alphas: tuple[float, ...] = ALPHAS, largest: int | None = 12
    ) -> None:
        self.alphas = alphas
        self.largest = largest

    def _sizes(self, panel: Panel) -> NDArray[np.int64]:
        """Periods in a bucket: the mean interval between two demands, rounded."""
        if self.largest is not None and self.largest < 1:
            raise PanelError(f"largest must be 1 or more periods, not {self.largest}")
        lengths = panel.periods - panel.starts
        busy = (panel.values > 0.0).sum(axis=1)
        sizes = np.rint(lengths / np.maximum(busy, 1)).astype(np.int64)
        limit = self.largest or panel.periods
        return np.asarray(np.minimum(sizes, limit), np.int64)

    def _per_period(self, values: FloatMatrix, size: int) -> Levels:
        """Level of one period where ``size`` of them are summed and smoothed."""
        summed = in_buckets(values, size)
        return smoothed(summed, shares("alphas", self.alphas)) / size


class ADIDA(_Aggregated):
    """Smooth the sums of buckets as long as the mean interval; share out evenly.

    Nikolopoulos, Syntetos, Boylan, Petropoulos, Assimakopoulos (2011), "An
    aggregate-disaggregate intermittent demand approach (ADIDA) to forecasting".
    ``alphas``: grid of exponential smoothing, chosen series by series by the squared
    error of one bucket ahead. ``largest`` bucket in periods, None: no limit. Raises
    PanelError for a parameter outside (0, 1] or a bucket below 1.
    """

    name: ClassVar[str] = "adida"

    def _level(self, panel: Panel) -> Levels:
        sizes = self._sizes(panel)
        level = np.zeros(len(panel))
        for size in np.unique(sizes):
            rows = sizes == size
            level[rows] = self._per_period(panel.values[rows], int(size))
        return level


class IMAPA(_Aggregated):
    """The mean of what ADIDA says for every bucket from 1 to the mean interval.

    Petropoulos, Kourentzes (2015), "Forecast combinations for intermittent demand".
    Parameters as of ADIDA.
    """

    name: ClassVar[str] = "imapa"

    def _level(self, panel: Panel) -> Levels:
        sizes = self._sizes(panel)
        total = np.zeros(len(panel))
        for size in range(1, int(sizes.max()) + 1):
            rows = sizes >= size
            total[rows] += self._per_period(panel.values[rows], size)
        return total / sizes


def in_buckets(values: FloatMatrix, size: int) -> FloatMatrix:
    """Sums of ``size`` columns each, counted from the latest: (n, T // size).

    A bucket that begins before its series is unknown: NaN.
    """
    n, length = values.shape
    count = length // size
    whole = values[:, length - count * size :].reshape(n, count, size)
    return np.asarray(whole.sum(axis=2), np.float64)


def smoothed(values: FloatMatrix, alphas: NDArray[np.float64]) -> Levels:
    """Simple exponential smoothing of right-aligned series: the last level (n,).

    The first known value is the first level; each series takes the alpha of least
    squared error one step ahead.
    """
    alpha = alphas[:, None]
    level = np.full((len(alphas), len(values)), np.nan)
    squared = np.zeros_like(level)
    for column in values.T:
        level = np.where(np.isnan(level), column, level)
        error = np.where(np.isnan(column), 0.0, column - level)
        squared += error**2
        level = level + alpha * error
    chosen: Levels = level[squared.argmin(axis=0), np.arange(len(values))]
    return chosen

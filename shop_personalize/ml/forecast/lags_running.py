"""Sums that run over the past, so that the mean of any window is one subtraction."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from shop_personalize.ml.forecast.panel import BoolMatrix, FloatMatrix

Ints = NDArray[np.int64]


class Running:
    """Means of the counted values of n series over windows [first, end).

    ``values`` float64 (n, T), ``counted`` bool (n, T). Windows are int64 (P,), the same
    for every series, and are cut to 0 and T; answers are float64 (n, P), NaN where
    nothing was counted.
    """

    def __init__(self, values: FloatMatrix, counted: BoolMatrix) -> None:
        self.values = np.where(counted, values, 0.0)
        self.counted = counted
        self._sum = _run(self.values)
        self._square = _run(self.values**2)
        self._count = _run(counted.astype(np.float64))

    @property
    def periods(self) -> int:
        """T, the number of columns."""
        return int(self.values.shape[1])

    def mean(self, first: Ints, end: Ints) -> FloatMatrix:
        """Mean of what was counted in each window."""
        return self._part(self._sum, first, end) / self._known(first, end)

    def deviation(self, first: Ints, end: Ints) -> FloatMatrix:
        """Standard deviation of what was counted in each window."""
        square = self._part(self._square, first, end) / self._known(first, end)
        mean = self.mean(first, end)
        return np.asarray(np.sqrt(np.maximum(square - mean**2, 0.0)))

    def at(self, period: Ints) -> FloatMatrix:
        """The value of one period, NaN where it is not counted or out of range."""
        return self.mean(period, period + 1)

    def order(self, end: Ints, width: int) -> tuple[FloatMatrix, ...]:
        """Least, median and greatest of the ``width`` values before ``end``.

        What is not counted is left out.
        """
        known = np.where(self.counted, self.values, np.nan)
        before = np.full((len(known), width), np.nan)
        windows = sliding_window_view(np.hstack([before, known]), width, axis=1)
        sought = np.sort(windows[:, np.clip(end, 0, self.periods)], axis=2)
        count = (~np.isnan(sought)).sum(axis=2)[..., None]
        places = np.concatenate(
            [(count - 1) // 2, count // 2, np.maximum(count - 1, 0)], axis=2
        )
        low, high, top = np.moveaxis(
            np.take_along_axis(sought, np.maximum(places, 0), axis=2), 2, 0
        )
        return sought[..., 0], (low + high) / 2, top

    def _part(self, run: FloatMatrix, first: Ints, end: Ints) -> FloatMatrix:
        first, end = np.clip(first, 0, self.periods), np.clip(end, 0, self.periods)
        return np.asarray(run[:, np.maximum(first, end)] - run[:, first])

    def _known(self, first: Ints, end: Ints) -> FloatMatrix:
        count = self._part(self._count, first, end)
        return np.where(count > 0, count, np.nan)


def _run(values: FloatMatrix) -> FloatMatrix:
    return np.pad(values.cumsum(axis=1), ((0, 0), (1, 0)))

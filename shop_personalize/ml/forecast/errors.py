"""How far off a forecast was.

Arrays are float64 (n, h): n series, h periods, NaN where the truth is not known. What
is held against it must be known there: ScoreError says how often it is not.
References: Hyndman & Koehler (2006), "Another look at measures of forecast accuracy";
Makridakis et al. (2022), "M5 accuracy competition"; Koenker & Bassett (1978) for the
pinball loss; Gneiting & Raftery (2007) for the interval score.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.lengths import known_means

FloatMatrix = NDArray[np.float64]
Vector = NDArray[np.float64]


class ScoreError(ValueError):
    """An error that is not defined for these values; the text says why."""


def smape(truth: FloatMatrix, forecast: FloatMatrix) -> float:
    """Mean of 200 |y - f| / (|y| + |f|) over all points, percent; 0 for 0 against 0."""
    truth, forecast = _pair(truth, forecast)
    size = np.abs(truth) + np.abs(forecast)
    off = np.abs(truth - forecast)
    each = np.divide(200 * off, size, out=np.zeros_like(off), where=size > 0)
    return float(np.mean(each[~np.isnan(truth)]))


def wape(truth: FloatMatrix, forecast: FloatMatrix) -> float:
    """Sum of |y - f| by the sum of |y|; raises ScoreError where nothing was sold."""
    truth, forecast = _pair(truth, forecast)
    size = float(np.nansum(np.abs(truth)))
    if size == 0:
        raise ScoreError("WAPE is not defined: every true value is 0")
    return float(np.nansum(np.abs(truth - forecast))) / size


def bias(truth: FloatMatrix, forecast: FloatMatrix) -> float:
    """Sum of f - y by the sum of y: .1 is a tenth too much; raises as ``wape``."""
    truth, forecast = _pair(truth, forecast)
    size = float(np.nansum(truth))
    if size == 0:
        raise ScoreError("bias is not defined: the true values sum to 0")
    return float(np.nansum(forecast - truth)) / size


def mase(
    truth: FloatMatrix, forecast: FloatMatrix, past: FloatMatrix, season: int = 1
) -> Vector:
    """Mean |y - f| of each series by that of its seasonal naive forecast: (n,).

    ``past`` (n, T) is what the forecast had seen. NaN for a series whose past never
    changed: it has no scale.
    """
    truth, forecast = _pair(truth, forecast)
    return known_means(np.abs(truth - forecast)) / _scale(np.abs(_steps(past, season)))


def rmsse(
    truth: FloatMatrix, forecast: FloatMatrix, past: FloatMatrix, season: int = 1
) -> Vector:
    """Root of the mean (y - f)² by that of the seasonal naive forecast: (n,)."""
    truth, forecast = _pair(truth, forecast)
    scale = _scale(_steps(past, season) ** 2)
    found: Vector = np.sqrt(known_means((truth - forecast) ** 2) / scale)
    return found


def pinball(truth: FloatMatrix, quantile: FloatMatrix, level: float) -> float:
    """Mean loss of a quantile: ``level`` a unit too low, 1 - ``level`` too high."""
    _check(level)
    truth, quantile = _pair(truth, quantile)
    short = truth - quantile
    return float(np.nanmean(np.maximum(level * short, (level - 1) * short)))


def coverage(truth: FloatMatrix, lower: FloatMatrix, upper: FloatMatrix) -> float:
    """The share of known outcomes within ``lower`` and ``upper``, ends included."""
    (truth, lower), (_, upper) = _pair(truth, lower), _pair(truth, upper)
    inside = (truth >= lower) & (truth <= upper)
    return float(inside[~np.isnan(truth)].mean())


def interval_score(
    truth: FloatMatrix, lower: FloatMatrix, upper: FloatMatrix, level: float
) -> float:
    """Mean width plus 2 / (1 - level) times what lies outside; the less the better."""
    _check(level)
    (truth, lower), (_, upper) = _pair(truth, lower), _pair(truth, upper)
    outside = np.maximum(lower - truth, 0) + np.maximum(truth - upper, 0)
    return float(np.nanmean(upper - lower + 2 / (1 - level) * outside))


def _pair(truth: Any, other: Any) -> tuple[FloatMatrix, FloatMatrix]:
    first, second = np.asarray(truth, np.float64), np.asarray(other, np.float64)
    if first.shape != second.shape:
        raise ScoreError(f"the truth is {first.shape}, the forecast {second.shape}")
    if not np.any(~np.isnan(first)):
        raise ScoreError("no true value is known")
    lost = int((np.isnan(second) & ~np.isnan(first)).sum())
    if lost:
        raise ScoreError(f"the forecast is NaN at {lost} known values of the truth")
    return first, second


def _check(level: float) -> None:
    if not 0 < level < 1:
        raise ScoreError(f"level must lie between 0 and 1, not {level}")


def _steps(past: FloatMatrix, season: int) -> FloatMatrix:
    past = np.asarray(past, np.float64)
    if not 1 <= season < past.shape[1]:
        raise ScoreError(f"season must be 1 to {past.shape[1] - 1}, not {season}")
    found: FloatMatrix = past[:, season:] - past[:, :-season]
    return found


def _scale(values: FloatMatrix) -> Vector:
    found = known_means(values)
    return np.where(found > 0, found, np.nan)

"""What a season adds: whether there is one, and how much of it to believe.

References: classical decomposition by ratio to moving average; Assimakopoulos &
Nikolopoulos (2000), "The theta model" (the test for a season, here one-sided and more
lenient); Miller & Williams (2003), "Shrinkage estimators of time series seasonal
factors" (James-Stein).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.lengths import known_lengths
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel

BoolVector = NDArray[np.bool_]

CRITICAL = 1.0
"""Autocorrelation above this many standard errors is a season.

A lenient test: indices of a weak season are drawn to 1 anyway.
"""
MEMORY = 0.8
"""What a season weighs by the next: seasons change."""
ROWS = 4096
"""Series worked on at once."""


def is_seasonal(panel: Panel, critical: float = CRITICAL) -> BoolVector:
    """Which series repeat themselves every ``panel.season`` periods: bool (n,).

    The autocorrelation at one season, held against ``critical`` of Bartlett's standard
    errors. Never for fewer than two seasons and two periods, nor without a season of 2
    or more.
    """
    values, season = panel.values, panel.season
    found = np.zeros(len(panel), np.bool_)
    if season < 2:
        return found
    rows = np.flatnonzero(can_be_tested(panel))
    for start in range(0, len(rows), ROWS):
        part = rows[start : start + ROWS]
        found[part] = _repeats(values[part], season, critical)
    return found


def can_be_tested(panel: Panel) -> BoolVector:
    """Which series are long enough for ``is_seasonal``: bool (n,)."""
    return known_lengths(panel.values) >= 2 * panel.season + 2


def _repeats(values: FloatMatrix, season: int, critical: float) -> BoolVector:
    lengths = known_lengths(values)
    around = np.nan_to_num(values - np.nanmean(values, axis=1, keepdims=True))
    power = np.einsum("nt,nt->n", around, around)
    safe = np.where(power > 0, power, 1.0)
    squares = np.zeros(len(values))
    for lag in range(1, season):
        shared = np.einsum("nt,nt->n", around[:, lag:], around[:, :-lag])
        squares += (shared / safe) ** 2
    shared = np.einsum("nt,nt->n", around[:, season:], around[:, :-season])
    limit = critical * np.sqrt((1 + 2 * squares) / lengths)
    found: BoolVector = (power > 0) & (shared / safe > limit)
    return found


def indices(
    values: FloatMatrix, season: int, memory: float = MEMORY, *, shrink: bool = True
) -> FloatMatrix:
    """Multiplicative seasonal indices with a mean of 1: float64 (n, season).

    ``values`` (n, T) right-aligned, NaN before a series begins; the last index is that
    of the last period. Where the mean of some season is not known, or nothing but zeros
    is, every index is 1. A season weighs ``memory`` of the next. ``shrink`` draws the
    indices to 1 by what noise explains of their spread (James-Stein).
    """
    found = np.ones((len(values), season))
    for start in range(0, len(values), ROWS):
        rows = slice(start, start + ROWS)
        found[rows] = _indices(values[rows], season, memory, shrink=shrink)
    return found


def _indices(
    values: FloatMatrix, season: int, memory: float, *, shrink: bool
) -> FloatMatrix:
    ratios = by_cycle(ratio_to_trend(values, season), season)
    known = ~np.isnan(ratios)
    weights = known * memory ** np.arange(known.shape[1], 0, -1.0)[:, None]
    total = weights.sum(axis=1)
    safe = np.where(total > 0, total, 1.0)
    means = (weights * np.where(known, ratios, 0.0)).sum(axis=1) / safe
    complete = (total > 0).all(axis=1) & (means.mean(axis=1) > 0)
    means = np.where(complete[:, None], means, 1.0)
    means /= means.mean(axis=1, keepdims=True)
    if shrink:
        squares = np.where(known, ratios - means[:, None], 0.0) ** 2
        degrees = np.maximum(known.sum(axis=1) - 1, 0).sum(axis=1)
        variance = squares.sum(axis=(1, 2)) / np.maximum(degrees, 1)
        share = (weights * weights).sum(axis=1) / (safe * safe)
        means = _shrunken(means, variance * share.mean(axis=1))
    return np.where(complete[:, None], means, 1.0)


def _shrunken(raw: FloatMatrix, noise: NDArray[np.float64]) -> FloatMatrix:
    season = raw.shape[1]
    spread = ((raw - 1) ** 2).sum(axis=1)
    share = (season - 3) * noise / np.where(spread > 0, spread, 1.0)
    kept: NDArray[np.float64] = 1 - share.clip(0.0, 1.0)
    return 1 + kept[:, None] * (raw - 1)


def ratio_to_trend(values: FloatMatrix, season: int) -> FloatMatrix:
    """Each value by the centered mean of the season around it: float64 (n, T).

    NaN where less than half a season is known on either side or the mean is not
    positive.
    """
    half = season // 2
    weights = np.ones(2 * half + 1) / season
    if season % 2 == 0:
        weights[[0, -1]] /= 2
    periods = values.shape[1]
    found = np.full(values.shape, np.nan)
    if periods < len(weights):
        return found
    inner = periods - 2 * half
    trend = np.zeros((len(values), inner))
    for shift, weight in enumerate(weights):
        trend += weight * values[:, shift : shift + inner]
    trend[~(trend > 0)] = np.nan
    found[:, half : half + inner] = values[:, half : half + inner] / trend
    return found


def by_cycle(values: FloatMatrix, season: int) -> FloatMatrix:
    """Fold (n, T) into (n, cycles, season), the last period last; NaN in front."""
    missing = -values.shape[1] % season
    padded = np.pad(values, ((0, 0), (missing, 0)), constant_values=np.nan)
    cycles = padded.shape[1] // season
    return padded.reshape(len(values), cycles, season)


def unfold(seasons: FloatMatrix, periods: int) -> FloatMatrix:
    """The index of each of the last ``periods`` periods: float64 (n, periods)."""
    season = seasons.shape[1]
    return seasons[:, np.arange(-periods, 0) % season]


def ahead(seasons: FloatMatrix, horizon: int) -> FloatMatrix:
    """The index of each of the next ``horizon`` periods: float64 (n, horizon)."""
    return seasons[:, np.arange(horizon) % seasons.shape[1]]

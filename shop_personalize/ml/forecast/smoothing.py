"""Exponential smoothing: level, trend, damped trend.

Parameters are taken from a grid; the first level and slope that fit best under each are
solved exactly, as the errors are linear in them.

References: Holt (1957), "Forecasting seasonals and trends by exponentially weighted
moving averages"; Gardner & McKenzie (1985), "Forecasting trends in time series";
Hyndman, Koehler, Ord & Snyder (2008), "Forecasting with exponential smoothing".
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.base import Forecaster
from shop_personalize.ml.forecast.lengths import (
    Block,
    blocks,
    centered,
    known_lengths,
)
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel
from shop_personalize.ml.forecast.parameters import shares

Vector = NDArray[np.float64]

LEVELS = (0.02, 0.07, 0.15, 0.3, 0.45, 0.6, 0.8, 0.99)
TRENDS = (0.0, 0.05, 0.15, 0.4)
"""Share of the level's correction that goes into the slope."""
DAMPINGS = (0.8, 0.9, 0.95, 0.98)
SHORT = 5
"""Series of fewer values get no trend: two of them would already be a line."""
CELLS = 16_384
"""Series times parameters worked on at once, so that they stay in the cache."""
RIDGE = 1e-9


@dataclass(frozen=True, eq=False)
class Grid:
    """G sets of parameters: ``alpha``, ``beta`` and ``phi`` float64 (G,).

    f = l + phi b; e = y - f; l = f + alpha e; b = phi b + beta e. ``sloped`` False
    holds the slope at 0.
    """

    alpha: Vector
    beta: Vector
    phi: Vector
    sloped: bool = True

    @classmethod
    def of(
        cls, levels: Sequence[float], trends: Sequence[float], dampings: Sequence[float]
    ) -> Grid:
        """Every combination; ``trends`` are shares of the level's parameter.

        Raises PanelError for a parameter outside 0 and 1 or none.
        """
        checked = (
            shares("levels", levels, zero=True),
            shares("trends", trends, zero=True),
            shares("dampings", dampings, zero=True),
        )
        alpha, share, phi = (each.ravel() for each in np.meshgrid(*checked))
        return cls(alpha, alpha * share, phi)

    @classmethod
    def flat(cls, levels: Sequence[float]) -> Grid:
        """No slope at all; raises as ``of``."""
        alpha = shares("levels", levels, zero=True)
        return cls(alpha, np.zeros_like(alpha), np.zeros_like(alpha), sloped=False)

    def responses(self, steps: int) -> tuple[FloatMatrix, FloatMatrix]:
        """Change of the error at each step by a unit of first level, of first slope.

        Two float64 (steps, G).
        """
        found = np.empty((2, steps, len(self.alpha)))
        for which in (0, 1):
            level = np.full_like(self.alpha, 1.0 - which)
            slope = np.full_like(self.alpha, float(which))
            for step in range(steps):
                error = -(level + self.phi * slope)
                found[which, step] = error
                level = -error + self.alpha * error
                slope = self.phi * slope + self.beta * error
        return found[0], found[1]


class _Smoothing(Forecaster):
    """Level, slope and damping of each series, float64 (n,), at its end."""

    level_: Vector
    slope_: Vector
    damping_: Vector

    @abstractmethod
    def _grid(self) -> Grid: ...

    def _fit(self, panel: Panel) -> None:
        self.level_ = np.zeros(len(panel))
        self.slope_ = np.zeros(len(panel))
        self.damping_ = np.zeros(len(panel))
        short = known_lengths(panel.values) < SHORT
        for grid, which in (
            (self._grid(), ~short),
            (Grid.flat(LEVELS), short),
        ):
            width = max(CELLS // len(grid.alpha), 1)
            for block in blocks(panel.values, width, np.flatnonzero(which)):
                self._learn(grid, block)

    def _learn(self, grid: Grid, block: Block) -> None:
        around, means = centered(block)
        chosen, level, slope = best(grid, around)
        alpha, beta = grid.alpha[chosen], grid.beta[chosen]
        phi = grid.phi[chosen]
        level, slope = run(around, (alpha, beta, phi), level, slope)
        self.level_[block.rows] = level + means
        self.slope_[block.rows] = slope
        self.damping_[block.rows] = phi

    def _predict(self, horizon: int) -> FloatMatrix:
        powers = self.damping_[:, None] ** np.arange(1, horizon + 1)
        sums: FloatMatrix = powers.cumsum(axis=1)
        return self.level_[:, None] + self.slope_[:, None] * sums


def best(grid: Grid, block: Block) -> tuple[NDArray[np.int64], Vector, Vector]:
    """The set of parameters with the least squared error of each series.

    Also the first level and slope under it; three (k,).
    """
    one, two = grid.responses(len(block.values))
    sums = _sums(grid, block, one, two)
    gram = [
        each.cumsum(axis=0)[block.lengths - 1]
        for each in (one * one, one * two, two * two)
    ]
    level, slope, error = _solved(sums, gram, sloped=grid.sloped)
    chosen = error.argmin(axis=1)
    at = np.arange(len(chosen))
    return chosen, level[at, chosen], slope[at, chosen]


def _sums(
    grid: Grid, block: Block, one: FloatMatrix, two: FloatMatrix
) -> list[FloatMatrix]:
    """Sums of e*e, e*one and e*two, each (k, G), for a first level and slope of 0."""
    shape = (block.values.shape[1], len(grid.alpha))
    level, slope, error, work, *sums = (np.zeros(shape) for _ in range(7))
    for step, count in enumerate(block.running()):
        now, b, e, w = (each[:count] for each in (level, slope, error, work))
        np.multiply(b, grid.phi, out=b)
        np.add(now, b, out=now)
        np.subtract(block.values[step, :count, None], now, out=e)
        for total, factor in zip(sums, (e, one[step], two[step]), strict=True):
            np.multiply(e, factor, out=w)
            total[:count] += w
        np.multiply(e, grid.alpha, out=w)
        now += w
        np.multiply(e, grid.beta, out=w)
        b += w
    return sums


def _solved(
    sums: list[FloatMatrix], gram: list[FloatMatrix], *, sloped: bool
) -> tuple[FloatMatrix, FloatMatrix, FloatMatrix]:
    """First level, first slope and the squared error they leave; each (k, G)."""
    ee, eu, ev = sums
    uu, uv, vv = gram
    uu = uu * (1 + RIDGE)
    if not sloped:
        level = -eu / uu
        return level, np.zeros_like(level), ee + level * eu
    vv = vv * (1 + RIDGE)
    determinant = uu * vv - uv * uv
    level = (uv * ev - vv * eu) / determinant
    slope = (uv * eu - uu * ev) / determinant
    return level, slope, ee + level * eu + slope * ev


def run(
    block: Block,
    parameters: tuple[Vector, Vector, Vector],
    level: Vector,
    slope: Vector,
) -> tuple[Vector, Vector]:
    """Level and slope (k,) at each series' end, from those before its first value."""
    alpha, beta, phi = parameters
    level, slope = level.copy(), slope.copy()
    for step, k in enumerate(block.running()):
        expected = level[:k] + phi[:k] * slope[:k]
        error = block.values[step, :k] - expected
        level[:k] = expected + alpha[:k] * error
        slope[:k] = phi[:k] * slope[:k] + beta[:k] * error
    return level, slope


class SES(_Smoothing):
    """Simple exponential smoothing: a level, no trend."""

    name: ClassVar[str] = "simple smoothing"

    def __init__(self, levels: Sequence[float] = LEVELS) -> None:
        self.levels = levels

    def _grid(self) -> Grid:
        return Grid.flat(self.levels)


class Holt(_Smoothing):
    """A level and a trend that goes on."""

    name: ClassVar[str] = "Holt"

    def __init__(
        self, levels: Sequence[float] = LEVELS, trends: Sequence[float] = TRENDS
    ) -> None:
        self.levels = levels
        self.trends = trends

    def _grid(self) -> Grid:
        return Grid.of(self.levels, self.trends, (1.0,))


class Damped(_Smoothing):
    """A level and a trend that fades."""

    name: ClassVar[str] = "damped trend"

    def __init__(
        self,
        levels: Sequence[float] = LEVELS,
        trends: Sequence[float] = TRENDS,
        dampings: Sequence[float] = DAMPINGS,
    ) -> None:
        self.levels = levels
        self.trends = trends
        self.dampings = dampings

    def _grid(self) -> Grid:
        return Grid.of(self.levels, self.trends, self.dampings)

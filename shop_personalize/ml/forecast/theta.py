"""The theta method: simple smoothing and the line through the series, together.

References: Assimakopoulos & Nikolopoulos (2000), "The theta model"; Hyndman & Billah
(2003), "Unmasking the theta method"; Fiorucci, Pellegrini, Louzada, Petropoulos &
Koehler (2016), "Models for optimising the theta method".
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.base import Forecaster
from shop_personalize.ml.forecast.lengths import Block, blocks, centered
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel, PanelError
from shop_personalize.ml.forecast.parameters import shares

Vector = NDArray[np.float64]

LEVELS = (0.01, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99)
WIDTH = 512
"""Series worked on at once."""
TINY = 1e-12


class _Lines(Forecaster):
    """What is forecast is a line: ``level_`` one step ahead and ``slope_``, (n,)."""

    level_: Vector
    slope_: Vector

    def _fit(self, panel: Panel) -> None:
        self.level_ = np.zeros(len(panel))
        self.slope_ = np.zeros(len(panel))
        for block in blocks(panel.values, WIDTH):
            around, means = centered(block)
            level, slope = self._line(around)
            self.level_[block.rows] = level + means
            self.slope_[block.rows] = slope

    @abstractmethod
    def _line(self, block: Block) -> tuple[Vector, Vector]: ...

    def _predict(self, horizon: int) -> FloatMatrix:
        return self.level_[:, None] + self.slope_[:, None] * np.arange(horizon)


class Theta(_Lines):
    """The line through all values weighs 1 - 1/theta; ``theta`` 2 is the classic.

    The smoothing parameter is the one of ``levels`` with the least squared error, the
    first level under it is solved exactly.
    """

    name: ClassVar[str] = "theta"

    def __init__(self, theta: float = 2.0, levels: Sequence[float] = LEVELS) -> None:
        self.theta = theta
        self.levels = levels

    def _line(self, block: Block) -> tuple[Vector, Vector]:
        if not self.theta >= 1:
            raise PanelError(f"theta must be 1 or more, not {self.theta}")
        weight = 1 - 1 / self.theta
        alpha = shares("levels", self.levels)[:, None]
        intercept, slope = _through(block)
        state, rr, ru, uu = (np.zeros((len(alpha), len(slope))) for _ in range(4))
        for step, k in enumerate(block.running()):
            first, pull = _pull(alpha, step, intercept[:k], slope[:k])
            y = block.values[step, :k]
            rest = y - state[:, :k] - weight * pull
            rr[:, :k] += rest * rest
            ru[:, :k] += rest * first
            uu[:, :k] += first * first
            state[:, :k] += alpha * (y - state[:, :k])
        begin = ru / uu
        chosen = (rr - begin * ru).argmin(axis=0)
        at = np.arange(len(chosen))
        first, pull = _pull(alpha, block.lengths, intercept, slope)
        level = state + first * begin + weight * pull
        return level[chosen, at], weight * slope


class DynamicTheta(_Lines):
    """The line moves on with every value and its weight is solved (DOTM).

    One forecast for each smoothing parameter of ``levels``, averaged with weights
    SSE ** (-T / 2): their likelihoods. The first ``skip`` errors, made when there was
    no line yet, do not count. A series of fewer than ``skip + 3`` values gets the
    static method with theta 2.
    """

    name: ClassVar[str] = "dynamic theta"

    def __init__(self, levels: Sequence[float] = LEVELS, skip: int = 2) -> None:
        self.levels = levels
        self.skip = skip

    def _fit(self, panel: Panel) -> None:
        if self.skip < 1:
            raise PanelError(f"skip must be 1 error or more, not {self.skip}")
        super()._fit(panel)
        short = np.flatnonzero(panel.periods - panel.starts < self.skip + 3)
        if len(short):
            static = Theta(levels=self.levels)
            static._fit(panel.take(short))
            self.level_[short], self.slope_[short] = static.level_, static.slope_

    def _line(self, block: Block) -> tuple[Vector, Vector]:
        alpha = shares("levels", self.levels)[:, None]
        intercepts, slopes = _lines_so_far(block)
        count = len(block.lengths)
        state, *sums = (np.zeros((len(alpha), count)) for _ in range(7))
        for step, k in enumerate(block.running()):
            y = block.values[step, :k]
            if step >= self.skip:
                first, pull = _pull(alpha, step, intercepts[step, :k], slopes[step, :k])
                _add(sums, k, y - state[:, :k], first, pull)
            state[:, :k] += alpha * (y - state[:, :k])
        begin, weight, error = _weighed(sums)
        last = np.arange(count)
        intercept, slope = intercepts[block.lengths, last], slopes[block.lengths, last]
        first, pull = _pull(alpha, block.lengths, intercept, slope)
        share = _likelihood(error, sums[0], block.lengths)
        level = state + first * begin + weight * pull
        return (share * level).sum(axis=0), (share * weight).sum(axis=0) * slope


def _pull(
    alpha: FloatMatrix,
    step: int | NDArray[np.int64],
    intercept: Vector,
    slope: Vector,
) -> tuple[FloatMatrix, FloatMatrix]:
    """What of the first level is left after ``step`` values, and the line's part."""
    left = (1 - alpha) ** step
    return left, left * intercept + (1 - left * (1 - alpha)) / alpha * slope


def _through(block: Block) -> tuple[Vector, Vector]:
    """Intercept and slope (k,) of the line through each series at 1, 2, …, T."""
    steps = np.arange(1.0, len(block.values) + 1)
    return _line_of(
        block.lengths.astype(np.float64),
        block.values.sum(axis=0),
        steps @ block.values,
    )


def _lines_so_far(block: Block) -> tuple[FloatMatrix, FloatMatrix]:
    """Intercept and slope (T + 1, k) of the line through the first t values."""
    steps = np.arange(len(block.values) + 1.0)[:, None]
    padded = np.concatenate([np.zeros((1, len(block.lengths))), block.values])
    total = padded.cumsum(axis=0)
    return _line_of(steps, total, (steps * padded).cumsum(axis=0))


def _line_of(
    count: FloatMatrix, total: FloatMatrix, moment: FloatMatrix
) -> tuple[FloatMatrix, FloatMatrix]:
    center = (count + 1) / 2
    spread = count * (count * count - 1) / 12
    slope = (moment - center * total) / np.where(spread > 0, spread, np.inf)
    return total / np.maximum(count, 1) - slope * center, slope


def _add(
    sums: list[FloatMatrix], k: int, rest: FloatMatrix, u: FloatMatrix, v: FloatMatrix
) -> None:
    rr, ru, rv, uu, uv, vv = (each[:, :k] for each in sums)
    rr += rest * rest
    ru += rest * u
    rv += rest * v
    uu += u * u
    uv += u * v
    vv += v * v


def _weighed(
    sums: list[FloatMatrix],
) -> tuple[FloatMatrix, FloatMatrix, FloatMatrix]:
    """First level, weight of the line within 0 and 1, squared error left."""
    rr, ru, rv, uu, uv, vv = sums
    uu = np.where(uu > 0, uu, 1.0)
    free = uu * vv - uv * uv
    usable = free > TINY * uu * vv
    weight = np.where(usable, uu * rv - uv * ru, 0.0) / np.where(usable, free, 1.0)
    weight = weight.clip(0.0, 1.0)
    begin = (ru - weight * uv) / uu
    error = rr - 2 * (begin * ru + weight * rv)
    error += begin * begin * uu + 2 * begin * weight * uv + weight * weight * vv
    return begin, weight, error


def _likelihood(
    error: FloatMatrix, whole: FloatMatrix, lengths: NDArray[np.int64]
) -> FloatMatrix:
    """Shares (A, k) that sum to 1 over the parameters."""
    least = TINY * whole.max(axis=0) + np.finfo(np.float64).tiny
    logs = -0.5 * lengths * np.log(np.maximum(error, least))
    shares = np.exp(logs - logs.max(axis=0))
    found: FloatMatrix = shares / shares.sum(axis=0)
    return found

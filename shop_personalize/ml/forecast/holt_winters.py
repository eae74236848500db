"""Exponential smoothing of a level, a fading trend and a season.

The additive form by errors: f = l + phi b + s; e = y - f; l = l + phi b + alpha e;
b = phi b + beta e; s = s + gamma e, s that of a season ago. All first states are solved
exactly, as the errors are linear in them. The multiplicative form is the additive one
of logarithms.

References: Winters (1960), "Forecasting sales by exponentially weighted moving
averages"; Hyndman, Koehler, Ord & Snyder (2008), "Forecasting with exponential
smoothing" (the ETS(A,Ad,A) model).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.base import Forecaster, free
from shop_personalize.ml.forecast.combined import OnLogs
from shop_personalize.ml.forecast.lengths import (
    Block,
    IntVector,
    blocks,
    centered,
    known_lengths,
)
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel
from shop_personalize.ml.forecast.smoothing import Damped

Vector = NDArray[np.float64]
Cube = NDArray[np.float64]

LEVELS = (0.05, 0.2, 0.5, 0.8)
TRENDS = (0.0, 0.1)
"""Share of the level's correction that goes into the slope."""
SEASONS = (0.0, 0.1, 0.3)
"""Share of what the level leaves of an error that goes into the season."""
DAMPINGS = (0.9, 0.98)
WIDTH = 32
"""Series worked on at once."""
RIDGE = 1e-9


@dataclass(frozen=True, eq=False)
class Parameters:
    """G sets of ``alpha``, ``beta``, ``gamma``, ``phi``, each float64 (G,)."""

    alpha: Vector
    beta: Vector
    gamma: Vector
    phi: Vector

    @classmethod
    def of(cls, *choices: Sequence[float]) -> Parameters:
        """Every combination of levels, trends, seasons and dampings."""
        alpha, trend, season, phi = (each.ravel() for each in np.meshgrid(*choices))
        return cls(alpha, alpha * trend, (1 - alpha) * season, phi)

    def take(self, chosen: IntVector) -> Parameters:
        """Those of each series: ``chosen`` int64 (k,)."""
        return Parameters(
            self.alpha[chosen], self.beta[chosen], self.gamma[chosen], self.phi[chosen]
        )


@dataclass(eq=False)
class _States:
    """``level`` and ``slope`` of any shape, ``seasons`` (season, *shape)."""

    level: Cube
    slope: Cube
    seasons: Cube

    def step(self, value: Cube | float, step: int, given: Parameters, k: int) -> Cube:
        """See one value of the first k; gives the error made, moves on in place."""
        place = step % len(self.seasons)
        level, slope = self.level[:k], self.slope[:k]
        season = self.seasons[place, :k]
        slope *= given.phi
        level += slope
        error: Cube = value - level - season
        level += given.alpha * error
        slope += given.beta * error
        season += given.gamma * error
        return error


class HoltWinters(Forecaster):
    """Level, fading trend and season; ``multiplicative`` where all values are positive.

    A series of fewer than two seasons and two periods gets the damped trend.
    """

    name: ClassVar[str] = "Holt-Winters"

    def __init__(self, *, multiplicative: bool = False) -> None:
        self.multiplicative = multiplicative

    def _fit(self, panel: Panel) -> None:
        if self.multiplicative:
            self.fitted_: Forecaster = OnLogs(HoltWinters()).fit(panel)
            return
        self.fitted_ = free(Damped()).fit(panel)
        long = known_lengths(panel.values) >= 2 * panel.season + 2
        self.rows_ = np.flatnonzero(long & (panel.season > 1))
        self.level_, self.slope_, self.damping_ = (np.zeros(len(panel)) for _ in "lsd")
        self.seasons_ = np.zeros((len(panel), panel.season))
        grid = Parameters.of(LEVELS, TRENDS, SEASONS, DAMPINGS)
        for block in blocks(panel.values, WIDTH, self.rows_):
            self._learn(grid, block, panel.season)

    def _learn(self, grid: Parameters, block: Block, season: int) -> None:
        around, means = centered(block)
        chosen, first = _best(grid, around, season)
        given = grid.take(chosen)
        states = _States(first[0].copy(), first[1].copy(), first[2:].copy())
        for step, k in enumerate(block.running()):
            some = Parameters(
                given.alpha[:k], given.beta[:k], given.gamma[:k], given.phi[:k]
            )
            states.step(around.values[step, :k], step, some, k)
        self.level_[block.rows] = states.level + means
        self.slope_[block.rows] = states.slope
        self.damping_[block.rows] = given.phi
        places = (block.lengths + np.arange(season)[:, None]) % season
        self.seasons_[block.rows] = np.take_along_axis(states.seasons, places, axis=0).T

    def _predict(self, horizon: int) -> FloatMatrix:
        found = self.fitted_.predict(horizon)
        if self.multiplicative:
            return found
        rows = self.rows_
        powers = self.damping_[rows, None] ** np.arange(1, horizon + 1)
        steps = np.arange(horizon) % self.seasons_.shape[1]
        found[rows] = (
            self.level_[rows, None]
            + self.slope_[rows, None] * powers.cumsum(axis=1)
            + self.seasons_[rows][:, steps]
        )
        return found


def _best(grid: Parameters, block: Block, season: int) -> tuple[IntVector, FloatMatrix]:
    """Parameters with the least squared error (k,), and the first states under them.

    States (2 + season, k): level, slope, and the seasons, which sum to 0.
    """
    inputs = _responses(grid, len(block.values), season)
    errors = _errors(grid, block, season)
    shared = inputs @ errors
    chosen = np.zeros(len(block.lengths), np.int64)
    first = np.zeros((inputs.shape[1], len(chosen)))
    for length in np.unique(block.lengths):
        rows = np.flatnonzero(block.lengths == length)
        seen = inputs[:, :, :length]
        gram = seen @ seen.transpose(0, 2, 1)
        gram += (
            RIDGE
            * np.trace(gram, axis1=1, axis2=2)[:, None, None]
            * np.eye(gram.shape[1])
        )
        solved = -np.linalg.solve(gram, shared[:, :, rows])
        left = (solved * shared[:, :, rows]).sum(axis=1)
        left += np.einsum("gtk,gtk->gk", errors[:, :, rows], errors[:, :, rows])
        chosen[rows] = left.argmin(axis=0)
        first[:, rows] = solved[chosen[rows], :, np.arange(len(rows))].T
    last = -first[2:].sum(axis=0, keepdims=True)
    return chosen, np.concatenate([first, last])


def _responses(grid: Parameters, steps: int, season: int) -> Cube:
    """What a unit of each first state changes in the errors: (G, 1 + season, steps).

    The states: level, slope, all seasons but the last, which makes up for the others.
    """
    count, sets = 1 + season, len(grid.alpha)
    states = _States(
        np.zeros((count, sets)),
        np.zeros((count, sets)),
        np.zeros((season, count, sets)),
    )
    states.level[0] = 1
    states.slope[1] = 1
    for each in range(season - 1):
        states.seasons[each, 2 + each] = 1
        states.seasons[-1, 2 + each] = -1
    found = [states.step(0.0, step, grid, count) for step in range(steps)]
    return np.ascontiguousarray(np.array(found).transpose(2, 1, 0))


def _errors(grid: Parameters, block: Block, season: int) -> Cube:
    """Errors (G, T, k) where every first state is 0; 0 after a series ended."""
    count, sets = len(block.lengths), len(grid.alpha)
    states = _States(
        np.zeros((count, sets)),
        np.zeros((count, sets)),
        np.zeros((season, count, sets)),
    )
    found = np.zeros((sets, len(block.values), count))
    for step, k in enumerate(block.running()):
        error = states.step(block.values[step, :k, None], step, grid, k)
        found[:, step, :k] = error.T
    return found

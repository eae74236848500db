"""How long stock lasts and how much to order: numbers in, numbers out, all at once.

Demand of a product is known by ``mean`` (n, H), the units expected in each coming
period, and ``totals`` (n, L, S): for each level of ``levels`` the quantile of the sum
over the first ``spans`` periods. Time is in days from today; ``elapsed`` days of the
first period are over. Between the points told, straight lines are drawn, in days and in
the normal quantile of the level. Beyond the horizon the mean goes on at its last rate
and the spread as the root of time.

Order-up-to policy with periodic review: Silver, Pyke and Thomas, Inventory and
Production Management in Supply Chains (2017), ch. 6.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

LATEST = 365.0
"""Days ahead beyond which nobody looks."""
FARTHEST, GRID = 3.2, 65
"""Normal scores between which a chance is looked for, and points looked at."""
MOST = 1e9
"""Units beyond which an order is a fault of the data."""
STEPS = 24
"""Halvings in a search for a day: within seconds."""


@dataclass(frozen=True, eq=False)
class Outlook:
    """What will be asked for of n products."""

    mean: Matrix
    totals: NDArray[np.float64]
    levels: tuple[float, ...]
    spans: tuple[int, ...]
    period_days: float
    elapsed: float = 0.0

    @property
    def rate(self) -> Vector:
        """Units a day, on average over the horizon."""
        found: Vector = self.mean.mean(axis=1) / self.period_days
        return found

    def expected(self, days: Vector) -> Vector:
        """Units within the next ``days`` (n,)."""
        return self._cumulated(days + self.elapsed) - self._cumulated(
            np.full(len(self.mean), self.elapsed)
        )

    def _cumulated(self, days: Vector) -> Vector:
        horizon = self.mean.shape[1]
        sums = np.concatenate(
            [np.zeros((len(self.mean), 1)), np.cumsum(self.mean, axis=1)], axis=1
        )
        at = np.maximum(days, 0.0) / self.period_days
        whole = np.minimum(np.floor(at), horizon - 1).astype(np.int64)
        rows = np.arange(len(at))
        rest = np.minimum(at, horizon) - whole
        inside = sums[rows, whole] + rest * self.mean[rows, whole]
        beyond = np.maximum(at - horizon, 0.0) * self.mean[rows, -1]
        found: Vector = inside + beyond
        return found

    def spread(self, days: Vector, level: Vector) -> Vector:
        """By how much the quantile of the sum over ``days`` lies above its mean."""
        scores = np.asarray(norm.ppf(self.levels))
        return _across(scores, self._above(days), np.asarray(norm.ppf(level)))

    def quantiles(self, days: Vector) -> Matrix:
        """What the sum over ``days`` stays below, at each of ``levels``: (n, L)."""
        found = np.maximum(self.expected(days)[:, None] + self._above(days), 0.0)
        return np.maximum.accumulate(found, axis=1)

    def _above(self, days: Vector) -> Matrix:
        """The same at each of ``levels``: (n, L)."""
        points = np.array(self.spans, np.float64) * self.period_days
        above = self.totals - self._told_means()[:, None, :]
        at = np.maximum(days, 0.0)
        far = np.sqrt(np.maximum(at / points[-1], 1.0))
        told = _along(np.concatenate([[0.0], points]), _from_zero(above), at)
        return told * far[:, None]

    def chance_beyond(self, days: Vector, units: Vector) -> Vector:
        """The chance that more than ``units`` are asked for within ``days``."""
        scores, above = np.asarray(norm.ppf(self.levels)), self._above(days)
        means = self.expected(days)
        grid = np.linspace(-FARTHEST, FARTHEST, GRID)
        n = len(means)
        quantiles = np.stack(
            [means + _across(scores, above, np.full(n, z)) for z in grid]
        )
        quantiles = np.maximum.accumulate(np.maximum(quantiles, 0.0), axis=0)
        below = (quantiles <= units).sum(axis=0)
        right = np.clip(below, 1, GRID - 1)
        rows = np.arange(n)
        low, high = quantiles[right - 1, rows], quantiles[right, rows]
        share = np.divide(units - low, high - low, out=np.zeros(n), where=high > low)
        z = grid[right - 1] + np.clip(share, 0.0, 1.0) * (grid[1] - grid[0])
        found: Vector = np.asarray(norm.sf(z))
        return np.where(below == 0, 1.0, np.where(below == GRID, 0.0, found))

    def lasts(self, units: Vector) -> Vector:
        """Days until so many units are expected to be gone; inf where none is asked."""
        return self._last_day(lambda days: units - self.expected(days))

    def wait(self, units: Vector, lead: Vector) -> Vector:
        """Days that an order may wait: then ``units`` just cover the lead time."""

        def left(days: Vector) -> Vector:
            return units - self.expected(days + lead)

        found = self._last_day(left)
        return np.where(left(np.zeros_like(units)) < 0, 0.0, found)

    def _last_day(self, left: Callable[[Vector], Vector]) -> Vector:
        """The last day on which something is left, by bisection."""
        n = len(self.mean)
        low, high = np.zeros(n), np.full(n, LATEST)
        for _step in range(STEPS):
            middle = (low + high) / 2
            some = left(middle) >= 0
            low, high = np.where(some, middle, low), np.where(some, high, middle)
        return np.where(left(np.full(n, LATEST)) >= 0, np.inf, low)

    def _told_means(self) -> Matrix:
        sums = np.cumsum(self.mean, axis=1)
        return sums[:, np.array(self.spans) - 1]


def _from_zero(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """With a first point of nothing at no time."""
    return np.concatenate([np.zeros_like(values[:, :, :1]), values], axis=2)


def _along(
    points: Vector, values: NDArray[np.float64], at: Vector
) -> NDArray[np.float64]:
    """``values`` (n, L, P) told at ``points`` (P,), read at ``at`` (n,): (n, L)."""
    right = np.clip(np.searchsorted(points, at, side="right"), 1, len(points) - 1)
    left = right - 1
    share = np.clip((at - points[left]) / (points[right] - points[left]), 0.0, 1.0)
    rows = np.arange(len(at))
    low, high = values[rows, :, left], values[rows, :, right]
    found: NDArray[np.float64] = low + share[:, None] * (high - low)
    return found


def _across(points: Vector, values: Matrix, at: Vector) -> Vector:
    """``values`` (n, P) told at ``points`` (P,), read at ``at`` (n,), lines go on."""
    right = np.clip(np.searchsorted(points, at), 1, len(points) - 1)
    left = right - 1
    share = (at - points[left]) / (points[right] - points[left])
    rows = np.arange(len(at))
    found: Vector = values[rows, left] + share * (
        values[rows, right] - values[rows, left]
    )
    return found


def in_packs(units: Vector, pack: Vector, minimum: Vector) -> NDArray[np.int64]:
    """Rounded up to the supplier's minimum and to whole packs; 0 stays 0."""
    wanted = np.where(units > 0, np.maximum(np.ceil(units - 1e-9), minimum), 0.0)
    return (np.ceil(np.minimum(wanted, MOST) / pack) * pack).astype(np.int64)


def with_late(spread: Vector, level: Vector, rate: Vector, sd: Vector) -> Vector:
    """The spread where the lead time varies by ``sd`` days too (Silver, eq. 6.30)."""
    late = np.asarray(norm.ppf(level)) * sd * rate
    return np.where(spread > 0, np.hypot(spread, late), spread + late)


def pressure(risk: Vector, service: Vector, surplus: Vector, enough: Vector) -> Vector:
    """−1 where it will surely run out, 1 where twice too much lies there."""
    allowed = 1.0 - service
    short = np.clip((risk - allowed) / (1.0 - allowed), 0.0, 1.0)
    over = np.divide(surplus, np.maximum(enough, 1.0))
    found: Vector = np.where(short > 0, -short, np.clip(over, 0.0, 1.0))
    return found

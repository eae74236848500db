"""Errors in units of what was expected of them, and the quantiles they have.

References: Vovk, Gammerman & Shafer (2005), "Algorithmic learning in a random world"
(conformal prediction, Mondrian groups); Lei, G'Sell, Rinaldo, Tibshirani & Wasserman
(2018), "Distribution-free predictive inference for regression" (local weights).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from shop_personalize.ml.forecast.panel import FloatMatrix

Vector = NDArray[np.float64]

GROUPS = 4
CASES = 150
"""A group of series alike in noise needs so many errors of each horizon."""


@dataclass(frozen=True, eq=False)
class Scores:
    """Signed errors by their expected size, in groups of series alike in noise.

    ``scores`` float64 (c, H): c series and origins, H periods ahead. ``group`` int64
    (c,), -1 for series of zeros, ``edges`` float64: where one group ends and the next
    begins, by relative noise.
    """

    scores: FloatMatrix
    group: NDArray[np.int64]
    edges: Vector

    @classmethod
    def of(cls, scores: FloatMatrix, noise: Vector) -> Scores:
        """Group by ``noise`` (c,): expected size of error by level, NaN of zeros."""
        moving = noise[~np.isnan(noise)]
        count = min(max(len(moving) // CASES, 1), GROUPS)
        shares = np.arange(1, count) / count
        edges = np.quantile(moving, shares) if len(moving) else np.empty(0)
        return cls(scores, group_of(noise, edges), edges)

    def reach(self, level: float, noise: Vector) -> FloatMatrix:
        """The quantile at ``level`` of each series' next scores: float64 (n, H)."""
        return self._spread(self.scores, level, noise)

    def reach_of_sums(self, periods: int, level: float, noise: Vector) -> Vector:
        """The quantile of the sum of the next ``periods`` scores: float64 (n,)."""
        sums = self.scores[:, :periods].sum(axis=1, keepdims=True)
        found: Vector = self._spread(sums, level, noise)[:, 0]
        return found

    def _spread(self, scores: FloatMatrix, level: float, noise: Vector) -> FloatMatrix:
        wanted = group_of(noise, self.edges)
        found = np.empty((len(noise), scores.shape[1]))
        for group in np.unique(wanted):
            mine = scores[self.group == group]
            found[wanted == group] = quantiles(mine if len(mine) else scores, level)
        return found


def group_of(noise: Vector, edges: Vector) -> NDArray[np.int64]:
    """The group of each series: int64 (n,); -1 where ``noise`` is NaN."""
    return np.where(np.isnan(noise), -1, np.searchsorted(edges, noise))


def quantiles(scores: FloatMatrix, level: float) -> Vector:
    """Of each column of ``scores`` (c, H), what the next stays below: float64 (H,).

    The smallest that ``level`` of c + 1 do not exceed; below one half the mirror image.
    Where c is too few for that, Student's quantile for their mean square, or the
    outermost of them if that lies further out.
    """
    if level < 0.5:
        return -quantiles(-scores, 1 - level)
    found: Vector
    count = len(scores)
    rank = int(np.ceil(level * (count + 1) - 1e-9)) - 1
    if rank < count:
        found = np.partition(scores, rank, axis=0)[rank]
        return found
    size = np.sqrt((scores * scores).mean(axis=0))
    reach = float(stats.t.ppf(level, max(count - 1, 1))) * size
    found = np.maximum(reach, scores.max(axis=0))
    return found

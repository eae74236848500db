"""Learners of what else moves price and sales: curves, and what they leave."""

from __future__ import annotations

from typing import Self

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from shop_personalize.ml.optimize.prices.sales import Floats

ROWS = 10
"""Rows for each coefficient, where columns are many."""
PENALTIES = np.logspace(-6, 4, 31)
"""Tried."""
UNDERSMOOTHED = 0.1
"""How much of the penalty that predicts best is used: what is smoothed away of price
and sales alike would come back as an effect (Newey, Hsieh and Robins 2004)."""


class Curves:
    """A sum of natural cubic splines, one for each column, straight beyond the data.

    Ridge regression; the penalty of least generalized cross-validation error (Golub,
    Heath and Wahba 1979) is taken a tenth, for what is learned away must go wholly.
    ``knots`` of each column at most, at its quantiles: fewer where a curve would have
    less than ten rows.
    """

    def __init__(self, *, knots: int = 6) -> None:
        self.knots = knots

    def fit(self, x: Floats, y: Floats) -> Self:
        """Learn ``y`` float64 (rows,) from ``x`` (rows, k)."""
        self.low_ = x.min(axis=0)
        self.span_ = np.maximum(np.ptp(x, axis=0), 1e-12)
        knots = int(np.clip(len(y) // (ROWS * x.shape[1]) + 1, 3, self.knots))
        shares = np.linspace(0.02, 0.98, knots)
        self.at_ = (np.quantile(x, shares, axis=0) - self.low_) / self.span_
        curved = self._curved(x)
        self.middle_, self.scale_ = curved.mean(axis=0), curved.std(axis=0)
        self.scale_[self.scale_ < 1e-12] = 1.0
        z = (curved - self.middle_) / self.scale_
        self.level_ = float(y.mean())
        self.weights_ = _ridge(z, y - self.level_)
        return self

    def predict(self, x: Floats) -> Floats:
        """Expected y of ``x`` (rows, k): float64 (rows,)."""
        z = (self._curved(x) - self.middle_) / self.scale_
        found: Floats = z @ self.weights_ + self.level_
        return found

    def _curved(self, x: Floats) -> Floats:
        """Each column, and its truncated cubes, bound to be straight at both ends."""
        z = (x - self.low_) / self.span_
        last = np.maximum(z - self.at_[-1], 0.0) ** 3
        cubes = [
            (np.maximum(z - at, 0.0) ** 3 - last) / np.maximum(self.at_[-1] - at, 1e-9)
            for at in self.at_[:-1]
        ]
        return np.hstack([z, *(cube - cubes[-1] for cube in cubes[:-1])])


class Boosted:
    """Curves first, then histogram gradient boosting of what they leave.

    Steps and columns that act together are left to trees; trees alone would be slow to
    follow a curve, and what they miss comes back as an effect. ``seed`` of the trees.
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def fit(self, x: Floats, y: Floats) -> Self:
        """Learn ``y`` float64 (rows,) from ``x`` (rows, k)."""
        self.curves_ = Curves().fit(x, y)
        self.trees_ = HistGradientBoostingRegressor(
            max_leaf_nodes=8,
            min_samples_leaf=10,
            l2_regularization=1.0,
            random_state=self.seed,
        ).fit(x, y - self.curves_.predict(x))
        return self

    def predict(self, x: Floats) -> Floats:
        """Expected y of ``x`` (rows, k): float64 (rows,)."""
        found: Floats = self.curves_.predict(x) + self.trees_.predict(x)
        return found


def _ridge(z: Floats, y: Floats) -> Floats:
    values, axes = np.linalg.eigh(z.T @ z)
    values = np.maximum(values, 0.0)
    pulls = axes.T @ (z.T @ y)
    kept = values / (values + PENALTIES[:, None])
    share = np.where(values > 1e-9 * values.max(initial=0), values, np.inf)
    explained = (pulls**2 / share * (1 - (1 - kept) ** 2)).sum(axis=1)
    freedom = np.maximum(len(y) - 1 - kept.sum(axis=1), 1e-9)
    error = (y @ y - explained) / freedom**2
    penalty = PENALTIES[int(error.argmin())] * UNDERSMOOTHED
    found: Floats = axes @ (pulls / (values + penalty))
    return found

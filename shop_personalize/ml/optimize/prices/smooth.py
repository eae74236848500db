"""A quick learner of curves: ridge on bends of each column."""

from __future__ import annotations

from typing import Self

import numpy as np

from shop_personalize.ml.optimize.prices.sales import Floats

PENALTIES = np.logspace(-3, 4, 22)
"""Tried as multiples of a row."""


class Bends:
    """A sum of broken lines, one for each column, that bend at its quantiles.

    Ridge regression whose penalty has the least generalized cross-validation error
    (Golub, Heath and Wahba 1979). ``knots``: bends of each column.
    """

    def __init__(self, *, knots: int = 8) -> None:
        self.knots = knots

    def fit(self, x: Floats, y: Floats) -> Self:
        """Learn ``y`` float64 (rows,) from ``x`` (rows, k)."""
        shares = np.linspace(0, 1, self.knots + 2)[1:-1]
        self.at_ = np.quantile(x, shares, axis=0)
        bent = self._bent(x)
        self.middle_, self.scale_ = bent.mean(axis=0), bent.std(axis=0)
        self.scale_[self.scale_ < 1e-12] = 1.0
        z = (bent - self.middle_) / self.scale_
        self.level_ = float(y.mean())
        self.weights_ = _ridge(z, y - self.level_)
        return self

    def predict(self, x: Floats) -> Floats:
        """Expected y of ``x`` (rows, k): float64 (rows,)."""
        z = (self._bent(x) - self.middle_) / self.scale_
        found: Floats = z @ self.weights_ + self.level_
        return found

    def _bent(self, x: Floats) -> Floats:
        over = np.maximum(x[:, None, :] - self.at_, 0.0)
        return np.hstack([x, over.reshape(len(x), -1)])


def _ridge(z: Floats, y: Floats) -> Floats:
    rows = len(y)
    values, axes = np.linalg.eigh(z.T @ z)
    values = np.maximum(values, 0.0)
    pulls = axes.T @ (z.T @ y)
    kept = values / (values + PENALTIES[:, None])
    share = np.where(values > 1e-9 * values.max(initial=0), values, np.inf)
    explained = (pulls**2 / share * (1 - (1 - kept) ** 2)).sum(axis=1)
    freedom = np.maximum(rows - 1 - kept.sum(axis=1), 1e-9)
    error = (y @ y - explained) / freedom**2
    best = PENALTIES[int(error.argmin())]
    found: Floats = axes @ (pulls / (values + best))
    return found

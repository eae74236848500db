"""Many regressions at once, their coefficients drawn to those of the same kind."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np

from shop_personalize.ml.optimize.prices.sales import Floats, Ints

ROUNDS = 200
"""Turns between coefficients and what they have in common, at most."""
CLOSE = 1e-6
"""Relative change of the coefficients at which the turns end."""


@dataclass(frozen=True, eq=False)
class Normals:
    """Sums of g regressions of c columns, the means of their cells taken out.

    ``products`` X'X float64 (g, c, c), ``pulls`` X'y (g, c), ``squares`` y'y (g,),
    ``freedom`` (g,): rows less means taken out.
    """

    products: Floats
    pulls: Floats
    squares: Floats
    freedom: Floats

    @classmethod
    def of(cls, x: Floats, y: Floats, group: Ints, means: Ints) -> Self:
        """Of rows ``x`` (r, c) and ``y`` (r,), sorted by ``group`` int64 (r,)."""
        ends = np.searchsorted(group, np.arange(len(means) + 1))
        parts = [slice(*pair) for pair in pairwise(ends)]
        return cls(
            np.stack([x[part].T @ x[part] for part in parts]),
            np.stack([x[part].T @ y[part] for part in parts]),
            np.array([y[part] @ y[part] for part in parts]),
            np.maximum(np.diff(ends) - means, 1.0),
        )

    def noise(self, found: Floats, used: Floats) -> Floats:
        """Variance of what is left, ``used`` columns (g,) spent: float64 (g,)."""
        explained = (2 * self.pulls - self._fitted(found)) * found
        left = np.maximum(self.squares - explained.sum(axis=1), 1e-12)
        variance: Floats = left / np.maximum(self.freedom - used, 1.0)
        return variance

    def _fitted(self, found: Floats) -> Floats:
        fitted: Floats = np.einsum("gcd,gd->gc", self.products, found)
        return fitted


def least_squares(normals: Normals) -> tuple[Floats, Floats]:
    """Coefficients and standard errors: float64 (g, c) each.

    Where columns cannot be told apart, the smallest that fit (pseudo-inverse).
    """
    inverse = np.linalg.pinv(normals.products, rcond=1e-10, hermitian=True)
    found: Floats = np.einsum("gcd,gd->gc", inverse, normals.pulls)
    columns = np.linalg.matrix_rank(normals.products, hermitian=True)
    noise = normals.noise(found, columns.astype(np.float64))
    errors = np.sqrt(noise[:, None] * np.einsum("gcc->gc", inverse))
    return found, errors


def pooled(normals: Normals, kind: Ints) -> tuple[Floats, Floats]:
    """Coefficients drawn to the mean of their ``kind`` int64 (g, c).

    Each is normal around the mean of its kind; mean and variance are those under which
    the sales are likeliest (empirical Bayes by expectation and maximization: Dempster,
    Laird and Rubin 1977, section 4.5.2; Lindley and Smith 1972). Returns values and
    posterior standard errors: float64 (g, c) each.
    """
    found, _ = least_squares(normals)
    noise = normals.noise(found, np.full(len(found), float(found.shape[1])))
    means, spreads = _common(found, np.zeros_like(found), kind)
    errors = np.zeros_like(found)
    for _ in range(ROUNDS):
        before = found
        # Less noise than this is none: columns alike could not be told apart any more.
        weight = np.einsum("gcc->gc", normals.products) * spreads[kind]
        noise = np.maximum(noise, 1e-12 * weight.max(axis=1))
        precision = normals.products / noise[:, None, None]
        precision += np.eye(found.shape[1]) / spreads[kind][:, :, None]
        covariance = np.linalg.inv(precision)
        right = normals.pulls / noise[:, None] + means[kind] / spreads[kind]
        found = np.einsum("gcd,gd->gc", covariance, right)
        variance = np.einsum("gcc->gc", covariance)
        errors = np.sqrt(variance)
        means, spreads = _common(found, variance, kind)
        used = (1 - variance / spreads[kind]).clip(0).sum(axis=1)
        noise = normals.noise(found, used)
        if np.abs(found - before).max() <= CLOSE * np.abs(found).max():
            break
    return found, errors


def _common(found: Floats, variance: Floats, kind: Ints) -> tuple[Floats, Floats]:
    """Mean and variance of each kind: float64 (kinds,) each."""
    flat = kind.ravel()
    count = np.bincount(flat)
    means = np.bincount(flat, found.ravel()) / count
    squares = (found - means[kind]) ** 2 + variance
    spreads = np.bincount(flat, squares.ravel()) / np.maximum(count - 1, 1)
    return means, np.maximum(spreads, 1e-6)

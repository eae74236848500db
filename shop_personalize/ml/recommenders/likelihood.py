"""Dunning's log-likelihood ratio of a 2 x 2 table (Computational Linguistics, 1993)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def likelihood_ratio(
    both: ArrayLike, first: ArrayLike, second: ArrayLike, total: float
) -> NDArray[np.float64]:
    """Return 2 log lambda, >= 0, elementwise; 0 where the pair is rarer than chance.

    ``both`` cases hold both, ``first`` and ``second`` hold each, out of ``total``.
    """
    k11 = np.asarray(both, np.float64)
    k12 = np.maximum(np.asarray(first, np.float64) - k11, 0)
    k21 = np.maximum(np.asarray(second, np.float64) - k11, 0)
    k22 = np.maximum(total - k11 - k12 - k21, 0)
    rows = _xlogx(k11 + k12) + _xlogx(k21 + k22)
    columns = _xlogx(k11 + k21) + _xlogx(k12 + k22)
    cells = _xlogx(k11) + _xlogx(k12) + _xlogx(k21) + _xlogx(k22)
    ratio = 2 * (cells + _xlogx(k11 + k12 + k21 + k22) - rows - columns)
    expected = (k11 + k12) * (k11 + k21) / max(total, 1e-12)
    return np.where(k11 > expected, np.maximum(ratio, 0), 0.0)


def _xlogx(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return x * np.log(np.where(x > 0, x, 1.0))

"""What would have been asked for, where what was sold does not say so."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LITTLE = 0.3
"""Sold out for more than the rest of a period: what was sold says nothing."""
AROUND = 8
"""Periods before whose mean stands for one of which nothing is known."""

Matrix = NDArray[np.float64]


def begun(values: Matrix) -> Matrix:
    """NaN before the first sale: nobody could buy what was not there yet."""
    sold = values > 0
    first = np.where(sold.any(axis=1), sold.argmax(axis=1), values.shape[1])
    return np.where(np.arange(values.shape[1]) < first[:, None], np.nan, values)


def unknown(sold_out: Matrix) -> NDArray[np.bool_]:
    """Periods of which what was sold says nothing; the others can be scaled up."""
    return 1.0 - sold_out <= LITTLE


def uncensored(values: Matrix, sold_out: Matrix) -> Matrix:
    """What would have been sold: ``sold_out`` is each period's share of empty days.

    Sold out for a part, what was sold is scaled up to the whole period; sold out for
    nearly all of it, the mean of the full periods just before stands in, if it is more.
    """
    if not (sold_out > 0).any():
        return values
    open_share = 1.0 - sold_out
    scaled = np.where(
        open_share > LITTLE, values / np.maximum(open_share, LITTLE), values
    )
    before = _mean_before(values, sold_out <= 0)
    return np.where(open_share > LITTLE, scaled, np.maximum(values, before))


def _mean_before(values: Matrix, full: NDArray[np.bool_]) -> Matrix:
    """Of each period the mean of the full ones among those before; 0 without."""
    sums = np.cumsum(np.where(full, values, 0.0), axis=1)
    counts = np.cumsum(full, axis=1).astype(np.float64)
    total, n = sums.copy(), counts.copy()
    total[:, AROUND:] -= sums[:, :-AROUND]
    n[:, AROUND:] -= counts[:, :-AROUND]
    means = np.divide(total, n, out=np.zeros_like(total), where=n > 0)
    return np.concatenate([np.zeros((len(values), 1)), means[:, :-1]], axis=1)

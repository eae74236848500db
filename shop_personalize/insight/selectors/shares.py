"""How evenly something is shared: pure figures."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike


def gini(amounts: ArrayLike) -> float:
    """0 where all have the same, towards 1 where one has it all; 0 of nothing."""
    own = np.sort(np.asarray(amounts, np.float64))
    total, n = own.sum(), len(own)
    if not total:
        return 0.0
    rank = np.arange(1, n + 1)
    return float(((2 * rank - n - 1) * own).sum() / (n * total))


def top_share(amounts: ArrayLike, count: int) -> float:
    """The share of the ``count`` largest in the sum; 0 of nothing."""
    own = np.sort(np.asarray(amounts, np.float64))[::-1]
    total = own.sum()
    return float(own[:count].sum() / total) if total else 0.0


def lorenz(amounts: ArrayLike, points: int = 20) -> tuple[float, ...]:
    """The share of the sum that the smallest 0, 1/points, … of all have."""
    own = np.sort(np.asarray(amounts, np.float64))
    total = own.sum()
    if not total:
        return ()
    sums = np.concatenate([[0.0], np.cumsum(own)]) / total
    at = np.linspace(0, len(own), points + 1)
    return tuple(np.interp(at, np.arange(len(own) + 1), sums).round(6).tolist())


def parts(amounts: Iterable[float]) -> list[float]:
    """Each as its share of the sum; all 0 of nothing."""
    own = list(amounts)
    total = sum(own)
    return [each / total if total else 0.0 for each in own]

"""P-values of several metrics or arms at once, corrected for being several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def holm(p_values: Sequence[float]) -> NDArray[np.float64]:
    """Corrected p-values (k,) in the order given: any false alarm at most at the level.

    Holm's step-down (1979), for whatever dependence between the metrics.
    """
    given = _checked(p_values)
    order = np.argsort(given, kind="stable")
    steps = given[order] * np.arange(len(given), 0, -1)
    return _back(np.maximum.accumulate(steps), order)


def benjamini_hochberg(p_values: Sequence[float]) -> NDArray[np.float64]:
    """Corrected p-values (k,): of those below the level that share is false on average.

    Benjamini and Hochberg's step-up (1995), for independent or positively dependent
    metrics.
    """
    given = _checked(p_values)
    order = np.argsort(given, kind="stable")
    steps = given[order] * len(given) / np.arange(1, len(given) + 1)
    return _back(np.minimum.accumulate(steps[::-1])[::-1], order)


def _back(steps: NDArray[np.float64], order: NDArray[np.intp]) -> NDArray[np.float64]:
    placed = np.empty_like(steps)
    placed[order] = np.minimum(steps, 1.0)
    return placed


def _checked(p_values: Sequence[float]) -> NDArray[np.float64]:
    given = np.asarray(p_values, np.float64)
    if given.ndim != 1 or not ((given >= 0) & (given <= 1)).all():
        raise ValueError("p_values: a list of numbers between 0 and 1")
    return given

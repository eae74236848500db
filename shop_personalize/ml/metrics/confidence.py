"""How sure a mean over cases is: percentile bootstrap (Efron 1979), seeded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import ArrayLike, NDArray

RESAMPLES = 1000
BLOCK = 2_000_000
"""Draws made at a time: 16 MB of indices."""


def confidence(
    values: ArrayLike,
    *,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> tuple[float, float]:
    """Interval of the mean of ``values`` (cases,): cases are drawn with replacement.

    The bounds are the (1 - level) / 2 and (1 + level) / 2 quantiles of the resampled
    means; no case gives (0, 0). Raises ValueError for a value that is not finite and
    for a level outside (0, 1).
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, such as 0.95, not {level}")
    means = resampled_means(values, resamples=resamples, seed=seed)
    if not len(means):
        return 0.0, 0.0
    tail = (1 - level) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)


def resampled_means(
    values: ArrayLike, *, resamples: int = RESAMPLES, seed: int = 0
) -> NDArray[np.float64]:
    """Means of ``resamples`` draws of all cases with replacement; () without cases."""
    cases = np.asarray(values, np.float64)
    if not np.isfinite(cases).all():
        raise ValueError("values must be finite numbers, one a case")
    n = len(cases)
    if not n:
        return np.empty(0)
    rng = np.random.default_rng(seed)
    at_once = max(BLOCK // n, 1)
    means = [
        cases[rng.integers(n, size=(min(at_once, resamples - done), n))].mean(axis=1)
        for done in range(0, resamples, at_once)
    ]
    return np.concatenate(means)


def intervals(
    values: Mapping[str, NDArray[np.float64]],
    *,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> dict[str, tuple[float, float]]:
    """Interval of the mean of each measure; what is NaN of a case does not count.

    All measures are (cases,) and see the same draws, so each equals its
    :func:`confidence`.
    """
    table = np.stack([*values.values()], axis=1) if values else np.empty((0, 0))
    if not table.size:
        return dict.fromkeys(values, (0.0, 0.0))
    known = ~np.isnan(table)
    both = np.concatenate([np.where(known, table, 0.0), known], axis=1)
    draws = _draws(len(table), resamples, seed)
    sums = np.concatenate([drawn @ both for drawn in draws])
    totals, counts = sums[:, : len(values)], sums[:, len(values) :]
    tail = (1 - level) / 2
    means = np.where(counts > 0, totals / np.maximum(counts, 1), np.nan)
    means[:, ~known.any(axis=0)] = 0.0
    low, high = np.nanquantile(means, [tail, 1 - tail], axis=0)
    return {name: (float(low[at]), float(high[at])) for at, name in enumerate(values)}


def gain(
    ours: ArrayLike,
    theirs: ArrayLike,
    *,
    level: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> tuple[float, float] | None:
    """Interval of mean(ours) / mean(theirs) - 1 on the same cases; None if theirs is 0.

    Paired: both means are of the same drawn cases. A draw in which theirs is 0 is left
    out.
    """
    own, other = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    if not other.any():
        return None
    sums = np.stack([own, other], axis=1)
    drawn = np.concatenate([d @ sums for d in _draws(len(own), resamples, seed)])
    ratio = drawn[drawn[:, 1] > 0, 0] / drawn[drawn[:, 1] > 0, 1] - 1
    tail = (1 - level) / 2
    low, high = np.quantile(ratio, [tail, 1 - tail])
    return float(low), float(high)


def _draws(n: int, resamples: int, seed: int) -> Iterator[NDArray[np.float64]]:
    """How often each of ``n`` cases is drawn; blocks of (resamples, n)."""
    rng = np.random.default_rng(seed)
    at_once = max(BLOCK // n, 1)
    for done in range(0, resamples, at_once):
        rows = min(at_once, resamples - done)
        drawn = rng.integers(n, size=(rows, n)) + n * np.arange(rows)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=rows * n)
        yield counts.reshape(rows, n).astype(np.float64)


def better(
    ours: ArrayLike, theirs: ArrayLike, *, sure: float = 0.9, seed: int = 0
) -> bool:
    """Whether the same cases show ``ours`` above ``theirs`` by more than chance.

    Paired: the differences of the cases are resampled, and the share ``sure`` of the
    resampled means must lie above 0.
    """
    gain = np.asarray(ours, np.float64) - np.asarray(theirs, np.float64)
    if not gain.any():
        return False
    return bool((resampled_means(gain, seed=seed) > 0).mean() >= sure)

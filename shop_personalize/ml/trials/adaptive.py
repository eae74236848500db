"""Traffic that follows success: Thompson sampling over the arms of a trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.trials.later import integrate, special

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

STEPS = np.linspace(-9.0, 7.0, 96)
"""Where an arm's posterior is looked at: standard deviations of its log odds."""
POINTS = 4096
"""Most points for all arms together."""


def thompson(
    successes: Sequence[float],
    failures: Sequence[float],
    *,
    prior: tuple[float, float] | None = None,
    floor: float = 0.0,
) -> NDArray[np.float64]:
    """Chance of each of k arms to be the best: (k,), sums to 1.

    Giving visitors out by these shares is Thompson sampling (1933; Chapelle and Li
    2011), for a whole batch until the counts are read again. Beta posteriors of a rate,
    integrated numerically, no draws. The ``prior`` (successes, failures) is, unless
    given, one success at the rate of all arms together: among clicks of half a percent
    nothing is expected to be clicked every second time. No share falls below ``floor``
    (at most 1/k).
    Raises ``ValueError`` for lengths that differ, counts below 0 or a floor too high.
    """
    won, lost = _counts(successes, failures)
    first, second = prior or _usual(won.sum(), lost.sum())
    best: NDArray[np.float64] = _best(won + first, lost + second)
    return _floored(best, floor)


def top_two(
    weights: Sequence[float] | NDArray[np.float64], *, share: float = 0.5
) -> NDArray[np.float64]:
    """Shares (k,) of top-two Thompson sampling: finds the best arm sooner.

    With ``share`` an arm is drawn by ``weights``, else a second one, different from the
    first drawn (Russo 2020): the runner-up keeps its visitors.
    """
    chances = np.asarray(weights, np.float64)
    if len(chances) < 2:
        return chances.copy()
    odds = chances / np.maximum(1 - chances, 1e-12)
    shares = chances * (share + (1 - share) * (odds.sum() - odds))
    return np.asarray(shares / shares.sum())


def _counts(
    successes: Sequence[float], failures: Sequence[float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    won, lost = np.asarray(successes, float), np.asarray(failures, float)
    if won.shape != lost.shape or won.ndim != 1 or not len(won):
        raise ValueError("successes, failures: one number an arm in both")
    if not (won >= 0).all() or not (lost >= 0).all():
        raise ValueError("successes, failures: counts, none below 0")
    return won, lost


def _usual(won: float, lost: float) -> tuple[float, float]:
    return 1.0, (lost + 1) / (won + 1)


def _best(first: NDArray[np.float64], second: NDArray[np.float64]) -> Any:
    """Integral of an arm's density times the others' distribution functions.

    By trapezoids over the log odds, where every Beta density is a smooth hill.
    """
    center = special.digamma(first) - special.digamma(second)
    width = np.sqrt(special.polygamma(1, first) + special.polygamma(1, second))
    points = np.sort((center[:, None] + width[:, None] * STEPS).ravel())
    points = points[:: -(-len(points) // POINTS)]
    logs = np.multiply.outer(first, special.log_expit(points))
    logs += np.multiply.outer(second, special.log_expit(-points))
    density = np.exp(logs - logs.max(axis=1, keepdims=True))
    below = integrate.cumulative_trapezoid(density, points, axis=1, initial=0)
    logs = np.log(np.maximum(below / below[:, -1:], 1e-300))
    others = np.exp(logs.sum(axis=0) - logs)
    chances = integrate.trapezoid(density * others, points, axis=1) / below[:, -1]
    return chances / chances.sum()


def _floored(shares: NDArray[np.float64], floor: float) -> NDArray[np.float64]:
    """Give every arm ``floor`` and the rest by its share."""
    if not 0 <= floor * len(shares) <= 1:
        raise ValueError(f"floor: between 0 and 1/{len(shares)}, not {floor}")
    return np.asarray(floor + shares * (1 - floor * len(shares)))

"""One promise for many products: to whom how much of it, and what is kept of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm

from shop_personalize.ml.optimize.stock.checked import (
    BETWEEN,
    FloatArray,
    StockError,
    checked,
    one,
)

HIGHEST = 6.0
"""A normal score beyond which nobody promises."""
LEAST, MOST = 0.7, float(norm.cdf(HIGHEST))
_HALVINGS = 60
_FARTHEST = 60.0
GAIN = 1.0
"""Normal scores by which a promise moves for a service missed by all of it."""


def differentiated(
    worth: ArrayLike, service: float, least: float = LEAST, most: float = MOST
) -> FloatArray:
    """Each product's service (n,): ``service`` on average with the least stock.

    ``worth`` (n,), above 0: price of a unit x standard deviation of what is asked for
    until the delivery after next, that is the money that one normal score more of
    safety ties up. Least Σ worth x score where the mean of Φ(score) is promised: the
    density at the score is worth by one multiplier for all, score = √(2 ln(μ / worth)).
    What is cheap and steady gets more, what is dear and erratic less, within ``least``
    and ``most``. The multiplier is found by bisection.

    References: Schrady & Choe (1971), "Models for multi-item continuous review
    inventory policies subject to constraints"; Silver, Pyke and Thomas (2017), 6.8.
    Raises StockError where ``service`` does not lie between ``least`` and ``most`` or a
    worth is not above 0.
    """
    (money,) = checked(worth=worth)
    if money.ndim != 1 or not money.size or np.any(money <= 0):
        raise StockError("worth must be (products,), each above 0")
    low, wanted, high = one("service", (least, service, most), BETWEEN)
    if not low <= wanted <= high:
        raise StockError(f"service must lie in {least}..{most}, not {service}")
    logs = np.log(money)
    bounds = float(norm.ppf(low)), float(norm.ppf(high))
    down, up = logs.min() - _FARTHEST, logs.max() + _FARTHEST
    for _ in range(_HALVINGS):
        middle = (down + up) / 2
        if _levels(logs, middle, bounds).mean() < wanted:
            down = middle
        else:
            up = middle
    return _levels(logs, up, bounds)


def _levels(
    logs: FloatArray, multiplier: float, bounds: tuple[float, float]
) -> FloatArray:
    scores = np.sqrt(np.maximum(2 * (multiplier - logs), 0.0))
    return np.asarray(norm.cdf(np.clip(scores, *bounds)), np.float64)


def corrected(
    score: float, promised: float, reached: float, gain: float = GAIN
) -> float:
    """The normal score of the level to ask for next, by what was ``reached``.

    A step of ``gain`` scores times what was missed, so that in the long run the promise
    is held however wrong the forecasts are (Gibbs & Candès 2021, "Adaptive conformal
    inference under distribution shift"). Within 0 and 6. Raises StockError for a
    promise not between 0 and 1 or a share reached outside of them.
    """
    one("promised", promised, BETWEEN)
    if not 0 <= reached <= 1:
        raise StockError(f"reached must lie in 0..1, not {reached}")
    step = gain * (promised - reached)
    return min(max(score + step, 0.0), HIGHEST)

"""How many standard errors an interval reaches, and the p-value that goes with it."""

from __future__ import annotations

from typing import Any

import numpy as np

from shop_personalize.ml.trials.later import special

PLANNED = 10_000.0
"""Visitors of both arms at which a sequential interval is narrowest, unless told."""


def fixed_reach(level: float, freedom: Any = np.inf) -> Any:
    """Standard errors to either side, for one look at a time set beforehand.

    Student's t with ``freedom`` degrees, the normal distribution where infinite.
    """
    wide = np.minimum(np.maximum(freedom, 1.0), 1e12)
    return special.stdtrit(wide, (1 + level) / 2)


def fixed_p(distance: Any, freedom: Any = np.inf) -> Any:
    """Two-sided p-value of ``distance`` standard errors, for one look."""
    wide = np.minimum(np.maximum(freedom, 1.0), 1e12)
    return 2 * special.stdtr(wide, -np.abs(distance))


def always_reach(level: float, seen: Any) -> Any:
    """Standard errors to either side that hold at all looks at once.

    ``seen`` is the information so far as a share of the planned one. The normal
    mixture of Robbins (1970), which is the mixture sequential probability ratio test
    (Johari, Pekelis and Walsh 2017, "Peeking at A/B tests") as well as the asymptotic
    confidence sequence (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024,
    "Time-uniform central limit theory"), its mixture chosen to be narrowest near
    ``seen`` = 1 as the latter do.
    """
    alpha = 1 - level
    mixed = mixture(alpha) * np.maximum(seen, 1e-12)
    return np.sqrt((1 + mixed) / mixed * np.log((1 + mixed) / alpha**2))


def always_p(distance: Any, seen: Any, level: float) -> Any:
    """P-value that may be looked at at any time: 1 / mixture likelihood ratio."""
    mixed = mixture(1 - level) * np.maximum(seen, 1e-12)
    log_ratio = np.square(distance) * mixed / (2 * (1 + mixed)) - np.log1p(mixed) / 2
    return np.exp(-np.maximum(log_ratio, 0.0))


def mixture(alpha: float) -> float:
    """Variance of the mixture that makes an interval narrowest at the planned size.

    In units of the estimate's variance there: x + ln(1 + x) with x = -2 ln(alpha),
    close to the best one (Waudby-Smith et al. 2024).
    """
    twice = -2 * np.log(alpha)
    return float(twice + np.log1p(twice))

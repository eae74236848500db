"""Loss functions: what a level leaves unserved on average, E[(D - x)+].

The first order says how many units, the second (half the squared excess) how many
units for how long. Numbers or float64 (n,) in and out.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from shop_personalize.ml.optimize.stock.checked import FloatArray, over

_TURNS = 200


def standard_loss(z: FloatArray) -> FloatArray:
    """Loss of the standard normal: φ(z) - z(1 - Φ(z))."""
    return _density(z) - z * special.ndtr(-z)


def standard_second_loss(z: FloatArray) -> FloatArray:
    """Second-order loss of the standard normal: ((z² + 1)(1 - Φ(z)) - zφ(z)) / 2."""
    return ((z * z + 1) * special.ndtr(-z) - z * _density(z)) / 2


def normal_loss(level: FloatArray, mean: FloatArray, sd: FloatArray) -> FloatArray:
    """Units missing beyond ``level``; without spread what the mean exceeds it by."""
    spread = sd * standard_loss(over(level - mean, sd))
    return np.where(sd > 0, spread, np.maximum(mean - level, 0))


def normal_second_loss(
    level: FloatArray, mean: FloatArray, sd: FloatArray
) -> FloatArray:
    """Half the mean squared excess beyond ``level``, units squared."""
    spread = sd**2 * standard_second_loss(over(level - mean, sd))
    return np.where(sd > 0, spread, np.maximum(mean - level, 0) ** 2 / 2)


def inverse_standard_loss(loss: FloatArray) -> FloatArray:
    """The z whose standard loss is ``loss`` (above 0).

    Newton's method from the left, where a falling convex function never overshoots.
    """
    z = -np.asarray(loss, np.float64)
    for _ in range(_TURNS):
        step = (standard_loss(z) - loss) / special.ndtr(-z)
        z = z + step
        if np.all(np.abs(step) <= 1e-14 * np.maximum(1, np.abs(z))):
            break
    return z


def poisson_loss(level: FloatArray, mean: FloatArray) -> FloatArray:
    """Units missing beyond ``level``, of Poisson demand; straight between units."""
    unit = np.floor(level)
    beyond = _poisson_tail(unit + 1, mean)
    whole = mean * _poisson_tail(unit, mean) - unit * beyond
    found = whole - (level - unit) * beyond
    return np.where(level <= 0, mean - level, found)


def _poisson_tail(units: FloatArray, mean: FloatArray) -> FloatArray:
    """Chance of ``units`` or more."""
    return np.where(units <= 0, 1.0, special.gammainc(np.maximum(units, 1), mean))


def _density(z: FloatArray) -> FloatArray:
    density: FloatArray = np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    return density


def lognormal_loss(level: FloatArray, mu: FloatArray, sigma: FloatArray) -> FloatArray:
    """Units missing beyond ``level``, of lognormal demand."""
    mean = np.exp(mu + sigma**2 / 2)
    z = (mu - np.log(np.maximum(level, np.finfo(np.float64).tiny))) / sigma
    found = mean * special.ndtr(z + sigma) - level * special.ndtr(z)
    return np.where(level <= 0, mean - level, found)


def negative_binomial_loss(
    level: FloatArray, size: FloatArray, chance: FloatArray
) -> FloatArray:
    """Units missing beyond ``level``, of negative binomial demand.

    ``size`` may be broken; a unit is not sold with probability ``chance``. Straight
    between whole units.
    """
    mean = size * (1 - chance) / chance
    unit = np.floor(level)
    beyond = _binomial_tail(unit + 1, size, chance)
    whole = mean * _binomial_tail(unit, size + 1, chance) - unit * beyond
    return np.where(level <= 0, mean - level, whole - (level - unit) * beyond)


def _binomial_tail(
    units: FloatArray, size: FloatArray, chance: FloatArray
) -> FloatArray:
    """Chance of ``units`` or more."""
    found = special.betainc(np.maximum(units, 1), size, 1 - chance)
    return np.where(units <= 0, 1.0, found)

"""Demand in any amount: normal, lognormal."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from shop_personalize.ml.optimize.stock.checked import FloatArray, checked
from shop_personalize.ml.optimize.stock.demand.base import Demand
from shop_personalize.ml.optimize.stock.loss import lognormal_loss, normal_loss


class Normal(Demand):
    """``mean`` and ``sd`` in units; an sd of 0 is demand known for certain."""

    def __init__(self, mean: ArrayLike, sd: ArrayLike) -> None:
        self.mean, self.sd = checked(demand_mean=mean, demand_sd=sd)

    def _quantile(self, share: FloatArray) -> FloatArray:
        return self.mean + self.sd * special.ndtri(share)

    def _loss(self, level: FloatArray) -> FloatArray:
        return normal_loss(level, self.mean, self.sd)

    def over(self, periods: ArrayLike) -> Normal:
        """Sums of normal demand are normal."""
        (count,) = checked(periods=periods)
        return Normal(self.mean * count, self.sd * np.sqrt(count))


class Lognormal(Demand):
    """Logarithms of demand have mean ``mu`` and standard deviation ``sigma``."""

    def __init__(self, mu: ArrayLike, sigma: ArrayLike) -> None:
        self.mu, self.sigma = checked(mu=mu, sigma=sigma)
        self.mean = np.exp(self.mu + self.sigma**2 / 2)

    def _quantile(self, share: FloatArray) -> FloatArray:
        return np.exp(self.mu + self.sigma * special.ndtri(share))

    def _loss(self, level: FloatArray) -> FloatArray:
        return lognormal_loss(level, self.mu, self.sigma)

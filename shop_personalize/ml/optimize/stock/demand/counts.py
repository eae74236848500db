"""Demand in whole units: Poisson, and with more spread than that."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from shop_personalize.ml.optimize.stock.checked import FloatArray, checked, refuse
from shop_personalize.ml.optimize.stock.demand.base import Demand
from shop_personalize.ml.optimize.stock.loss import (
    negative_binomial_loss,
    poisson_loss,
)


class Poisson(Demand):
    """Customers come on their own, one unit each: ``mean`` units."""

    whole = True

    def __init__(self, mean: ArrayLike) -> None:
        (self.mean,) = checked(demand_mean=mean)

    def chances(self, most: int) -> FloatArray:
        """Chances of 0..``most`` units: float64 (..., most + 1)."""
        units = np.arange(most + 1.0)
        mean = self.mean[..., None]
        return np.exp(special.xlogy(units, mean) - mean - special.gammaln(units + 1))

    def _quantile(self, share: FloatArray) -> FloatArray:
        return np.asarray(stats.poisson.ppf(share, self.mean), np.float64)

    def _loss(self, level: FloatArray) -> FloatArray:
        return poisson_loss(level, self.mean)

    def over(self, periods: ArrayLike) -> Poisson:
        """Sums of Poisson demand are Poisson."""
        (count,) = checked(periods=periods)
        return Poisson(self.mean * count)


class NegativeBinomial(Demand):
    """Whole units with more spread than Poisson: ``sd`` above the mean's square root.

    Raises StockError for a smaller spread; use ``Poisson`` there, also for 0.
    """

    whole = True

    def __init__(self, mean: ArrayLike, sd: ArrayLike) -> None:
        self.mean, self.sd = checked(demand_mean=mean, demand_sd=sd)
        refuse("demand_mean", self.mean, self.mean <= 0, "above 0; use Poisson for 0")
        narrow = self.sd**2 <= self.mean
        refuse("demand_sd", self.sd, narrow, "above the square root of demand_mean")
        self.chance = self.mean / self.sd**2
        self.size = self.mean * self.chance / (1 - self.chance)

    def chances(self, most: int) -> FloatArray:
        """Chances of 0..``most`` units: float64 (..., most + 1)."""
        units = np.arange(most)
        size, chance = self.size[..., None], self.chance[..., None]
        steps = np.log((units + size) * (1 - chance) / (units + 1)).cumsum(axis=-1)
        none = np.zeros((*steps.shape[:-1], 1))
        logs = size * np.log(chance) + np.concatenate([none, steps], axis=-1)
        return np.asarray(np.exp(logs), np.float64)

    def _quantile(self, share: FloatArray) -> FloatArray:
        return np.asarray(stats.nbinom.ppf(share, self.size, self.chance), np.float64)

    def _loss(self, level: FloatArray) -> FloatArray:
        return negative_binomial_loss(level, self.size, self.chance)

    def over(self, periods: ArrayLike) -> NegativeBinomial:
        """Sums are of the same kind, with the same spread for the mean."""
        (count,) = checked(periods=periods)
        return NegativeBinomial(self.mean * count, self.sd * np.sqrt(count))

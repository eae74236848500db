"""One product's demand by any distribution of SciPy."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import integrate

from shop_personalize.ml.optimize.stock.checked import FloatArray, StockError
from shop_personalize.ml.optimize.stock.demand.base import Demand

_BEYOND = 1e-17
"""Chance of more units than this counts as none."""


class Distribution(Demand):
    """A frozen distribution of ``scipy.stats``, continuous or discrete.

    Levels may be an array; the distribution is one product's. Its mean must be finite.
    """

    def __init__(self, frozen: Any) -> None:
        if not hasattr(frozen, "ppf"):
            raise StockError(
                f"frozen must be a frozen distribution of scipy.stats, not {frozen!r}"
            )
        self.frozen = frozen
        self.whole = hasattr(frozen, "pmf") and not hasattr(frozen, "pdf")
        self.mean = np.asarray(frozen.mean(), np.float64)
        if self.mean.ndim or not np.isfinite(self.mean):
            raise StockError(
                f"frozen must have one finite mean, not {frozen.mean()}; give "
                "n products to Normal, Poisson, NegativeBinomial or Samples"
            )

    def chances(self, most: int) -> FloatArray:
        """Chances of 0..``most`` units: float64 (most + 1,)."""
        return np.asarray(self.frozen.pmf(np.arange(most + 1)), np.float64)

    def _quantile(self, share: FloatArray) -> FloatArray:
        return np.asarray(self.frozen.ppf(share), np.float64)

    def _loss(self, level: FloatArray) -> FloatArray:
        each = self._sum if self.whole else self._integral
        return np.array([each(at) for at in level.ravel()]).reshape(level.shape)

    def _sum(self, level: float) -> float:
        """Chances beyond each whole unit, the first one's by its part."""
        first = np.floor(level)
        width = 64
        while self.frozen.sf(first + width) > _BEYOND:
            width *= 2
        beyond = self.frozen.sf(first + np.arange(width))
        return float(beyond.sum() - (level - first) * beyond[0])

    def _integral(self, level: float) -> float:
        low, high = self.frozen.support()
        start = max(level, low)
        middle = float(np.clip(self.frozen.median(), start, high))
        parts = (start, middle), (middle, high)
        found = sum(
            integrate.quad(self.frozen.sf, a, b, epsabs=0, epsrel=1e-11, limit=200)[0]
            for a, b in parts
            if a < b
        )
        return float(found + max(low - level, 0.0))

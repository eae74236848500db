"""What all orders together may take: money, room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shop_personalize.ml.optimize.stock.checked import FloatArray


@dataclass(frozen=True, eq=False)
class Limits:
    """``amounts`` float64 (m,), and what a unit of each product takes, (m, n)."""

    names: tuple[str, ...]
    amounts: FloatArray
    each: FloatArray

    def used(self, quantity: FloatArray) -> FloatArray:
        """What orders take of each, float64 (m,)."""
        used: FloatArray = self.each @ quantity
        return used

    def hold(self, quantity: FloatArray) -> bool:
        """Whether orders stay within all limits."""
        return bool((self.used(quantity) <= self.amounts * (1 + 1e-12)).all())

    def prices(self, multipliers: FloatArray) -> FloatArray:
        """What a unit of each product costs at the limits' prices, float64 (n,)."""
        prices: FloatArray = multipliers @ self.each
        return prices

    def highest(self, shortage: FloatArray) -> FloatArray:
        """Prices (m,) from which on nothing is ordered."""
        ratios = np.divide(
            shortage, self.each, out=np.zeros(self.each.shape), where=self.each > 0
        )
        highest: FloatArray = ratios.max(axis=1, initial=0.0)
        return highest

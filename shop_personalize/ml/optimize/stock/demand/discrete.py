"""Demand by a table: these amounts with these chances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shop_personalize.ml.optimize.stock.checked import (
    FloatArray,
    StockError,
    checked,
    refuse,
)
from shop_personalize.ml.optimize.stock.demand.base import Demand, at

_LEAST = 1e-9
"""By how much a sum of chances may miss 1."""


class Discrete(Demand):
    """``table[i]`` is the chance of i units: float64 (m,), or (n, m) for n products.

    Raises StockError for chances below 0, or that do not add up to 1.
    """

    whole = True

    def __init__(self, table: ArrayLike) -> None:
        (self.table,) = checked(chances=table)
        if not self.table.ndim:
            raise StockError("chances must be (m,) or (n, m), not one number")
        total = np.asarray(self.table.sum(axis=-1))
        refuse("sum of chances", total, np.abs(total - 1) > _LEAST, "1")
        self.mean = self.table @ np.arange(self.table.shape[-1])
        beyond = 1 - np.cumsum(self.table, axis=-1)
        beyond[..., -1] = 0
        self.losses = np.cumsum(beyond[..., ::-1], axis=-1)[..., ::-1]

    @classmethod
    def of(cls, chances: Mapping[int, float]) -> Self:
        """One product's demand as a mapping from units to their chance."""
        if not chances or min(chances) < 0 or any(units % 1 for units in chances):
            raise StockError(f"chances must be of 0 or more units, not {chances}")
        table = np.zeros(max(chances) + 1)
        table[list(chances)] = list(chances.values())
        return cls(table)

    def chances(self, most: int) -> FloatArray:
        """Chances of 0..``most`` units: float64 (..., most + 1)."""
        found = np.zeros((*self.table.shape[:-1], most + 1))
        width = min(most + 1, self.table.shape[-1])
        found[..., :width] = self.table[..., :width]
        return found

    def _quantile(self, share: FloatArray) -> FloatArray:
        within = np.cumsum(self.table, axis=-1) >= share[..., None] - 1e-12
        within[..., -1] = True
        return np.asarray(within.argmax(axis=-1), np.float64)

    def _loss(self, level: FloatArray) -> FloatArray:
        """Straight between whole units."""
        last = self.table.shape[-1] - 1
        unit = np.clip(np.floor(level), 0, last).astype(np.int64)
        low, high = at(self.losses, unit), at(self.losses, np.minimum(unit + 1, last))
        found = low + np.minimum(level - unit, 1) * (high - low)
        return np.where(level < 0, self.mean - level, found)

    def over(self, periods: ArrayLike) -> Discrete:
        """Sums of the same whole number of periods for all products."""
        (count,) = checked(periods=periods)
        if count.ndim or count % 1:
            raise StockError(f"periods must be one whole number, not {count}")
        length = (self.table.shape[-1] - 1) * int(count) + 1
        turned = np.fft.rfft(self.table, length, axis=-1) ** int(count)
        table = np.maximum(np.fft.irfft(turned, length, axis=-1), 0)
        return Discrete(table / table.sum(axis=-1, keepdims=True))

    def take(self, rows: NDArray[Any]) -> Self:
        """Demand for some of the products; a shared table stays shared."""
        return type(self)(self.table[rows]) if self.table.ndim > 1 else self

"""Demand as it was seen, or as a forecast has it."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shop_personalize.ml.optimize.stock.checked import (
    NOT_BELOW_0,
    FloatArray,
    StockError,
    checked,
    neighbors,
    one,
    refuse,
)
from shop_personalize.ml.optimize.stock.demand.base import Demand, at


class Samples(Demand):
    """Each of ``samples`` is as likely: float64 (S,), or (n, S) for n products.

    Paths of a forecast, summed over the lead time, keep what the periods have in
    common; a distribution fitted to their mean and spread would not.
    """

    def __init__(self, samples: ArrayLike) -> None:
        each = one("samples", samples, NOT_BELOW_0)
        if not each.ndim:
            raise StockError(f"samples must be (S,) or (n, S), not one number, {each}")
        self.samples = np.sort(each, axis=-1)
        self.mean = self.samples.mean(axis=-1)

    def _quantile(self, share: FloatArray) -> FloatArray:
        count = self.samples.shape[-1]
        place = np.ceil(share * count - 1e-9).astype(np.int64) - 1
        return at(self.samples, np.clip(place, 0, count - 1))

    def _loss(self, level: FloatArray) -> FloatArray:
        excess = np.maximum(self.samples - level[..., None], 0)
        return np.asarray(excess.mean(axis=-1), np.float64)

    def take(self, rows: NDArray[Any]) -> Self:
        """Demand for some of the products; shared samples stay shared."""
        return type(self)(self.samples[rows]) if self.samples.ndim > 1 else self


class Quantiles(Demand):
    """``values[..., j]`` is demand's ``levels[j]`` quantile; straight lines between.

    ``levels`` (k,) rising between 0 and 1, ``values`` float64 (k,) or (n, k) that do
    not fall, as a forecast of the whole lead time has them. Below the first and above
    the last level demand is taken to stay at that value, so a ``mean`` needs levels
    that reach far out, and a quantile beyond them raises StockError.
    """

    def __init__(self, levels: ArrayLike, values: ArrayLike) -> None:
        (self.levels,) = checked(service=levels)
        self.values = one("values", values, NOT_BELOW_0)
        if self.levels.ndim != 1:
            raise StockError(f"levels must be (k,), not {self.levels.shape}")
        if self.values.shape[-1:] != self.levels.shape:
            raise StockError(
                f"values {self.values.shape} must end in as many columns as there are "
                f"levels {self.levels.shape}"
            )
        neighbors("levels", self.levels, np.diff(self.levels) <= 0, "rising")
        neighbors("values", self.values, np.diff(self.values) < 0, "rising, or level")
        self.mean = self._loss(np.zeros(self.values.shape[:-1]))

    def _quantile(self, share: FloatArray) -> FloatArray:
        least, most = self.levels[0], self.levels[-1]
        outside = (share < least) | (share > most)
        refuse("service", share, outside, f"within the levels {least:g}..{most:g}")
        if self.levels.size == 1:
            return at(self.values, np.zeros(share.shape, np.int64))
        after = np.clip(np.searchsorted(self.levels, share), 1, self.levels.size - 1)
        low, high = self.levels[after - 1], self.levels[after]
        part = (share - low) / (high - low)
        return at(self.values, after - 1) * (1 - part) + at(self.values, after) * part

    def _loss(self, level: FloatArray) -> FloatArray:
        """Exact integral of the excess over the pieces between the levels."""
        excess = self.values - level[..., None]
        left, right = excess[..., :-1], excess[..., 1:]
        span = right - left
        crossing = np.maximum(right, 0) ** 2 / np.where(span > 0, 2 * span, 1)
        piece = np.where(
            left >= 0, (left + right) / 2, np.where(right > 0, crossing, 0)
        )
        ends = np.maximum(excess[..., 0], 0) * self.levels[0]
        ends = ends + np.maximum(excess[..., -1], 0) * (1 - self.levels[-1])
        inner = (piece * np.diff(self.levels)).sum(axis=-1)
        return np.asarray(inner + ends, np.float64)

    def take(self, rows: NDArray[Any]) -> Self:
        """Demand for some of the products; shared values stay shared."""
        if self.values.ndim < 2:
            return self
        return type(self)(self.levels, self.values[rows])

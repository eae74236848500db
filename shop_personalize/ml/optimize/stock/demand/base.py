"""The contract of every distribution of demand."""

from __future__ import annotations

from abc import ABC, abstractmethod
from copy import copy
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shop_personalize.ml.optimize.stock.checked import (
    FloatArray,
    StockError,
    checked,
)


class Demand(ABC):
    """Demand for n products in one stretch of time, independent between stretches.

    Parameters are numbers or float64 (n,), and so are the answers. They are checked
    when given: StockError names the one that makes no sense.
    """

    whole: bool = False
    """Whether demand comes in whole units; levels are whole then, too."""

    mean: FloatArray
    """Mean demand in units, a number or (n,)."""

    @abstractmethod
    def _quantile(self, share: FloatArray) -> FloatArray: ...

    @abstractmethod
    def _loss(self, level: FloatArray) -> FloatArray: ...

    def quantile(self, share: ArrayLike) -> FloatArray:
        """Smallest level that demand stays within with probability ``share``.

        Raises StockError for a share not between 0 and 1.
        """
        wanted, _ = checked(service=share, mean_demand=self.mean)
        return self._quantile(wanted)

    def loss(self, level: ArrayLike) -> FloatArray:
        """Units asked for beyond ``level`` on average, E[(D - level)+]."""
        at, _ = checked(level=level, mean_demand=self.mean)
        return self._loss(at)

    def left(self, level: ArrayLike) -> FloatArray:
        """Units left of ``level`` on average, E[(level - D)+]."""
        at, mean = checked(level=level, mean_demand=self.mean)
        return np.maximum(at - mean + self._loss(at), 0)

    def over(self, periods: ArrayLike) -> Demand:
        """Demand in ``periods`` such stretches, a number above 0 or (n,)."""
        raise StockError(
            f"{type(self).__name__} does not say what several periods ask for; give "
            "the demand of the whole lead time"
        )

    def chances(self, most: int) -> FloatArray:
        """Chances of 0..``most`` units: float64 (..., most + 1), where it is whole."""
        raise StockError(
            f"{type(self).__name__} has no chances of whole units; use Poisson, "
            "NegativeBinomial or Discrete"
        )

    def take(self, rows: NDArray[Any]) -> Self:
        """Demand for some of the products, by index or bool (n,)."""
        some = copy(self)
        for name, value in vars(self).items():
            if isinstance(value, np.ndarray) and value.ndim:
                setattr(some, name, value[rows])
        return some


def at(table: FloatArray, place: NDArray[np.int64]) -> FloatArray:
    """Of each product's row the value at its place."""
    shape = np.broadcast_shapes(table.shape[:-1], place.shape)
    rows = np.broadcast_to(table, (*shape, table.shape[-1]))
    places = np.broadcast_to(place, shape)[..., None]
    return np.take_along_axis(rows, places, axis=-1)[..., 0]

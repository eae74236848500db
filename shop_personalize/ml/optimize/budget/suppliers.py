"""Suppliers that deliver only from some value of an order on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shop_personalize.ml.optimize.budget.products import Products
from shop_personalize.ml.optimize.stock.checked import (
    NOT_BELOW_0,
    FloatArray,
    StockError,
    one,
)

_HALVINGS = 14
_BEYOND = 1e-9
"""Of what a unit missing costs: by so much even free holding is paid for."""


@dataclass(frozen=True, eq=False)
class Choice:
    """Orders at given prices: ``quantity`` (n,) that keeps to the suppliers' minima.

    ``value`` is the most that any orders can be worth at these prices, and ``mixed``
    (n,) the average of orders that is worth just that.
    """

    quantity: FloatArray
    mixed: FloatArray
    value: float


@dataclass(frozen=True, eq=False)
class Suppliers:
    """``of`` int64 (n,) the product's supplier, ``minimum`` money float64 (s,)."""

    of: NDArray[np.int64]
    minimum: FloatArray

    @classmethod
    def given(
        cls, of: ArrayLike | None, minimum: ArrayLike | None, n: int
    ) -> Suppliers:
        """Check them; without minima all products have one supplier that asks none."""
        if of is None or minimum is None:
            if of is not None or minimum is not None:
                raise StockError("supplier and supplier_minimum go together")
            return cls(np.zeros(n, np.int64), np.zeros(1))
        least = np.atleast_1d(one("supplier_minimum", minimum, NOT_BELOW_0))
        rows = np.asarray(of)
        if rows.shape != (n,) or not np.issubdtype(rows.dtype, np.integer):
            raise StockError(f"supplier must be {n} whole numbers, one a product")
        wrong = (rows < 0) | (rows >= least.size)
        if wrong.any():
            at = int(wrong.argmax())
            raise StockError(
                f"supplier[{at}] must be 0 to {least.size - 1}, not {rows[at]}"
            )
        return cls(rows.astype(np.int64), least)

    def sums(self, values: FloatArray) -> FloatArray:
        """Values added up by supplier, float64 (s,)."""
        return sums(self.of, values, self.minimum.size)

    def choose(self, products: Products, price: FloatArray) -> Choice:
        """The best orders at ``price`` (n,) a unit, and a bound on what they are worth.

        A supplier below the minimum is offered a rebate on value, the least that
        reaches it, or left out where even so nothing is gained.
        """
        quantity = products.best(price)
        worth = self.sums(products.gain(quantity) - price * quantity)
        short = self.sums(products.cost * quantity)
        low = (short > 0) & (short < self.minimum * (1 - 1e-12))
        if not low.any():
            return Choice(quantity, quantity, float(worth.sum()))
        rows = np.flatnonzero(low[self.of])
        part = _Part(products.take(rows), price[rows], self.of[rows], self.minimum)
        mixed = quantity.copy()
        quantity[rows], mixed[rows], lifted = part.lift()
        worth[low] = lifted[low]
        return Choice(quantity, mixed, float(worth.sum()))


@dataclass(frozen=True, eq=False)
class _Part:
    """The products of suppliers that must order more or nothing."""

    products: Products
    price: FloatArray
    of: NDArray[np.int64]
    minimum: FloatArray

    def lift(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Orders, their mixture of most worth, and that worth by supplier.

        A higher rebate never asks for less, so products alike at both ends are settled.
        """
        rate, size = self.products, self.minimum.size
        low, high = np.zeros(size), np.zeros(size)
        paid = 1.01 * (rate.holding + self.price) + _BEYOND * rate.shortage
        np.maximum.at(high, self.of, paid / rate.cost)
        everything = np.arange(len(rate))
        few, many = self._at(low, everything), self._at(high, everything)
        for _ in range(_HALVINGS):
            open_ = np.flatnonzero(few != many)
            if not open_.size:
                break
            middle = (low + high) / 2
            found = few.copy()
            found[open_] = self._at(middle, open_)
            enough = self._value(found) >= self.minimum
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
            few = np.where(enough[self.of], few, found)
            many = np.where(enough[self.of], found, many)
        return self._mix(few, many, (low, high))

    def _mix(
        self, few: FloatArray, many: FloatArray, rebates: tuple[FloatArray, FloatArray]
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        short, reached = self._value(few), self._value(many)
        gap = np.where(reached > short, reached - short, 1.0)
        share = np.clip((self.minimum - short) / gap, 0, 1)[self.of]
        worth = np.minimum(
            self._worth(few) + rebates[0] * (short - self.minimum),
            self._worth(many) + rebates[1] * (reached - self.minimum),
        )
        possible = (reached >= self.minimum * (1 - 1e-12)) & (worth > 0)
        is_open = possible[self.of]
        mixed = np.where(is_open, (1 - share) * few + share * many, 0.0)
        return np.where(is_open, many, 0.0), mixed, np.where(possible, worth, 0.0)

    def _at(self, rebate: FloatArray, rows: NDArray[np.int64]) -> FloatArray:
        some = self.products.take(rows)
        return some.best(self.price[rows] - rebate[self.of[rows]] * some.cost)

    def _value(self, quantity: FloatArray) -> FloatArray:
        return self._sums(self.products.cost * quantity)

    def _worth(self, quantity: FloatArray) -> FloatArray:
        return self._sums(self.products.gain(quantity) - self.price * quantity)

    def _sums(self, values: FloatArray) -> FloatArray:
        return sums(self.of, values, self.minimum.size)


def sums(of: NDArray[np.int64], values: FloatArray, size: int) -> FloatArray:
    """Values added up by group, float64 (size,)."""
    return np.asarray(np.bincount(of, values, minlength=size), np.float64)

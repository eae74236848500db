"""What was sold, and at which price."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class PriceError(ValueError):
    """Prices, costs or sales that cannot be reckoned with; says which and why."""


def vector(name: str, given: object, n: int) -> Floats:
    """``given`` as float64 (n,): a number stands for every product.

    Raises PriceError for another shape or an infinite value.
    """
    found = np.asarray(given, np.float64)
    if found.ndim == 0:
        found = np.full(n, float(found))
    if found.shape != (n,):
        raise PriceError(f"{name} is {found.shape}; it must be one number or ({n},)")
    if np.isinf(found).any():
        raise PriceError(f"{name} of product {int(np.isinf(found).argmax())}: infinite")
    return found


def above_zero(name: str, found: Floats) -> Floats:
    """The same; raises PriceError naming the first that is not above 0."""
    wrong = ~(found > 0)
    if wrong.any():
        row = int(wrong.argmax())
        raise PriceError(f"{name} of product {row}: above 0, not {found[row]:g}")
    return found


def labels(name: str, given: object, rows: int) -> Ints:
    """``given`` as int64 (rows,), counted from 0; raises PriceError if it is not."""
    found = np.asarray(given)
    if found.shape != (rows,):
        raise PriceError(f"{name} is {found.shape}; it must be ({rows},)")
    if rows and (found.dtype.kind not in "iu" or found.min() < 0):
        raise PriceError(f"{name} must be whole numbers from 0")
    return found.astype(np.int64)


@dataclass(frozen=True, eq=False)
class Sales:
    """One row for an item, a place and a period, also where nothing was sold.

    ``item`` int64 (rows,) in 0..n-1, ``units`` float64 (rows,) ≥ 0, ``price`` float64
    (rows,) > 0, what was asked then. ``place`` int64 (rows,): the store or channel,
    one where None. ``period`` int64 (rows,): needed for seasons and cross effects.
    ``controls`` float64 (rows, k): what else moved sales, as promotion or a holiday.
    ``category`` int64 (n,): that of each item, all in one where None. Raises PriceError
    for shapes that do not fit, units below 0, prices not above 0 and what is not known.
    """

    item: Ints
    units: Floats
    price: Floats
    place: Ints | None = None
    period: Ints | None = None
    controls: Floats | None = None
    category: Ints | None = None

    def __post_init__(self) -> None:
        rows = len(np.asarray(self.units))
        if not rows:
            raise PriceError("there are no sales to learn from")
        for name in ("item", "place", "period"):
            if (given := getattr(self, name)) is not None:
                object.__setattr__(self, name, labels(name, given, rows))
        for name in ("units", "price"):
            object.__setattr__(self, name, self._numbers(name, rows))
        if self.category is not None:
            found = labels("category", self.category, len(self.category))
            if len(found) <= self.item.max():
                raise PriceError(
                    f"category has {len(found)} items, the sales {self.item.max() + 1}"
                )
            object.__setattr__(self, "category", found)
        if self.controls is not None:
            object.__setattr__(self, "controls", self._checked_controls(rows))

    def _numbers(self, name: str, rows: int) -> Floats:
        found = np.asarray(getattr(self, name), np.float64)
        if found.shape != (rows,):
            raise PriceError(f"{name} is {found.shape}; it must be ({rows},)")
        good = found > 0 if name == "price" else found >= 0
        wrong = ~(good & np.isfinite(found))
        if wrong.any():
            row = int(wrong.argmax())
            right = "above 0" if name == "price" else "0 or more"
            raise PriceError(
                f"{name} of item {self.item[row]} in row {row}: {right}, "
                f"not {found[row]:g}"
            )
        return found

    def _checked_controls(self, rows: int) -> Floats:
        found = np.asarray(self.controls, np.float64)
        if found.ndim == 1:
            found = found[:, None]
        if found.shape[0] != rows or found.ndim != 2:
            raise PriceError(f"controls are {found.shape}; they must be ({rows}, k)")
        if not np.isfinite(found).all():
            row = int(np.argmax(~np.isfinite(found).all(axis=1)))
            raise PriceError(f"controls in row {row} are not all known")
        return found

    @property
    def n(self) -> int:
        """How many items there are, those without a row among them."""
        if self.category is not None:
            return len(self.category)
        return int(self.item.max()) + 1

    @property
    def places(self) -> Ints:
        """The place of each row: int64 (rows,)."""
        return np.zeros(len(self.units), np.int64) if self.place is None else self.place

    @property
    def categories(self) -> Ints:
        """The category of each item: int64 (n,)."""
        if self.category is None:
            return np.zeros(self.n, np.int64)
        return self.category

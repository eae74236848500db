"""The prices of what is scarce, and so the most that any orders can gain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from shop_personalize.ml.optimize.budget.limits import Limits
from shop_personalize.ml.optimize.budget.products import Products
from shop_personalize.ml.optimize.budget.suppliers import Suppliers
from shop_personalize.ml.optimize.stock.checked import FloatArray

_CUTS = 80
_CLOSE = 1e-6
_STEEPEST = 1e6
"""Of a plane's slope beside its level: steeper ones are too much for a solver."""


@dataclass(frozen=True, eq=False)
class Prices:
    """``multipliers`` (m,): gain per unit of each limit; ``bound`` on the gain."""

    multipliers: FloatArray
    bound: float


def prices(products: Products, limits: Limits, suppliers: Suppliers) -> Prices:
    """Minimize the Lagrangian dual (Everett 1963) by Kelley's (1960) cutting planes.

    It is convex in the multipliers and its slope is what is left of each limit, so
    every evaluation cuts off where the minimum cannot be.
    """
    highest = limits.highest(products.shortage)
    cuts = _Cuts(limits.amounts.size)
    at, best = np.zeros(highest.size), Prices(highest, np.inf)
    for _ in range(_CUTS):
        choice = suppliers.choose(products, limits.prices(at * highest))
        value = choice.value + float(at * highest @ limits.amounts)
        left = (limits.amounts - limits.used(choice.mixed)) * highest
        if value < best.bound:
            best = Prices(at * highest, value)
        if not at.size:
            break
        cuts.add(at, value, left)
        at, floor = cuts.lowest()
        if best.bound - floor <= _CLOSE * abs(best.bound):
            break
    return best


class _Cuts:
    """Planes below a convex function, nowhere negative, on the unit cube."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.slopes: list[FloatArray] = []
        self.levels: list[float] = []

    def add(self, at: FloatArray, value: float, slope: FloatArray) -> None:
        self.slopes.append(slope)
        self.levels.append(value - float(slope @ at))

    def lowest(self) -> tuple[FloatArray, float]:
        """Where the highest of the planes is lowest, and how low that is."""
        levels = np.array(self.levels)
        scale = float(np.abs(levels).max()) or 1.0
        slopes = np.array(self.slopes)
        each = np.maximum(np.abs(slopes).max(axis=1) / _STEEPEST, scale)
        rows = np.column_stack([slopes, -np.full(len(slopes), scale)])
        found = optimize.linprog(
            np.append(np.zeros(self.size), 1.0),
            A_ub=rows / each[:, None],
            b_ub=-levels / each,
            bounds=[(0, 1)] * self.size + [(0, None)],
        )
        point = np.asarray(found.x, np.float64)
        return point[:-1], float(point[-1]) * scale

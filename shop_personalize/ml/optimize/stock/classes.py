"""Which products matter most, and which can be foreseen: ABC and XYZ."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shop_personalize.ml.optimize.stock.checked import (
    BETWEEN,
    NOT_BELOW_0,
    FloatArray,
    StockError,
    checked,
    one,
    over,
)

Letters = NDArray[np.str_]

SHARES = (0.80, 0.95)
"""Of revenue: products that bring the first 80 % are A, those up to 95 % B."""

VARIATIONS = (0.5, 1.0)
"""Coefficients of variation up to which demand is X, and up to which it is Y."""

TARGETS: Mapping[str, float] = {
    "AX": 0.99,
    "AY": 0.98,
    "AZ": 0.95,
    "BX": 0.97,
    "BY": 0.95,
    "BZ": 0.92,
    "CX": 0.95,
    "CY": 0.92,
    "CZ": 0.90,
}
"""Cycle service by class: the more a product brings, and the better it is foreseen."""


def abc(revenue: ArrayLike, shares: tuple[float, float] = SHARES) -> Letters:
    """A, B or C for each product by its share of ``revenue`` float64 (n,), 0 or above.

    Products are lined up by revenue; one is A while those before it bring less than
    ``shares[0]`` of the whole, B while less than ``shares[1]``. Equal revenues get
    equal letters; one that brings nothing is C.
    """
    (value,) = checked(revenue=revenue)
    _rising("shares", one("shares", shares, BETWEEN))
    if value.ndim != 1:
        raise StockError(f"revenue must be (products,), not {value.shape}")
    order = np.argsort(-value, kind="stable")
    ranked = value[order]
    first = np.searchsorted(-ranked, -ranked, side="left")
    before = np.concatenate([[0.0], np.cumsum(ranked)])[first]
    share = over(before, value.sum())
    letters = np.where(share < shares[0], "A", np.where(share < shares[1], "B", "C"))
    found = np.empty(value.size, "<U1")
    found[order] = np.where(ranked > 0, letters, "C")
    return found


def xyz(
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    variations: tuple[float, float] = VARIATIONS,
) -> Letters:
    """X, Y or Z for each product by the coefficient of variation of its demand.

    ``demand_mean`` and ``demand_sd`` of a period, float64 (n,), 0 or above. Without
    demand nothing is foreseen: Z.
    """
    mean, sd = checked(demand_mean=demand_mean, demand_sd=demand_sd)
    limits = _rising("variations", one("variations", variations, NOT_BELOW_0))
    steady = (mean > 0) & (sd <= limits[0] * mean)
    fair = (mean > 0) & (sd <= limits[1] * mean)
    return np.where(steady, "X", np.where(fair, "Y", "Z"))


def targets(letters: Letters, services: Mapping[str, float] = TARGETS) -> FloatArray:
    """Service promised to each product, by its class: float64 (n,) in 0..1.

    ``letters`` as ``np.char.add(abc(…), xyz(…))``, or of one kind with ``services`` of
    that kind. Raises StockError for a class without a service, or one outside 0..1.
    """
    names = np.array(sorted(services))
    values = one("services", [services[name] for name in names], BETWEEN)
    place = np.minimum(np.searchsorted(names, letters), names.size - 1)
    missing = names[place] != letters
    if np.any(missing):
        raise StockError(
            f"services lacks the class {np.asarray(letters)[missing][0]}; it has "
            f"{', '.join(names)}"
        )
    return values[place]


def _rising(name: str, limits: FloatArray) -> FloatArray:
    if limits.shape != (2,) or limits[0] >= limits[1]:
        raise StockError(f"{name} must be two rising numbers, not {limits.tolist()}")
    return limits

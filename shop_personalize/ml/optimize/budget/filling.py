"""From prices to orders: what they ask for, then the rest spent pack by pack."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.optimize.budget.limits import Limits
from shop_personalize.ml.optimize.budget.products import Products
from shop_personalize.ml.optimize.budget.suppliers import Suppliers
from shop_personalize.ml.optimize.stock.checked import BoolArray, FloatArray

_FIRST = 1e-6
_HALVINGS = 5
_ROUNDS = 300


def affordable(
    products: Products, limits: Limits, suppliers: Suppliers, multipliers: FloatArray
) -> FloatArray:
    """Orders (n,) at the given prices, or at the least higher ones they fit within."""

    def at(share: float) -> FloatArray:
        raised = multipliers + share * (highest - multipliers)
        price = limits.prices(raised)
        found = suppliers.choose(products, price).quantity
        return trimmed(products, suppliers, found, price)

    highest = limits.highest(products.shortage)
    kept, low, high = at(0.0), 0.0, _FIRST
    if limits.hold(kept):
        return kept
    while high < 1 and not limits.hold(kept := at(high)):
        low, high = high, high * 10
    if high >= 1:
        kept = np.zeros(len(products))
    for _ in range(_HALVINGS):
        middle = (low + min(high, 1.0)) / 2
        found = at(middle)
        if limits.hold(found):
            kept, high = found, middle
        else:
            low = middle
    return kept


def trimmed(
    products: Products, suppliers: Suppliers, quantity: FloatArray, price: FloatArray
) -> FloatArray:
    """Packs taken back that a supplier's minimum asked for and turned out to exceed."""
    some = np.flatnonzero((quantity > 0) & (suppliers.minimum[suppliers.of] > 0))
    if not some.size:
        return quantity
    step, saved = np.zeros(len(products)), np.zeros(len(products))
    for _ in range(_ROUNDS):
        step[some], saved[some] = _back(
            products.take(some), quantity[some], price[some]
        )
        spent = suppliers.sums(products.cost * quantity)
        over = (spent - suppliers.minimum)[suppliers.of]
        rows = np.flatnonzero((saved > 0) & (products.cost * step <= over))
        if not rows.size:
            break
        order = rows[np.lexsort((-saved[rows], suppliers.of[rows]))]
        some = order[np.diff(suppliers.of[order], prepend=-1) != 0]
        quantity[some] -= step[some]
    return quantity


def _back(
    products: Products, quantity: FloatArray, price: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """The last pack of an order (all of a least one), and what leaving it out saves."""
    step = np.where(quantity > products.least, products.pack, quantity)
    lost = products.gain(quantity) - products.gain(quantity - step)
    return step, price * step - lost


def fill(
    products: Products,
    limits: Limits,
    suppliers: Suppliers,
    quantity: FloatArray,
    multipliers: FloatArray,
) -> FloatArray:
    """Add a pack where it gains most for what it takes, as long as one fits.

    ``multipliers`` weigh the limits against each other. Suppliers with a minimum and
    no order stay without.
    """
    weights = np.maximum(multipliers, 1e-9 / limits.amounts.clip(min=1e-300))
    idle = (suppliers.minimum > 0) & (suppliers.sums(quantity) == 0)
    wanted = ~idle[suppliers.of] & bool(limits.names)
    for _ in range(_ROUNDS):
        step = np.where(quantity == 0, products.least, products.pack)
        left = limits.amounts - limits.used(quantity)
        fits = wanted & (quantity + step <= products.cap)
        fits &= (limits.each * step <= left[:, None]).all(axis=0)
        rows = np.flatnonzero(fits)
        if not rows.size:
            break
        few, more = products.take(rows), step[rows]
        gain = few.gain(quantity[rows] + more) - few.gain(quantity[rows])
        wanted[rows[gain <= 0]] = False
        taken = weights @ (limits.each[:, rows] * more)
        rate = np.where(gain > 0, np.inf, -np.inf)  # what takes nothing goes first
        np.divide(gain, taken, out=rate, where=(taken > 0) & (gain > 0))
        order = np.argsort(-rate, kind="stable")[: int((gain > 0).sum())]
        chosen = rows[order][_first_that_fit(limits, rows[order], step, left)]
        quantity[chosen] += step[chosen]
    return quantity


def _first_that_fit(
    limits: Limits, rows: NDArray[np.int64], step: FloatArray, left: FloatArray
) -> BoolArray:
    """The longest run from the first on that fits together, bool (rows,)."""
    taken = np.cumsum(limits.each[:, rows] * step[rows], axis=1)
    return np.asarray((taken <= left[:, None]).all(axis=0))

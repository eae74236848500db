"""A few products: the best orders, not just nearly, by a choice among all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse

from shop_personalize.ml.optimize.budget.limits import Limits
from shop_personalize.ml.optimize.budget.products import Products
from shop_personalize.ml.optimize.budget.suppliers import Suppliers
from shop_personalize.ml.optimize.stock.checked import FloatArray

MOST = 4000
"""Possible orders up to which the choice is made exactly."""
_NODES = 2000
_ALIKE = 1e-9

Rows = NDArray[np.int64]


def exact(
    products: Products, limits: Limits, suppliers: Suppliers
) -> tuple[FloatArray, float] | None:
    """The best orders (n,) and a bound on their gain; None where there are too many.

    A multiple-choice knapsack (Sinha and Zoltners 1979) for SciPy's HiGHS, stopped
    after some thousand nodes.
    """
    counts = _counts(products, suppliers)
    if counts.sum() > MOST:
        return None
    of = np.repeat(np.arange(len(products)), counts)
    place = np.arange(of.size) - np.repeat(np.cumsum(counts) - counts, counts)
    units = products.least[of] + place * products.pack[of]
    gain = products.take(of).gain(units) if of.size else np.zeros(0)
    asked = np.flatnonzero(suppliers.minimum > 0)
    found = optimize.milp(
        np.append(-gain, np.zeros(asked.size)),
        integrality=np.ones(of.size + asked.size, np.int64),
        bounds=optimize.Bounds(0, 1),
        constraints=_constraints(products, limits, suppliers, of, units),
        options={"mip_rel_gap": _ALIKE, "node_limit": _NODES},
    )
    if found.x is None:
        return None
    chosen = units * np.rint(found.x[: of.size])
    quantity = np.bincount(of, chosen, minlength=len(products)).astype(np.float64)
    return quantity, max(-float(found.mip_dual_bound), 0.0)


def _counts(products: Products, suppliers: Suppliers) -> Rows:
    """How many orders of each product may be the best, int64 (n,).

    What money or room are free of charge for is the most anybody wants, unless a
    supplier wants more.
    """
    free = products.best(np.zeros(len(products)))
    top = np.where(suppliers.minimum[suppliers.of] > 0, products.cap, free)
    counts = np.floor((top - products.least) / products.pack) + 1
    return np.asarray(np.maximum(counts, 0), np.int64)


def _constraints(
    products: Products,
    limits: Limits,
    suppliers: Suppliers,
    of: Rows,
    units: FloatArray,
) -> list[optimize.LinearConstraint]:
    """One order a product, all limits, and of each supplier enough or nothing."""
    asked = np.flatnonzero(suppliers.minimum > 0)
    minimum, size = suppliers.minimum[asked], suppliers.minimum.size
    most = suppliers.sums(products.cap * products.cost)[asked]
    spent = _ones(suppliers.of[of], size)[asked] @ sparse.diags_array(
        products.cost[of] * units
    )
    rows = [
        _row(_ones(of, len(products)), None, -np.inf, np.ones(len(products)), asked),
        _row(limits.each[:, of] * units, None, -np.inf, limits.amounts, asked),
        _row(spent, minimum, 0.0, np.inf, asked),
        _row(spent, most, -np.inf, 0.0, asked),
    ]
    return [row for row in rows if row is not None]


def _row(
    orders: Any,
    opened: FloatArray | None,
    low: float,
    high: float | FloatArray,
    asked: Rows,
) -> optimize.LinearConstraint | None:
    """Columns of the orders, then of the suppliers that are open or not."""
    height = orders.shape[0]
    if not height:
        return None
    right = sparse.csr_array((height, asked.size))
    if opened is not None:
        right = sparse.csr_array(-np.diag(opened))
    matrix = sparse.csr_array(sparse.hstack([sparse.csr_array(orders), right]))
    return optimize.LinearConstraint(matrix, low, high)


def _ones(rows: Rows, height: int) -> sparse.csr_array:
    at = np.arange(rows.size)
    return sparse.csr_array((np.ones(rows.size), (rows, at)), (height, rows.size))

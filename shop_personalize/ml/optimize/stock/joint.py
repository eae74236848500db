"""Several products in one order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shop_personalize.ml.optimize.stock.checked import FloatArray, StockError, checked


@dataclass(frozen=True, eq=False)
class JointOrder:
    """An order every ``cycle`` units of time; product i is in each ``multiples[i]``-th.

    ``quantities`` float64 (n,) units when ordered, ``multiples`` int64 (n,), ``cost`` a
    unit of time.
    """

    quantities: FloatArray
    cycle: float
    multiples: NDArray[np.int64]
    cost: float


def joint_replenishment(
    shared_fixed_cost: float,
    individual_fixed_costs: ArrayLike,
    holding_costs: ArrayLike,
    demand_rates: ArrayLike,
) -> JointOrder:
    """Share the fixed cost of an order between n products, each (n,).

    ``shared_fixed_cost`` an order, ``individual_fixed_costs`` an order that has the
    product. Silver's (1976) heuristic: the product with the lowest fixed cost for its
    holding cost is in every order, the others in every k-th.
    Raises StockError for holding costs or demand rates not above 0, costs below 0.
    """
    (shared,) = checked(shared_fixed_cost=shared_fixed_cost)
    if shared.ndim:
        raise StockError(f"shared_fixed_cost must be one number, not {shared.shape}")
    own, h, rates = checked(
        individual_fixed_costs=individual_fixed_costs,
        holding_costs=holding_costs,
        demand_rates=demand_rates,
    )
    own, h, rates = np.broadcast_arrays(*np.atleast_1d(own, h, rates))
    if not (shared + own).min() > 0:
        raise StockError("shared_fixed_cost must be above 0 where a product has none")
    keeping = h * rates
    ratios = own / keeping
    leader = int(ratios.argmin())
    factor = keeping[leader] / (shared + own[leader])
    multiples = np.maximum(1, np.rint(np.sqrt(ratios * factor))).astype(np.int64)
    multiples[leader] = 1
    fixed = float(shared + (own / multiples).sum())
    kept = float((keeping * multiples).sum())
    cycle = float(np.sqrt(2 * fixed / kept))
    cost = fixed / cycle + cycle / 2 * kept
    return JointOrder(cycle * multiples * rates, cycle, multiples, cost)

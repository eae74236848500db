"""How much to order at once when demand is steady.

Every argument is a number or float64 (n,), one a product; so is every answer. Costs and
rates share one unit of time. A product without demand is not ordered and costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from shop_personalize.ml.optimize.stock.checked import (
    FloatArray,
    StockError,
    checked,
    neighbors,
    over,
    refuse,
    same_products,
)


@dataclass(frozen=True, eq=False)
class Lot:
    """``quantity`` in units an order, ``cost`` a unit of time; numbers or (n,)."""

    quantity: FloatArray
    cost: FloatArray


@dataclass(frozen=True, eq=False)
class BackorderedLot(Lot):
    """``backordered``: the share of demand that waits for the next order."""

    backordered: FloatArray


@dataclass(frozen=True, eq=False)
class DiscountedLot(Lot):
    """``tier``: index of the price paid for the last unit. Purchases count as cost."""

    tier: FloatArray


def economic_order(
    fixed_cost: ArrayLike, holding_cost: ArrayLike, demand_rate: ArrayLike
) -> Lot:
    """Economic order quantity (Harris 1913): Q = sqrt(2Kλ / h), cost sqrt(2Kλh).

    ``fixed_cost`` an order, ``holding_cost`` a unit and unit of time, ``demand_rate``
    units in a unit of time. Raises StockError for costs not above 0, demand below 0.
    """
    K, h, rate = checked(
        fixed_cost=fixed_cost, holding_cost=holding_cost, demand_rate=demand_rate
    )
    quantity = np.sqrt(2 * K * rate / h)
    return Lot(quantity, quantity * h)


def order_cost(
    quantity: ArrayLike,
    fixed_cost: ArrayLike,
    holding_cost: ArrayLike,
    demand_rate: ArrayLike,
) -> FloatArray:
    """Cost a unit of time of ordering ``quantity`` (above 0) each time."""
    Q, K, h, rate = checked(
        order_quantity=quantity,
        fixed_cost=fixed_cost,
        holding_cost=holding_cost,
        demand_rate=demand_rate,
    )
    return K * rate / Q + h * Q / 2


def with_backorders(
    fixed_cost: ArrayLike,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    demand_rate: ArrayLike,
) -> BackorderedLot:
    """Economic order quantity where customers wait, at a cost a unit and unit of time.

    Q = sqrt(2Kλ(h + p) / hp), a share h / (h + p) waits (Hadley and Whitin 1963).
    """
    K, h, p, rate = checked(
        fixed_cost=fixed_cost,
        holding_cost=holding_cost,
        stockout_cost=stockout_cost,
        demand_rate=demand_rate,
    )
    quantity = np.sqrt(2 * K * rate * (h + p) / (h * p))
    cost = quantity * h * p / (h + p)
    return BackorderedLot(quantity, cost, np.broadcast_to(h / (h + p), cost.shape))


def production_lot(
    fixed_cost: ArrayLike,
    holding_cost: ArrayLike,
    demand_rate: ArrayLike,
    production_rate: ArrayLike,
) -> Lot:
    """Economic production quantity (Taft 1918): the lot arrives as it is made.

    Raises StockError unless ``production_rate`` is above ``demand_rate``.
    """
    K, h, rate, made = checked(
        fixed_cost=fixed_cost,
        holding_cost=holding_cost,
        demand_rate=demand_rate,
        production_rate=production_rate,
    )
    refuse("production_rate", made, made <= rate, "above demand_rate")
    return economic_order(K, h * (1 - rate / made), rate)


def all_units_discount(
    fixed_cost: ArrayLike,
    holding_cost_rate: ArrayLike,
    demand_rate: ArrayLike,
    breakpoints: ArrayLike,
    unit_costs: ArrayLike,
) -> DiscountedLot:
    """Economic order quantity where a larger order makes every unit cheaper.

    ``breakpoints`` (m,) or (n, m), from 0 rising: the quantity from which on each of
    ``unit_costs`` holds, which must fall. ``holding_cost_rate`` is the share of a
    unit's cost that keeping it for a unit of time costs. The best of each tier's own
    quantity, or its breakpoint where that is larger (Hadley and Whitin 1963).
    """
    K, i, rate, starts, prices = _tiers(
        fixed_cost, holding_cost_rate, demand_rate, breakpoints, unit_costs
    )
    quantity = np.maximum(np.sqrt(2 * K * rate / (i * prices)), starts)
    cost = rate * prices + over(K * rate, quantity) + i * prices * quantity / 2
    return _best(quantity, cost, starts)


def incremental_discount(
    fixed_cost: ArrayLike,
    holding_cost_rate: ArrayLike,
    demand_rate: ArrayLike,
    breakpoints: ArrayLike,
    unit_costs: ArrayLike,
) -> DiscountedLot:
    """As ``all_units_discount``, but the lower cost holds from its breakpoint on only.

    What the first units cost more acts as a fixed cost (Hadley and Whitin 1963).
    """
    K, i, rate, starts, prices = _tiers(
        fixed_cost, holding_cost_rate, demand_rate, breakpoints, unit_costs
    )
    paid = np.cumsum(prices[..., :-1] * np.diff(starts), axis=-1)
    before = np.concatenate([np.zeros((*paid.shape[:-1], 1)), paid], axis=-1)
    extra = before - prices * starts
    quantity = np.sqrt(2 * (K + extra) * rate / (i * prices))
    cost = (
        rate * prices
        + i * extra / 2
        + over((K + extra) * rate, quantity)
        + i * prices * quantity / 2
    )
    return _best(quantity, np.where(quantity < starts, np.inf, cost), starts)


def _tiers(
    fixed_cost: ArrayLike,
    holding_cost_rate: ArrayLike,
    demand_rate: ArrayLike,
    breakpoints: ArrayLike,
    unit_costs: ArrayLike,
) -> tuple[FloatArray, ...]:
    """Everything checked, with the tiers in the last axis."""
    K, i, rate = checked(
        fixed_cost=fixed_cost,
        holding_cost_rate=holding_cost_rate,
        demand_rate=demand_rate,
    )
    starts, prices = checked(breakpoints=breakpoints, unit_costs=unit_costs)
    if not starts.ndim:
        raise StockError("breakpoints must be (m,) or (n, m), not one number")
    if starts.shape[-1:] != prices.shape[-1:]:
        raise StockError(
            f"breakpoints {starts.shape} and unit_costs {prices.shape} must have as "
            "many tiers"
        )
    refuse("breakpoints", starts[..., :1], starts[..., :1] != 0, "0 at first")
    neighbors("breakpoints", starts, np.diff(starts) <= 0, "above the one before")
    neighbors("unit_costs", prices, np.diff(prices) >= 0, "below the one before")
    starts, prices = np.broadcast_arrays(starts, prices)
    same_products(
        {"fixed_cost": K, "holding_cost_rate": i, "demand_rate": rate}
        | {"breakpoints": starts[..., 0]}
    )
    return K[..., None], i[..., None], rate[..., None], starts, prices


def _best(quantity: FloatArray, cost: FloatArray, starts: FloatArray) -> DiscountedLot:
    """The cheapest tier whose quantity it allows."""
    starts = np.broadcast_to(starts, quantity.shape)
    past = np.zeros(quantity.shape, np.bool_)
    past[..., :-1] = quantity[..., :-1] >= starts[..., 1:]
    tier = np.where(past, np.inf, cost).argmin(axis=-1)
    pick = tier[..., None]
    return DiscountedLot(
        np.take_along_axis(quantity, pick, -1)[..., 0],
        np.take_along_axis(cost, pick, -1)[..., 0],
        tier,
    )

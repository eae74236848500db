"""When to order how much for demand that is known but differs from period to period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from shop_personalize.ml.optimize.stock.checked import FloatArray, StockError, checked


@dataclass(frozen=True, eq=False)
class LotPlan:
    """``quantities`` to have at the start of each period, float64 (..., T); ``cost``.

    The leading axis is that of the products, if there are several; ``cost`` (n,).
    """

    quantities: FloatArray
    cost: FloatArray


def wagner_whitin(
    demand: ArrayLike,
    holding_cost: ArrayLike,
    fixed_cost: ArrayLike,
    purchase_cost: ArrayLike = 0.0,
) -> LotPlan:
    """The cheapest orders that serve all demand, by Wagner and Whitin (1958).

    ``demand`` float64 (T,), or (n, T) for n products at once. Costs are numbers, (T,)
    one a period, or (n, T): ``holding_cost`` a unit and period kept, ``fixed_cost`` an
    order, ``purchase_cost`` a unit. A unit is kept at the cost of the period in which
    it was ordered. Raises StockError for a negative number.
    """
    d, h, K, c = checked(
        demand=demand,
        holding_cost=holding_cost,
        fixed_cost=fixed_cost,
        purchase_cost=purchase_cost,
        zero_allowed=("holding_cost", "fixed_cost"),
    )
    if not d.ndim:
        raise StockError("demand must be (periods,) or (products, periods)")
    d, h, K, c = np.broadcast_arrays(d, h, K, c)
    rest, until = _backwards(d, h, K, c)
    return LotPlan(_orders(d, until), rest)


def _backwards(
    d: FloatArray, h: FloatArray, K: FloatArray, c: FloatArray
) -> tuple[FloatArray, np.typing.NDArray[np.int64]]:
    """Least cost from the first period on, and which period orders next, for each."""
    T = d.shape[-1]
    sold = np.concatenate([np.zeros((*d.shape[:-1], 1)), d.cumsum(axis=-1)], axis=-1)
    waited = np.cumsum(d * np.arange(T), axis=-1)
    waited = np.concatenate([np.zeros((*d.shape[:-1], 1)), waited], axis=-1)
    rest = np.zeros(sold.shape)
    until = np.zeros(d.shape, np.int64)
    for t in range(T - 1, -1, -1):
        units = sold[..., t + 1 :] - sold[..., t, None]
        kept = waited[..., t + 1 :] - waited[..., t, None] - t * units
        cost = K[..., t, None] * (units > 0) + c[..., t, None] * units
        cost = cost + h[..., t, None] * kept + rest[..., t + 1 :]
        until[..., t] = t + 1 + cost.argmin(axis=-1)
        rest[..., t] = cost.min(axis=-1)
    return rest[..., 0], until


def _orders(d: FloatArray, until: np.typing.NDArray[np.int64]) -> FloatArray:
    """Demand gathered into the orders that serve it."""
    quantities = np.zeros(d.shape)
    following = np.zeros(d.shape[:-1], np.int64)
    source = np.zeros(d.shape[:-1], np.int64)
    for t in range(d.shape[-1]):
        source = np.where(following == t, t, source)
        following = np.where(following == t, until[..., t], following)
        at = source[..., None]
        served = np.take_along_axis(quantities, at, -1) + d[..., t, None]
        np.put_along_axis(quantities, at, served, -1)
    return quantities

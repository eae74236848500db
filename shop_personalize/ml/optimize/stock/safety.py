"""How much to keep above what is expected, for a service that is promised.

``demand`` is that of the lead time and, where stock is looked at only now and then, of
the time between two looks; costs play no part. Numbers or float64 (n,), one a product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from shop_personalize.ml.optimize.stock.checked import FloatArray, checked, refuse
from shop_personalize.ml.optimize.stock.demand import Demand, Normal

_HALVINGS = 100


@dataclass(frozen=True, eq=False)
class Safety:
    """``point`` to order at, and ``stock`` it leaves above the mean; units, (n,)."""

    point: FloatArray
    stock: FloatArray


def lead_time_demand(
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time: ArrayLike,
    lead_time_sd: ArrayLike = 0.0,
    review: ArrayLike = 0.0,
) -> Normal:
    """Demand to be covered: independent periods, a lead time that may differ.

    ``demand_mean`` and ``demand_sd`` of a period; ``lead_time``, its standard
    deviation and ``review`` (time between two looks at the stock) in periods. Mean
    μ(L + R), variance (L + R)σ² + μ²σ_L² (Hadley and Whitin 1963).
    """
    mean, sd, lead, spread, look = checked(
        demand_mean=demand_mean,
        demand_sd=demand_sd,
        lead_time=lead_time,
        lead_time_sd=lead_time_sd,
        review=review,
    )
    covered = lead + look
    return Normal(mean * covered, np.sqrt(covered * sd**2 + (mean * spread) ** 2))


def cycle_service(demand: Demand, service: ArrayLike) -> Safety:
    """Point that demand stays within with probability ``service`` in each cycle.

    Raises StockError for a service not between 0 and 1.
    """
    point = demand.quantile(service)
    return Safety(point, point - demand.mean)


def fill_rate(demand: Demand, order_quantity: ArrayLike, service: ArrayLike) -> Safety:
    """Point from which a share ``service`` of the units asked for is at hand.

    ``order_quantity`` units an order, above 0. Between two orders n(r) - n(r + Q) units
    wait, of Q asked for. The smallest point with as much, in whole units where demand
    is; it may lie below the mean, where large lots serve well enough on their own.
    """
    (share,) = checked(service=service)
    (Q,) = checked(order_quantity=order_quantity)
    share, Q, mean = np.broadcast_arrays(share, Q, demand.mean)
    low, high = -Q.astype(np.float64), np.ceil(mean + Q)
    if demand.whole:
        low, high = np.floor(low), np.ceil(high)
    high = _beyond(demand, Q, share, high)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if demand.whole:
            middle = np.floor(middle)
        enough = _served(demand, middle, Q) >= share
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        if demand.whole and np.all(high - low <= 1):
            break
    return Safety(high, high - demand.mean)


def served(demand: Demand, point: ArrayLike, order_quantity: ArrayLike) -> FloatArray:
    """Share of the units asked for that is at hand, ordering Q units at ``point``."""
    at, Q = checked(point=point, order_quantity=order_quantity)
    return _served(demand, at, Q)


def _served(demand: Demand, point: FloatArray, Q: FloatArray) -> FloatArray:
    return 1 - (demand.loss(point) - demand.loss(point + Q)) / Q


def _beyond(
    demand: Demand, Q: FloatArray, share: FloatArray, high: FloatArray
) -> FloatArray:
    """A point high enough for the share."""
    for _ in range(_HALVINGS):
        short = _served(demand, high, Q) < share
        if not short.any():
            return high
        high = np.where(short, 2 * high + 1, high)
    refuse("service", share, short, "one that a finite stock can reach")
    return high

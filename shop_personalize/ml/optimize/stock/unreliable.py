"""How much to order from a supplier that fails at times, or sends other amounts.

Steady demand; numbers or float64 (n,), one a product.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from shop_personalize.ml.optimize.stock.checked import (
    FloatArray,
    checked,
    refuse,
)
from shop_personalize.ml.optimize.stock.demand.general import Distribution
from shop_personalize.ml.optimize.stock.lots import Lot
from shop_personalize.ml.optimize.stock.newsvendor import Level

_HALVINGS = 100


def lot_with_disruptions(
    fixed_cost: ArrayLike,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    demand_rate: ArrayLike,
    disruption_rate: ArrayLike,
    recovery_rate: ArrayLike,
    *,
    approximate: bool = False,
) -> Lot:
    """Economic order quantity where the supplier is at times down and sales are lost.

    ``stockout_cost`` a unit not sold, ``demand_rate`` above 0; the supplier fails
    ``disruption_rate`` times a unit of time it is up, and recovers at
    ``recovery_rate``. Exact cost by Parlar and Berkin (1991) as corrected by Berk and
    Arreola-Risa (1994), where its slope is 0; ``approximate`` is Snyder's (2014)
    closed form. Raises StockError where a unit costs less missing than served,
    sqrt(2Kh / demand_rate): not to sell at all is best then.
    """
    K, h, p, d, fails, mends = _supplier(
        fixed_cost,
        holding_cost,
        stockout_cost,
        demand_rate,
        disruption_rate,
        recovery_rate,
    )
    worth = np.sqrt(2 * K * h / d)
    refuse("stockout_cost", p, p <= worth, "above sqrt(2Kh / demand_rate)")
    chance = fails / (fails + mends)
    down = chance * d * h
    extra = 2 * h * mends * (K * d * mends + d**2 * p * chance)
    near = extra / (np.sqrt(down**2 + extra) + down) / (h * mends)
    if approximate:
        return Lot(near, h * near)
    low, high = np.zeros(near.shape), near * 10
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        rising = _slope(middle, K, h, p, d, fails, mends) > 0
        low, high = np.where(rising, low, middle), np.where(rising, middle, high)
    quantity = (low + high) / 2
    return Lot(quantity, disrupted_cost(quantity, K, h, p, d, fails, mends))


def disrupted_cost(
    quantity: ArrayLike,
    fixed_cost: ArrayLike,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    demand_rate: ArrayLike,
    disruption_rate: ArrayLike,
    recovery_rate: ArrayLike,
) -> FloatArray:
    """Exact cost a unit of time of ordering ``quantity`` from such a supplier."""
    K, h, p, d, fails, mends = _supplier(
        fixed_cost,
        holding_cost,
        stockout_cost,
        demand_rate,
        disruption_rate,
        recovery_rate,
    )
    (Q,) = checked(order_quantity=quantity)
    away = -np.expm1(-(fails + mends) * Q / d) * fails / (fails + mends) / mends
    return (K + h * Q**2 / (2 * d) + p * d * away) / (Q / d + away)


def base_stock_with_disruptions(
    demand: ArrayLike,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    disruption_chance: ArrayLike,
    recovery_chance: ArrayLike,
) -> Level:
    """Level to order up to each period while the supplier is up; customers wait.

    ``demand`` units a period, above 0. The supplier fails with ``disruption_chance`` a
    period it is up, recovers with ``recovery_chance`` a period it is down (Tomlin 2006;
    Schmitt, Snyder and Shen 2010). The level covers whole periods.
    """
    d, h, p, fails, mends = checked(
        demand=demand,
        holding_cost=holding_cost,
        stockout_cost=stockout_cost,
        disruption_chance=disruption_chance,
        recovery_chance=recovery_chance,
    )
    refuse("demand", d, d <= 0, "above 0")
    share, stays = fails / (fails + mends), 1 - mends
    missing = h / (p + h) / share
    periods = np.ceil(np.log(np.minimum(missing, 1)) / np.log(stays) - 1e-9)
    beyond = share * stays**periods / mends
    within = periods - share / mends + beyond
    return Level(d * (1 + periods), d * (h * within + p * beyond))


def lot_with_added_yield(
    fixed_cost: ArrayLike,
    holding_cost: ArrayLike,
    demand_rate: ArrayLike,
    yield_mean: ArrayLike,
    yield_sd: ArrayLike,
) -> Lot:
    """Economic order quantity where what comes is the order plus a random amount.

    ``yield_mean`` units (below 0: too few come) and ``yield_sd``, whatever the
    distribution (Snyder and Shen 2019, section 9.3). Raises StockError where more is
    added than is to come in all, sqrt(2Kλ / h + yield_sd²).
    """
    K, h, d, extra, spread = checked(
        fixed_cost=fixed_cost,
        holding_cost=holding_cost,
        demand_rate=demand_rate,
        yield_mean=yield_mean,
        yield_sd=yield_sd,
    )
    comes = np.sqrt(2 * K * d / h + spread**2)
    refuse("yield_mean", extra, extra >= comes, "below sqrt(2Kλ / h + yield_sd²)")
    return Lot(comes - extra, h * comes)


def lot_with_shared_yield(
    fixed_cost: ArrayLike,
    holding_cost: ArrayLike,
    demand_rate: ArrayLike,
    yield_mean: ArrayLike,
    yield_sd: ArrayLike,
) -> Lot:
    """Economic order quantity where a random share of the order is good.

    ``yield_mean`` (above 0) and ``yield_sd`` of that share.
    """
    K, h, d, good, spread = checked(
        fixed_cost=fixed_cost,
        holding_cost=holding_cost,
        demand_rate=demand_rate,
        yield_mean=yield_mean,
        yield_sd=yield_sd,
    )
    refuse("yield_mean", good, good <= 0, "above 0")
    square = spread**2 + good**2
    quantity = np.sqrt(2 * K * d / (h * square))
    return Lot(quantity, h * quantity * square / good)


def newsvendor_with_added_yield(
    demand: float, holding_cost: float, stockout_cost: float, extra: Distribution
) -> Level:
    """Order for a known ``demand`` of which ``extra`` more (or fewer) units come.

    The order is demand less the h / (h + p) quantile of ``extra``, and 0 where that is
    more than demand.
    """
    d, h, p = checked(
        demand=demand, holding_cost=holding_cost, stockout_cost=stockout_cost
    )
    level = np.maximum(d - extra.quantile(h / (h + p)), 0)
    cost = p * extra.left(d - level) + h * extra.loss(d - level)
    return Level(level, cost)


def _supplier(
    fixed_cost: ArrayLike,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    demand_rate: ArrayLike,
    disruption_rate: ArrayLike,
    recovery_rate: ArrayLike,
) -> tuple[FloatArray, ...]:
    found = checked(
        fixed_cost=fixed_cost,
        holding_cost=holding_cost,
        stockout_cost=stockout_cost,
        demand_rate=demand_rate,
        disruption_rate=disruption_rate,
        recovery_rate=recovery_rate,
    )
    refuse("demand_rate", found[3], found[3] <= 0, "above 0")
    return found


def _slope(
    Q: FloatArray,
    K: FloatArray,
    h: FloatArray,
    p: FloatArray,
    d: FloatArray,
    fails: FloatArray,
    mends: FloatArray,
) -> FloatArray:
    """Of the sign of the cost's slope at Q."""
    both = fails + mends
    away = -np.expm1(-both * Q / d) * fails / both / mends
    grows = np.exp(-both * Q / d) * fails / d / mends
    above, below = K + h * Q**2 / (2 * d) + p * d * away, Q / d + away
    return (h * Q / d + p * d * grows) * below - above * (1 / d + grows)

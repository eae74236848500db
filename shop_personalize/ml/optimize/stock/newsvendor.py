"""How much to have for one stretch of time, or to keep at hand through many.

``demand`` is that of the stretch; costs are numbers or float64 (n,), one a product.
"""

from __future__ import annotations

from dataclasses import dataclass

from numpy.typing import ArrayLike
from scipy import special

from shop_personalize.ml.optimize.stock.checked import FloatArray, checked, refuse
from shop_personalize.ml.optimize.stock.demand import Demand
from shop_personalize.ml.optimize.stock.loss import normal_loss


@dataclass(frozen=True, eq=False)
class Level:
    """``level`` in units, its expected ``cost`` a period; numbers or (n,)."""

    level: FloatArray
    cost: FloatArray


@dataclass(frozen=True, eq=False)
class ProfitLevel:
    """``level`` in units and its expected ``profit``; numbers or (n,)."""

    level: FloatArray
    profit: FloatArray


def newsvendor(
    demand: Demand, holding_cost: ArrayLike, stockout_cost: ArrayLike
) -> Level:
    """The level that balances what is left against what is missing.

    ``holding_cost`` a unit left, ``stockout_cost`` a unit missing. The smallest level
    that demand stays within with probability p / (h + p) (Arrow, Harris and Marschak
    1951). Raises StockError for costs not above 0.
    """
    h, p = checked(holding_cost=holding_cost, stockout_cost=stockout_cost)
    level = demand.quantile(p / (h + p))
    return Level(level, expected_cost(level, demand, h, p))


def expected_cost(
    level: ArrayLike,
    demand: Demand,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
) -> FloatArray:
    """What ``level`` costs a period on average."""
    at, h, p = checked(
        level=level, holding_cost=holding_cost, stockout_cost=stockout_cost
    )
    return h * demand.left(at) + p * demand.loss(at)


def newsvendor_profit(
    demand: Demand,
    price: ArrayLike,
    purchase_cost: ArrayLike,
    salvage_value: ArrayLike = 0.0,
    holding_cost: ArrayLike = 0.0,
    stockout_cost: ArrayLike = 0.0,
) -> ProfitLevel:
    """The level with the highest expected profit.

    A unit is bought at ``purchase_cost``, sold at ``price``, and what is left goes at
    ``salvage_value``; ``holding_cost`` and ``stockout_cost`` come on top.
    Raises StockError unless price > cost > salvage value.
    """
    r, c, v, h, p = _margins(
        price, purchase_cost, salvage_value, holding_cost, stockout_cost
    )
    level = demand.quantile((p + r - c) / (h + p + r - v))
    return ProfitLevel(level, expected_profit(level, demand, r, c, v, h, p))


def expected_profit(
    level: ArrayLike,
    demand: Demand,
    price: ArrayLike,
    purchase_cost: ArrayLike,
    salvage_value: ArrayLike = 0.0,
    holding_cost: ArrayLike = 0.0,
    stockout_cost: ArrayLike = 0.0,
) -> FloatArray:
    """What ``level`` earns on average."""
    r, c, v, h, p = _margins(
        price, purchase_cost, salvage_value, holding_cost, stockout_cost
    )
    (at,) = checked(level=level)
    left = demand.left(at)
    return (r - c + p) * at - p * demand.mean - (r - v + h + p) * left


def base_stock(
    demand: Demand,
    lead_time: ArrayLike,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
) -> Level:
    """What stock and orders under way are brought up to every period.

    ``demand`` of one period; an order comes ``lead_time`` periods (0 or more) later,
    so the level covers one period more. Customers wait.
    """
    (lead,) = checked(lead_time=lead_time)
    return newsvendor(demand.over(lead + 1), holding_cost, stockout_cost)


def myopic(
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    purchase_cost: ArrayLike,
    next_purchase_cost: ArrayLike,
    discount: ArrayLike = 1.0,
) -> Level:
    """The best level for this period when a unit left saves buying it in the next.

    Normal demand (Veinott 1966). ``discount`` is what money of the next period is
    worth now. Raises StockError where a unit costs p or more above the next period's
    discounted cost (it never pays to buy), or h or more below it (always).
    """
    mean, sd, h, p, c, later, gamma = checked(
        demand_mean=demand_mean,
        demand_sd=demand_sd,
        holding_cost=holding_cost,
        stockout_cost=stockout_cost,
        purchase_cost=purchase_cost,
        next_purchase_cost=next_purchase_cost,
        discount=discount,
    )
    rise = c - gamma * later
    refuse("purchase_cost", c, rise >= p, "below stockout_cost + discounted next cost")
    refuse("purchase_cost", c, rise <= -h, "above discounted next cost - holding_cost")
    level = mean + sd * special.ndtri((p - rise) / (p + h))
    return Level(level, myopic_cost(level, mean, sd, h, p, c, later, gamma))


def myopic_cost(
    level: FloatArray,
    mean: FloatArray,
    sd: FloatArray,
    h: FloatArray,
    p: FloatArray,
    c: FloatArray,
    later: FloatArray,
    gamma: FloatArray,
) -> FloatArray:
    """Cost of a period that ends by selling what is left at the next one's cost."""
    loss = normal_loss(level, mean, sd)
    kept = h * (level - mean + loss) + p * loss
    return c * level + kept - gamma * later * (level - mean)


def _margins(
    price: ArrayLike,
    purchase_cost: ArrayLike,
    salvage_value: ArrayLike,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
) -> tuple[FloatArray, ...]:
    found = checked(
        price=price,
        purchase_cost=purchase_cost,
        salvage_value=salvage_value,
        holding_cost=holding_cost,
        stockout_cost=stockout_cost,
        zero_allowed=("holding_cost", "stockout_cost"),
    )
    r, c, v, _, _ = found
    refuse("purchase_cost", c, c >= r, "below price")
    refuse("salvage_value", v, v >= c, "below purchase_cost")
    return found

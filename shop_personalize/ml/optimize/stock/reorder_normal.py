"""Point and quantity for normal demand: approximations, and what they cost exactly.

Zheng's (``reorder_eoqb``) is safe everywhere; ``reorder_loss`` comes nearer to the best
and needs a few turns. As in ``reorder``, stock is known at all times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from shop_personalize.ml.optimize.stock.checked import (
    FloatArray,
    StockError,
    checked,
    refuse,
)
from shop_personalize.ml.optimize.stock.demand import Normal
from shop_personalize.ml.optimize.stock.loss import (
    inverse_standard_loss,
    normal_loss,
    normal_second_loss,
)
from shop_personalize.ml.optimize.stock.lots import economic_order, with_backorders
from shop_personalize.ml.optimize.stock.newsvendor import newsvendor
from shop_personalize.ml.optimize.stock.reorder import Reorder

_TURNS = 10_000
_HALVINGS = 60


@dataclass(frozen=True, eq=False)
class _Given:
    """Checked costs and rates, and mean and spread of demand in the lead time."""

    h: FloatArray
    p: FloatArray
    K: FloatArray
    rate: FloatArray
    mean: FloatArray
    sd: FloatArray

    @classmethod
    def of(
        cls,
        holding_cost: ArrayLike,
        stockout_cost: ArrayLike,
        fixed_cost: ArrayLike,
        demand_mean: ArrayLike,
        demand_sd: ArrayLike,
        lead_time: ArrayLike,
    ) -> _Given:
        h, p, K, rate, sd, lead = np.broadcast_arrays(
            *checked(
                holding_cost=holding_cost,
                stockout_cost=stockout_cost,
                fixed_cost=fixed_cost,
                demand_mean=demand_mean,
                demand_sd=demand_sd,
                lead_time=lead_time,
            )
        )
        refuse("demand_mean", rate, rate <= 0, "above 0")
        return cls(h, p, K, rate, rate * lead, sd * np.sqrt(lead))

    def cost(self, point: FloatArray, quantity: FloatArray) -> FloatArray:
        """Exact expected cost a unit of time, of any point and quantity."""
        sums = self._sum(point + quantity) - self._sum(point)
        return (self.K * self.rate + sums) / quantity

    def rates(self, level: FloatArray) -> FloatArray:
        """Cost a unit of time while stock is at ``level``."""
        loss = normal_loss(level, self.mean, self.sd)
        return self.h * (level - self.mean) + (self.h + self.p) * loss

    def _sum(self, level: FloatArray) -> FloatArray:
        """Integral of ``rates`` up to ``level``, up to a constant."""
        second = normal_second_loss(level, self.mean, self.sd)
        return self.h * (level - self.mean) ** 2 / 2 - (self.h + self.p) * second


def reorder_cost(
    point: ArrayLike,
    quantity: ArrayLike,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    fixed_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time: ArrayLike,
) -> FloatArray:
    """Exact expected cost a unit of time of any r and Q, for normal demand."""
    given = _Given.of(
        holding_cost, stockout_cost, fixed_cost, demand_mean, demand_sd, lead_time
    )
    r, Q = checked(point=point, order_quantity=quantity)
    return given.cost(r, Q)


def best_point(
    quantity: ArrayLike,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time: ArrayLike,
) -> FloatArray:
    """The best r for a given Q and normal demand: r and r + Q cost the same."""
    given = _Given.of(
        holding_cost, stockout_cost, 1.0, demand_mean, demand_sd, lead_time
    )
    (Q,) = checked(order_quantity=quantity)
    return _point(given, Q)


def reorder_eoqb(
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    fixed_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time: ArrayLike,
) -> Reorder:
    """Q as with backorders and steady demand, the best r for it (Zheng 1992).

    Never more than 1/8 above the best cost.
    """
    given = _Given.of(
        holding_cost, stockout_cost, fixed_cost, demand_mean, demand_sd, lead_time
    )
    quantity = with_backorders(given.K, given.h, given.p, given.rate).quantity
    point = _point(given, quantity)
    return Reorder(point, quantity, given.cost(point, quantity))


def reorder_eoq_safety(
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    fixed_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time: ArrayLike,
) -> Reorder:
    """Economic order quantity, and the newsvendor's level of the lead time as r."""
    given = _Given.of(
        holding_cost, stockout_cost, fixed_cost, demand_mean, demand_sd, lead_time
    )
    quantity = economic_order(given.K, given.h, given.rate).quantity
    point = newsvendor(Normal(given.mean, given.sd), given.h, given.p).level
    return Reorder(point, quantity, given.cost(point, quantity))


def reorder_eil(
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    fixed_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time: ArrayLike,
) -> Reorder:
    """Expected-inventory-level approximation (Whitin 1953; Hadley and Whitin 1963).

    ``stockout_cost`` is a unit missing, however long. ``cost`` is the approximation's
    own. Raises StockError where holding a lot costs more than missing all demand.
    """
    given = _Given.of(
        holding_cost, stockout_cost, fixed_cost, demand_mean, demand_sd, lead_time
    )

    def turn(quantity: FloatArray) -> tuple[FloatArray, FloatArray]:
        missed = quantity * given.h / (given.p * given.rate)
        refuse(
            "stockout_cost",
            given.p,
            missed >= 1,
            "above what holding a lot costs a unit sold (h Q / demand); use eoqb",
        )
        point = given.mean - given.sd * special.ndtri(missed)
        loss = normal_loss(point, given.mean, given.sd)
        return point, np.sqrt(2 * given.rate * (given.K + given.p * loss) / given.h)

    point, quantity = _settled(given, turn)
    loss = normal_loss(point, given.mean, given.sd)
    holding = given.h * (point - given.mean + quantity / 2)
    cost = holding + given.rate * (given.K + given.p * loss) / quantity
    return Reorder(point, quantity, cost)


def reorder_loss(
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    fixed_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time: ArrayLike,
) -> Reorder:
    """Loss-function approximation, near the best cost (Hadley and Whitin 1963).

    n(r) = hQ / (h + p), Q = sqrt(2(Kλ + (h + p) n₂(r)) / h). ``cost`` is exact.
    """
    given = _Given.of(
        holding_cost, stockout_cost, fixed_cost, demand_mean, demand_sd, lead_time
    )
    both = given.h + given.p

    def turn(quantity: FloatArray) -> tuple[FloatArray, FloatArray]:
        wanted = given.h * quantity / both
        certain = given.sd <= 0
        sd = np.where(certain, 1.0, given.sd)
        z = inverse_standard_loss(wanted / sd)
        point = np.where(certain, given.mean - wanted, given.mean + sd * z)
        second = normal_second_loss(point, given.mean, given.sd)
        return point, np.sqrt(2 * (given.K * given.rate + both * second) / given.h)

    point, quantity = _settled(given, turn)
    return Reorder(point, quantity, given.cost(point, quantity))


def _settled(
    given: _Given, turn: Callable[[FloatArray], tuple[FloatArray, FloatArray]]
) -> tuple[FloatArray, FloatArray]:
    """Point and quantity that no longer move, from the economic order quantity on."""
    quantity = economic_order(given.K, given.h, given.rate).quantity
    for _ in range(_TURNS):
        point, moved = turn(quantity)
        if np.all(np.abs(moved - quantity) <= 1e-12 * quantity):
            return point, moved
        quantity = moved
    apart = np.abs(moved - quantity) / quantity
    raise StockError(
        f"no point and quantity settle for product {int(apart.argmax())} within "
        f"{_TURNS} turns; use eoqb"
    )


def _point(given: _Given, quantity: FloatArray) -> FloatArray:
    """Halve the stretch in which both ends of the lot cost the same."""
    best = newsvendor(Normal(given.mean, given.sd), given.h, given.p).level
    low, high = np.broadcast_arrays(best - quantity, best)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        dear = given.rates(middle) > given.rates(middle + quantity)
        low, high = np.where(dear, middle, low), np.where(dear, high, middle)
    point: FloatArray = (low + high) / 2
    return point

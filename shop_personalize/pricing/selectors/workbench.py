"""What other prices of one product would bring, as far as its past tells."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from shop_personalize.ml.optimize.prices import Demand
from shop_personalize.pricing.models import Elasticity, PricedItem
from shop_personalize.pricing.selectors import catalog, series
from shop_personalize.pricing.selectors.judging import Bound, Standing, bounds
from shop_personalize.pricing.selectors.judging import standing as standing_of
from shop_personalize.pricing.selectors.rules import Limits, RuleBook

if TYPE_CHECKING:
    from shop_personalize.pricing.selectors.series import Floats, Seen

POINTS = 41
"""Prices of a curve."""
FARTHEST = 10.0
"""How many times today's price one may be to be tried."""
REACH = 0.5
"""How far from today's price a curve goes, as a share."""


class NotKnownError(ValueError):
    """``code`` says why nothing can be reckoned: a problem of ``PricedItem``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Figure:
    """A figure a week, and where it lies in 8 of 10 cases."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Outcome:
    """What a price brings a week; no profit where the cost is not known."""

    price: float
    units: Figure
    revenue: Figure
    profit: Figure | None
    forbidden_by: tuple[Bound, ...] = ()


@dataclass(frozen=True, eq=False)
class Curve:
    """Figures over prices: ``price`` float64 (k,), others (k,) each."""

    price: Floats
    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Bench:
    """A product with all that its page and the API tell of its price."""

    item: PricedItem
    elasticity: Elasticity
    category: Elasticity | None
    limits: Limits
    standing: Standing
    bounds: list[Bound]
    demand: Demand
    seen: list[Seen]

    @property
    def now(self) -> float:
        return self.standing.now

    @property
    def allowed(self) -> tuple[float, float] | None:
        """The range the rules leave; None where it is empty."""
        low = max((each.low for each in self.bounds), default=0.0)
        high = min((each.high for each in self.bounds), default=float("inf"))
        return (low, high) if low <= high else None

    @property
    def reach(self) -> tuple[float, float]:
        """Prices of which anything can be told, by today's."""
        return self.now / FARTHEST, self.now * FARTHEST

    def tells(self, price: float) -> bool:
        return self.reach[0] <= price <= self.reach[1]

    def at(self, price: float) -> Outcome:
        """What a price would bring a week, and which limits forbid it."""
        curves = self.curves(np.array([price]))
        wrong = tuple(each for each in self.bounds if not each.allows(price))
        made = {
            name: Figure(
                float(found.value[0]), float(found.low[0]), float(found.high[0])
            )
            for name, found in curves.items()
        }
        return Outcome(price, made["units"], made["revenue"], made.get("profit"), wrong)

    def curves(self, prices: Floats | None = None) -> dict[str, Curve]:
        """``units``, ``revenue`` and, where the cost is known, ``profit``."""
        at = self._grid() if prices is None else prices
        each, demand = at[None, :], self.demand
        sold = demand.at(each)[0]
        ends = np.stack(
            [demand.at(each, demand.low)[0], demand.at(each, demand.high)[0]]
        )
        worth = {"units": np.ones_like(at), "revenue": at}
        if self.standing.cost is not None:
            worth["profit"] = at - self.standing.cost
        return {
            name: Curve(
                at, sold * one, (ends * one).min(axis=0), (ends * one).max(axis=0)
            )
            for name, one in worth.items()
        }

    def _grid(self) -> Floats:
        """Prices about today's, and further where it was sold for others."""
        low, high = self.now * (1 - REACH), self.now * (1 + REACH)
        paid = [each.price for each in self.seen] or [self.now]
        low = max(min(low, min(paid)), self.now / 4)
        high = min(max(high, max(paid)), self.now * 4)
        steps = np.linspace(low, high, POINTS)
        return np.unique(np.append(steps, self.now))


def bench(item_id: str) -> Bench:
    """Raises NotKnownError for a product nothing can be said of yet."""
    item = PricedItem.objects.filter(item_id=item_id).first()
    known = catalog.product(item_id)
    if item is None or known is None:
        raise NotKnownError("unknown")
    if known.price is None:
        raise NotKnownError(PricedItem.Problem.NO_PRICE)
    found = Elasticity.objects.filter(kind=Elasticity.Kind.ITEM, key=item_id).first()
    if found is None or not item.units_now:
        raise NotKnownError(item.problem or PricedItem.Problem.NO_SALES)
    limits = RuleBook().limits(
        item_id=known.id, category=known.category, brand=known.brand
    )
    at = standing_of(known)
    return Bench(
        item=item,
        elasticity=found,
        category=_of_category(known.category),
        limits=limits,
        standing=at,
        bounds=bounds(limits, at),
        demand=_demand(item, found, at.now),
        seen=series.seen(item_id, known.price.currency),
    )


def _of_category(name: str) -> Elasticity | None:
    rows = Elasticity.objects.filter(kind=Elasticity.Kind.CATEGORY, key=name)
    return rows.first() if name else None


def _demand(item: PricedItem, found: Elasticity, now: float) -> Demand:
    """At today's price, if it was changed since the last renewal too."""
    reckoned = float(item.price or Decimal(0)) or now
    factor = series.carried(*np.array([[now], [reckoned], [found.value]]))
    return Demand(
        price=np.array([now]),
        units=item.units_now * factor,
        elasticity=np.array([found.value]),
        low=np.array([min(found.low, found.value)]),
        high=np.array([max(found.high, found.value)]),
    )

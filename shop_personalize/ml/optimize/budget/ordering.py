"""What to order now of many products under one budget."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shop_personalize.ml.optimize.budget.dual import Prices, prices
from shop_personalize.ml.optimize.budget.exact import exact
from shop_personalize.ml.optimize.budget.filling import affordable, fill
from shop_personalize.ml.optimize.budget.limits import Limits
from shop_personalize.ml.optimize.budget.products import Products
from shop_personalize.ml.optimize.budget.suppliers import Suppliers
from shop_personalize.ml.optimize.stock.checked import (
    NOT_BELOW_0,
    FloatArray,
    StockError,
    one,
)
from shop_personalize.ml.optimize.stock.demand import Demand

_NEAR = 1e-5
"""Gap above which a few products are chosen exactly."""


@dataclass(frozen=True, eq=False)
class Orders:
    """``quantities`` int64 (n,) in units, and what they come to.

    ``gain`` is what they save on average against ordering nothing, no orders can save
    more than ``bound``; ``gap`` is what is missing to it, a share of it. ``spent``
    money and ``room`` taken; ``multiplier`` the gain of one more unit of money and
    ``room_multiplier`` that of one more unit of room, 0 where there is enough.
    """

    quantities: NDArray[np.int64]
    gain: float
    bound: float
    spent: float
    room: float
    multiplier: float
    room_multiplier: float

    @property
    def gap(self) -> float:
        """Share of ``bound`` that ``gain`` is below it, in 0..1."""
        return max(self.bound - self.gain, 0.0) / self.bound if self.bound > 0 else 0.0


def budgeted(
    demand: Demand,
    *,
    cost: ArrayLike,
    shortage: ArrayLike,
    holding: ArrayLike,
    position: ArrayLike = 0.0,
    pack: ArrayLike = 1,
    minimum: ArrayLike = 0,
    most: ArrayLike | None = None,
    budget: float | None = None,
    space: ArrayLike | None = None,
    storage: float | None = None,
    supplier: ArrayLike | None = None,
    supplier_minimum: ArrayLike | None = None,
) -> Orders:
    """Orders of most expected gain within a budget, for thousands of products at once.

    ``demand`` of n products until the order after this one would arrive: lead time and
    review. Numbers or (n,), money per unit: ``cost`` to buy, ``shortage`` for each unit
    asked for in vain (margin and goodwill), ``holding`` for each unit left over.
    ``position`` units in stock and on order, less what customers wait for. Orders are
    whole packs of ``pack`` units, nothing or ``minimum`` units and more, at most
    ``most``. ``budget`` money in all (None: no limit). With ``space`` a unit takes,
    ``storage`` is the room for what is ordered. ``supplier`` int (n,) in 0..s-1 and
    ``supplier_minimum`` (s,): the least value of an order there, if any is placed.

    Each product is a newsvendor; what is scarce gets a price (Lagrange multiplier) at
    which the products together ask for no more than there is, and what is left is spent
    by gain per money (Hadley and Whitin 1963, chapter 6). Where that leaves a gap and
    there are no more than some thousand possible orders, the best is found. Raises
    StockError naming the number that makes no sense.
    """
    products = Products.of(
        demand,
        most,
        cost=cost,
        shortage=shortage,
        holding=holding,
        position=position,
        pack=pack,
        minimum=minimum,
    )
    limits = _limits(products, budget, space, storage)
    suppliers = Suppliers.given(supplier, supplier_minimum, len(products))
    products = products.allowing(suppliers.minimum[suppliers.of] / products.cost)
    found = prices(products, limits, suppliers)
    quantity = affordable(products, limits, suppliers, found.multipliers)
    quantity = fill(products, limits, suppliers, quantity, found.multipliers)
    orders = _told(products, limits, quantity, found)
    if orders.gap <= _NEAR:
        return orders
    return _better(orders, products, limits, suppliers, found)


def _better(
    orders: Orders,
    products: Products,
    limits: Limits,
    suppliers: Suppliers,
    found: Prices,
) -> Orders:
    """The exact choice, where there are few enough to make it."""
    chosen = exact(products, limits, suppliers)
    if chosen is None:
        return orders
    quantity, bound = chosen
    best = replace(found, bound=min(found.bound, max(bound, orders.gain)))
    other = _told(products, limits, quantity, best)
    is_better = other.gain > orders.gain and limits.hold(quantity)
    return other if is_better else replace(orders, bound=best.bound)


def _limits(
    products: Products,
    budget: float | None,
    space: ArrayLike | None,
    storage: float | None,
) -> Limits:
    rows: list[tuple[str, float, FloatArray]] = []
    if budget is not None:
        rows.append(("budget", budget, products.cost))
    if storage is not None:
        if space is None:
            raise StockError("space is missing; storage needs what a unit takes of it")
        each = np.broadcast_to(one("space", space, NOT_BELOW_0), len(products))
        rows.append(("storage", storage, each))
    amounts = [float(one(name, value, NOT_BELOW_0)) for name, value, _ in rows]
    each = np.array([row for *_, row in rows]).reshape(len(rows), len(products))
    return Limits(tuple(name for name, *_ in rows), np.array(amounts), each)


def _told(
    products: Products, limits: Limits, quantity: FloatArray, found: Prices
) -> Orders:
    used = dict(zip(limits.names, limits.used(quantity), strict=True))
    price = dict(zip(limits.names, found.multipliers, strict=True))
    gain = float(products.gain(quantity).sum())
    return Orders(
        quantities=quantity.astype(np.int64),
        gain=gain,
        bound=max(found.bound, gain),
        spent=float(products.cost @ quantity),
        room=float(used.get("storage", 0.0)),
        multiplier=float(price.get("budget", 0.0)),
        room_multiplier=float(price.get("storage", 0.0)),
    )

"""How often it is cheapest to order: an order costs something, and so does stock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from shop_personalize.ml.optimize.stock.joint import joint_replenishment
from shop_personalize.supply.conf import supply_settings
from shop_personalize.supply.models import ItemState, ItemSupply, Supplier

WEEK, YEAR = 7.0, 365.0


def cheapest_days(suppliers: Iterable[Supplier]) -> dict[int, float]:
    """By supplier; those whose orders cost nothing, or of which nothing sells, are out.

    All of a supplier's products are in one order, whose cost they share (the economic
    order of several products: Silver, Pyke and Thomas 2017, 10.2).
    """
    costs = {one.pk: float(one.order_cost) for one in suppliers if one.order_cost > 0}
    if not costs:
        return {}
    held = ItemSupply.objects.filter(
        supplier__in=costs, unit_cost__gt=0, is_active=True
    )
    sold = dict(
        ItemState.objects.filter(expected__gt=0).values_list("item_id", "expected")
    )
    a_day = supply_settings().holding_rate / YEAR
    products = defaultdict(list)
    for item, supplier, cost in held.values_list("item_id", "supplier", "unit_cost"):
        if item in sold and cost:
            products[supplier].append((float(cost) * a_day, (sold[item] or 0.0) / WEEK))
    return {
        supplier: joint_replenishment(
            costs[supplier], 0.0, *zip(*pairs, strict=True)
        ).cycle
        for supplier, pairs in products.items()
    }

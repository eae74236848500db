"""Lots of known demand: how much at once, and together with what."""

from __future__ import annotations

from stockpyl import eoq
from stockpyl.wagner_whitin import wagner_whitin as oracle_wagner_whitin

from benchmarks.inventory.comparing import Families, Given, Pairs, pairs
from shop_personalize.ml.optimize.stock import joint, lots, varying


def economic(given: Given) -> Pairs:
    lot = lots.economic_order(**given)
    found = eoq.economic_order_quantity(**given)
    return pairs(("quantity", "cost"), (lot.quantity, lot.cost), found)


def backordered(given: Given) -> Pairs:
    lot = lots.with_backorders(**given)
    found = eoq.economic_order_quantity_with_backorders(**given)
    parts = lot.quantity, lot.backordered, lot.cost
    return pairs(("quantity", "backordered", "cost"), parts, found)


def production(given: Given) -> Pairs:
    lot = lots.production_lot(**given)
    found = eoq.economic_production_quantity(**given)
    return pairs(("quantity", "cost"), (lot.quantity, lot.cost), found)


def discounted(given: Given) -> Pairs:
    """The instances are of all-units discounts; both kinds are compared."""
    whole = lots.all_units_discount(**given)
    parts = lots.incremental_discount(**given)
    names = "quantity", "tier", "cost"
    found = eoq.economic_order_quantity_with_all_units_discounts(**given)
    other = eoq.economic_order_quantity_with_incremental_discounts(**given)
    return pairs(names, (whole.quantity, whole.tier, whole.cost), found) + pairs(
        names, (parts.quantity, parts.tier, parts.cost), other
    )


def planned(given: Given) -> Pairs:
    found = oracle_wagner_whitin(**given)
    given.pop("num_periods")
    plan = varying.wagner_whitin(**given)
    parts = plan.quantities, plan.cost
    return pairs(("quantity", "cost"), parts, (found[0][1:], found[1]))


def joint_order(given: Given) -> Pairs:
    order = joint.joint_replenishment(**given)
    found = eoq.joint_replenishment_problem_silver_heuristic(**given)
    parts = order.quantities, order.cycle, order.multiples, order.cost
    return pairs(("quantity", "cycle", "multiple", "cost"), parts, found)


FAMILIES: Families = {
    "economic order": (economic, ("example_3_1", "problem_3_1")),
    "with backorders": (backordered, ("example_3_8", "problem_3_2b")),
    "production": (production, ("problem_3_22",)),
    "discounts": (discounted, ("example_3_5", "problem_3_12")),
    "known demand": (
        planned,
        ("example_3_9", "problem_3_27", "problem_3_29", "scmo_ww_hw_c"),
    ),
    "joint order": (
        joint_order,
        (
            "scmo_jrp_ex",
            "spp_jrp",
            "silver_jrp",
            "scmo_jrp_hw_1",
            "scmo_jrp_hw_2",
            "scmo_jrp_hw_3",
        ),
    ),
}

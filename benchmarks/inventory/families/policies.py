"""Policies that go on: (s, S), (r, Q), and a horizon of periods."""

from __future__ import annotations

from stockpyl import rq, ss
from stockpyl.finite_horizon import finite_horizon_dp

from benchmarks.inventory.comparing import Families, Given, Pairs, pairs
from shop_personalize.ml.optimize.stock import horizon, levels, reorder, reorder_normal
from shop_personalize.ml.optimize.stock.demand import Poisson


def up_to(given: Given) -> Pairs:
    found = ss.s_s_discrete_exact(**given, use_poisson=True)
    policy = levels.order_up_to(Poisson(given.pop("demand_mean")), **given)
    parts = policy.point, policy.level, policy.cost
    return pairs(("point", "level", "cost"), parts, found)


def powered(given: Given) -> Pairs:
    found = ss.s_s_power_approximation(**given)
    policy = levels.power_approximation(**given, small_lots=False)
    return pairs(("point", "level"), (policy.point, policy.level), found)


def finite(given: Given) -> Pairs:
    """The oracle leaves out demand beyond 4 standard deviations."""
    found = finite_horizon_dp(**given)
    terms = horizon.Terms(
        periods=given["num_periods"],
        discount=given["discount_factor"],
        **{
            name: given[name]
            for name in (
                "holding_cost",
                "stockout_cost",
                "terminal_holding_cost",
                "terminal_stockout_cost",
                "purchase_cost",
                "fixed_cost",
            )
        },
    )
    mine = horizon.finite_horizon(
        terms,
        given["demand_mean"],
        given["demand_sd"],
        given["initial_inventory_level"],
        reach=4,
    )
    parts = mine.points, mine.levels, mine.cost
    oracle = found[0][1:], found[1][1:], found[2]
    return pairs(("point", "level", "cost"), parts, oracle)


def reorder_point(given: Given) -> Pairs:
    names = "point", "quantity", "cost"
    eil, found = reorder_normal.reorder_eil(**given), rq.r_q_eil_approximation(**given)
    all_pairs = pairs(names, (eil.point, eil.quantity, eil.cost), found)
    eoqb = reorder_normal.reorder_eoqb(**given)
    _, quantity = rq.r_q_eoqb_approximation(**given)
    rest = {name: value for name, value in given.items() if name != "fixed_cost"}
    point = rq.r_q_optimal_r_for_q(quantity, **rest, tol=1e-10)
    all_pairs += pairs(names[:2], (eoqb.point, eoqb.quantity), (point, quantity))
    for mine, oracle in (
        (reorder_normal.reorder_eoq_safety, rq.r_q_eoqss_approximation),
        (reorder_normal.reorder_loss, rq.r_q_loss_function_approximation),
    ):
        policy, found = mine(**given), oracle(**given)
        all_pairs += pairs(names[:2], (policy.point, policy.quantity), found)
        cost = rq.r_q_cost(policy.point, policy.quantity, **given)
        all_pairs.append(("exact cost", float(policy.cost), float(cost)))
    return all_pairs


def reorder_exact(given: Given) -> Pairs:
    policy = reorder.reorder_poisson(**given)
    found = rq.r_q_poisson_exact(**given)
    parts = policy.point, policy.quantity, policy.cost
    return pairs(("point", "quantity", "cost"), parts, found)


FAMILIES: Families = {
    "(s, S), exact": (up_to, ("example_4_7", "problem_4_31")),
    "(s, S), power": (powered, ("example_4_8", "problem_4_32")),
    "finite horizon": (finite, ("problem_4_29", "problem_4_30")),
    "(r, Q), normal": (reorder_point, ("example_5_1", "problem_5_1", "problem_5_3")),
    "(r, Q), exact": (reorder_exact, ("problem_5_2", "example_5_8")),
}

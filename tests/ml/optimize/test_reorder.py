from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from shop_personalize.ml.optimize.stock.checked import StockError
from shop_personalize.ml.optimize.stock.demand import (
    Demand,
    Discrete,
    Distribution,
    NegativeBinomial,
    Normal,
    Poisson,
)
from shop_personalize.ml.optimize.stock.horizon import (
    Terms,
    finite_horizon,
    finite_horizon_discrete,
    myopic_bounds,
)
from shop_personalize.ml.optimize.stock.levels import (
    order_up_to,
    order_up_to_cost,
    power_approximation,
)
from shop_personalize.ml.optimize.stock.newsvendor import expected_cost, newsvendor
from shop_personalize.ml.optimize.stock.reorder import (
    reorder_discrete,
    reorder_poisson,
)
from shop_personalize.ml.optimize.stock.reorder_normal import (
    best_point,
    reorder_cost,
    reorder_eil,
    reorder_eoq_safety,
    reorder_eoqb,
    reorder_loss,
)

TEXTBOOK = (0.225, 7.5, 8, 1300, 150, 1 / 12)
TERMS = Terms(
    periods=5,
    holding_cost=1,
    stockout_cost=20,
    terminal_holding_cost=1,
    terminal_stockout_cost=20,
    purchase_cost=2,
    fixed_cost=50,
)
COSTS = st.floats(0.1, 5)
PENALTIES = st.floats(0.5, 50)
SETUPS = st.floats(0.5, 60)
RATES = st.floats(0.2, 15)


def test_the_textbook_s_exact_point_and_quantity() -> None:
    policy = reorder_poisson(20, 150, 100, 1.5, 2)
    assert (policy.point, policy.quantity) == (3, 5)
    assert policy.cost == pytest.approx(107.92358063314975, rel=1e-12)


@pytest.mark.parametrize(
    ("rule", "point", "quantity"),
    [
        (reorder_eil, 213.97044212, 318.59018108),
        (reorder_eoqb, 128.63781431, 308.57378012),
        (reorder_eoq_safety, 190.33699657, 304.04678003),
        (reorder_loss, 126.86706337, 328.44914228),
    ],
)
def test_the_textbook_s_approximations(
    rule: Callable[..., object], point: float, quantity: float
) -> None:
    policy = rule(*TEXTBOOK)
    assert policy.point == pytest.approx(point, rel=1e-9)  # type: ignore[attr-defined]
    assert policy.quantity == pytest.approx(quantity, rel=1e-9)  # type: ignore[attr-defined]


def test_the_textbook_s_costs() -> None:
    assert reorder_eil(*TEXTBOOK).cost == pytest.approx(95.45114022285196, rel=1e-9)
    cost = reorder_cost(126.8, 328.5, *TEXTBOOK)
    assert cost == pytest.approx(78.07116250928294, rel=1e-9)
    point = best_point(300, 0.225, 7.5, 1300, 150, 1 / 12)
    assert point == pytest.approx(129.4272799263067, rel=1e-7)


def _mean_rate(point: int, quantity: int, h: float, p: float, demand: Demand) -> float:
    levels = np.arange(point + 1, point + quantity + 1)
    return float(expected_cost(levels, demand, h, p).sum())


@settings(max_examples=30)
@given(COSTS, PENALTIES, SETUPS, RATES, st.floats(0, 3))
def test_no_neighbor_is_cheaper_than_the_exact_policy(
    h: float, p: float, fixed: float, rate: float, lead: float
) -> None:
    policy = reorder_poisson(h, p, fixed, rate, lead)
    r, q = int(policy.point), int(policy.quantity)
    demand = Poisson(rate * lead)
    for point in (r - 2, r - 1, r, r + 1, r + 2):
        for quantity in range(max(q - 3, 1), q + 4):
            cost = fixed * rate + _mean_rate(point, quantity, h, p, demand)
            assert policy.cost <= cost / quantity * (1 + 1e-12)


def test_many_products_are_each_as_alone() -> None:
    rng = np.random.default_rng(2)
    h, p, fixed, rate, lead = rng.uniform(0.2, 20, (5, 40))
    together = reorder_poisson(h, p, fixed, rate, lead)
    for row in range(40):
        alone = reorder_poisson(h[row], p[row], fixed[row], rate[row], lead[row])
        assert together.point[row] == alone.point
        assert together.quantity[row] == alone.quantity
        assert together.cost[row] == pytest.approx(float(alone.cost), rel=1e-12)


def test_any_whole_demand_will_do() -> None:
    table = Poisson(3.0).chances(60)
    exact = reorder_discrete(Poisson(3.0), 1.5, 20, 150, 100)
    for demand in (Discrete(table / table.sum()), Distribution(stats.poisson(3))):
        policy = reorder_discrete(demand, 1.5, 20, 150, 100)
        assert (policy.point, policy.quantity) == (exact.point, exact.quantity)
        assert policy.cost == pytest.approx(float(exact.cost), rel=1e-9)
    wide = reorder_discrete(NegativeBinomial([3, 3], [2, 4]), 1.5, [20, 20], 150, 100)
    assert exact.cost < wide.cost[0] < wide.cost[1]


@settings(max_examples=30)
@given(COSTS, st.floats(3, 50), SETUPS, RATES, st.floats(0.5, 4))
def test_approximations_are_as_near_as_is_proven(
    h: float, p: float, fixed: float, rate: float, spread: float
) -> None:
    """EOQB costs at most 1/8 more than the best; the best is searched for."""
    given = (h, p * h, fixed, rate, spread, 1.0)
    near = reorder_eoqb(*given)
    quantities = float(near.quantity) * np.geomspace(1, 8, 200)
    points = best_point(quantities, h, p * h, rate, spread, 1.0)
    best = reorder_cost(points, quantities, *given).min()
    assert best * (1 - 1e-9) <= near.cost <= best * 1.125


def test_demand_known_for_certain_needs_no_safety() -> None:
    policy = reorder_eoqb(0.225, 5, 8, 1300, 0, 0.5)
    assert policy.quantity == pytest.approx(310.81255515896464)
    assert policy.point == pytest.approx(650 - 0.0430622009569378 * policy.quantity)
    assert policy.cost == pytest.approx(66.92136355097327)
    loss = reorder_loss(0.225, 5, 8, 1300, 0, 0.5)
    assert (loss.point, loss.quantity, loss.cost) == pytest.approx(
        (policy.point, policy.quantity, policy.cost), rel=1e-9
    )


def test_the_textbook_s_point_and_level() -> None:
    policy = order_up_to(Poisson(6), 1, 4, 5)
    assert (policy.point, policy.level) == (4, 10)
    assert policy.cost == pytest.approx(8.034111561471642, rel=1e-12)
    assert order_up_to_cost(4, 10, Poisson(6), 1, 4, 5) == pytest.approx(
        8.034111561471642, rel=1e-12
    )


def _all_costs(demand: Demand, h: float, p: float, fixed: float) -> float:
    pairs = [(s, S) for S in range(-3, 60) for s in range(S - 50, S)]
    s, S = np.array(pairs, float).T
    return float(order_up_to_cost(s, S, demand, h, p, fixed).min())


@settings(max_examples=15, deadline=None)
@given(COSTS, PENALTIES, SETUPS, st.lists(st.integers(0, 9), min_size=2, max_size=8))
def test_no_policy_is_cheaper(
    h: float, p: float, fixed: float, weights: list[int]
) -> None:
    weights[-1] += 1
    demand = Discrete(np.array(weights) / sum(weights))
    policy = order_up_to(demand, h, p, fixed)
    assert policy.cost <= _all_costs(demand, h, p, fixed) * (1 + 1e-12)
    again = order_up_to_cost(policy.point, policy.level, demand, h, p, fixed)
    assert policy.cost == pytest.approx(float(again), rel=1e-12)


def test_products_that_differ_much_are_each_as_alone() -> None:
    rng = np.random.default_rng(5)
    mean = rng.lognormal(1, 1.5, 60)
    h, p, fixed = (
        rng.uniform(0.1, 3, 60),
        rng.uniform(2, 40, 60),
        rng.uniform(1, 90, 60),
    )
    demand = NegativeBinomial(mean, np.sqrt(2 * mean))
    together = order_up_to(demand, h, p, fixed, lead_time=1)
    for row in range(60):
        one = demand.take(np.array([row]))
        alone = order_up_to(one, h[row], p[row], fixed[row], lead_time=1)
        assert together.point[row] == alone.point[0]
        assert together.level[row] == alone.level[0]
        assert together.cost[row] == pytest.approx(float(alone.cost[0]), rel=1e-12)


def test_a_tiny_fixed_cost_ends_in_base_stock() -> None:
    policy = order_up_to(Poisson(6), 1, 4, 1e-9)
    level = newsvendor(Poisson(6), 1, 4)
    assert (policy.point, policy.level) == (level.level - 1, level.level)
    assert policy.cost == pytest.approx(float(level.cost), rel=1e-6)


def test_a_lead_time_is_covered() -> None:
    """A demand of exactly 3 a period makes costs of any lead time the same."""
    certain = Discrete([0, 0, 0, 1])
    near, far = (order_up_to(certain, 1, 9, 20, lead) for lead in (0, 2))
    assert far.cost == pytest.approx(float(near.cost))
    assert (far.point - near.point, far.level - near.level) == (6, 6)


def test_the_textbook_s_power_approximation() -> None:
    """As the textbook prints it, and with its authors' rule for small lots."""
    given = (50, 8, 0.18, 0.70, 2.5)
    plain = power_approximation(*given, small_lots=False)
    assert plain.point == pytest.approx(40.19461695647407, rel=1e-12)
    assert plain.level == pytest.approx(74.29017010980579, rel=1e-12)
    capped = power_approximation(*given)
    assert capped.point == pytest.approx(40.19461695647407, rel=1e-12)
    assert capped.level == pytest.approx(56.60395592743389, rel=1e-12)


def test_the_rule_for_small_lots_comes_nearer_to_the_best() -> None:
    units = np.arange(200)
    table = np.diff(stats.norm.cdf([*(units - 0.5), 199.5], 50, 8))
    demand = Discrete(table / table.sum())
    best = order_up_to(demand, 0.18, 0.70, 2.5)
    capped = order_up_to_cost(40, 57, demand, 0.18, 0.70, 2.5)
    plain = order_up_to_cost(40, 74, demand, 0.18, 0.70, 2.5)
    assert (best.point, best.level) == (45, 57)
    assert capped / best.cost == pytest.approx(1, abs=1e-4)
    assert plain / best.cost == pytest.approx(1.511, abs=1e-3)


def test_the_textbook_s_finite_horizon() -> None:
    """With demand cut off as the textbook does, and with all of it."""
    cut = finite_horizon(TERMS, 100, 20, reach=4)
    assert cut.points.tolist() == [110, 110, 110, 110, 111]
    assert cut.levels.tolist() == [133, 133, 133, 133, 126]
    assert cut.cost == pytest.approx(1558.6946467384016, rel=1e-9)
    whole = finite_horizon(TERMS, 100, 20)
    assert whole.points.tolist() == cut.points.tolist()
    assert whole.levels.tolist() == cut.levels.tolist()
    assert whole.cost == pytest.approx(1558.9020765747737, rel=1e-9)


def test_costs_to_come_belong_to_their_stock() -> None:
    start = finite_horizon(TERMS, 100, 20, initial=120)
    bare = finite_horizon(TERMS, 100, 20)
    at = int(np.flatnonzero(bare.states == 120)[0])
    assert start.cost == pytest.approx(bare.costs[0, at], rel=1e-9)
    assert bare.cost == pytest.approx(
        bare.costs[0, int(np.flatnonzero(bare.states == 0)[0])]
    )


def test_one_period_is_the_newsvendor() -> None:
    once = Terms(periods=1, holding_cost=1, stockout_cost=4)
    table = Poisson(6).chances(60)
    plan = finite_horizon_discrete(once, table / table.sum())
    alone = newsvendor(Poisson(6), 1, 4)
    assert plan.levels.tolist() == plan.points.tolist() == [alone.level]
    assert plan.cost == pytest.approx(float(alone.cost), rel=1e-9)


def test_periods_may_differ() -> None:
    """Demand is certain: the plan is the cheapest way to serve 3, 0 and 5 units."""
    terms = Terms(
        periods=3,
        holding_cost=[1, 1, 1],
        stockout_cost=50,
        terminal_stockout_cost=50,
        fixed_cost=[4, 4, 9],
    )
    tables = np.eye(6)[[3, 0, 5]]
    plan = finite_horizon_discrete(terms, tables)
    assert plan.cost == 4 + 4 + 5
    assert plan.levels.tolist() == [3, 5, 5]
    assert plan.orders.tolist() == [True, True, True]


def test_a_period_in_which_no_order_pays_says_so() -> None:
    terms = Terms(periods=2, holding_cost=1, stockout_cost=3, purchase_cost=[1, 9])
    plan = finite_horizon(terms, 20, 4)
    assert plan.orders.tolist() == [True, False]


def test_the_longer_the_horizon_the_nearer_to_the_endless_policy() -> None:
    terms = Terms(periods=60, holding_cost=1, stockout_cost=4, fixed_cost=5)
    table = Poisson(6).chances(40)
    plan = finite_horizon_discrete(terms, table / table.sum())
    endless = order_up_to(Poisson(6), 1, 4, 5)
    assert (plan.points[0], plan.levels[0]) == (endless.point, endless.level)
    assert plan.cost / 60 == pytest.approx(float(endless.cost), rel=0.01)


def test_the_textbook_s_bounds() -> None:
    bounds = myopic_bounds(TERMS, 100, 20)
    assert bounds.lowest_level[0] == pytest.approx(133.36782387894158, rel=1e-12)
    assert bounds.highest_level[0] == pytest.approx(191.66022942788436, rel=1e-9)
    assert bounds.lowest_point[0] == pytest.approx(110.26036848597217, rel=1e-9)
    assert bounds.highest_point[0] == pytest.approx(133.36782387894158, rel=1e-6)
    plan = finite_horizon(TERMS, 100, 20)
    assert (np.floor(bounds.lowest_point) <= plan.points).all()
    assert (plan.levels <= np.ceil(bounds.highest_level)).all()
    rising = Terms(periods=2, holding_cost=1, stockout_cost=9, fixed_cost=[1, 5])
    assert np.isnan(myopic_bounds(rising, 20, 4).highest_point).tolist() == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: reorder_poisson(1, 1, 0, 5, 1), "fixed_cost must be above 0, not 0"),
        (lambda: reorder_poisson(1, 1, 1, 0, 1), "demand_mean must be above 0, not 0"),
        (
            lambda: reorder_poisson(1, 1, 1, 5, -1),
            "lead_time must be 0 or above, not -",
        ),
        (lambda: reorder_poisson([1, 1], 1, 1, [5, 5, 5], 1), "products differ"),
        (
            lambda: reorder_discrete(Normal(5, 1), 5, 1, 1, 1),
            "demand must come in whole units",
        ),
        (
            lambda: reorder_eil(1, [40, 0.1], 8, 13, 2, 1),
            r"stockout_cost\[1\] must be above what holding a lot costs",
        ),
        (lambda: reorder_eoqb(1, 1, 1, 5, -2, 1), "demand_sd must be 0 or above"),
        (
            lambda: reorder_cost(5, 0, 1, 1, 1, 5, 2, 1),
            "order_quantity must be above 0",
        ),
        (lambda: order_up_to(Normal(5, 1), 1, 1, 1), "in whole units: Poisson"),
        (lambda: order_up_to(Poisson(0), 1, 1, 1), "demand_mean must be above 0"),
        (lambda: order_up_to(Poisson(1), 1, 1, 1, -1), "lead_time must be 0 or above"),
        (
            lambda: order_up_to_cost(5, 5, Poisson(1), 1, 1, 1),
            "level must be a whole number above point, not 5",
        ),
        (
            lambda: order_up_to_cost(0.5, 5, Poisson(1), 1, 1, 1),
            "point must be a whole number, not 0.5",
        ),
        (lambda: order_up_to(Poisson([1, 2]), [1, 1, 1], 1, 1), "products differ: h"),
        (
            lambda: reorder_discrete(Poisson([1, 2]), [1, 1, 1], 1, 1, 1),
            "products differ: demand_rate",
        ),
        (lambda: power_approximation(5, 0, 1, 1, 1), "demand_sd must be above 0"),
        (
            lambda: finite_horizon(
                Terms(periods=0, holding_cost=1, stockout_cost=1), 5, 1
            ),
            "periods must be 1 or more, not 0",
        ),
        (
            lambda: finite_horizon(TERMS, [100, 100], 20),
            r"demand_mean must be one number or 5, one a period, not \(2,\)",
        ),
        (
            lambda: finite_horizon_discrete(TERMS, np.eye(3)),
            "chances must be one row or 5, one a period, not 3",
        ),
        (
            lambda: myopic_bounds(
                Terms(periods=2, holding_cost=1, stockout_cost=2, purchase_cost=[9, 1]),
                20,
                4,
            ),
            r"purchase_cost\[0\] must be below stockout_cost",
        ),
    ],
)
def test_what_makes_no_sense_is_named(call: Callable[[], object], text: str) -> None:
    with pytest.raises(StockError, match=text):
        call()

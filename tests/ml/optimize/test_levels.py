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
    NegativeBinomial,
    Normal,
    Poisson,
)
from shop_personalize.ml.optimize.stock.levels import (
    order_up_to,
    order_up_to_cost,
    power_approximation,
)
from shop_personalize.ml.optimize.stock.newsvendor import newsvendor

COSTS = st.floats(0.1, 5)
PENALTIES = st.floats(0.5, 50)
SETUPS = st.floats(0.5, 60)


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


@pytest.mark.parametrize(
    ("call", "text"),
    [
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
        (lambda: power_approximation(5, 0, 1, 1, 1), "demand_sd must be above 0"),
    ],
)
def test_what_makes_no_sense_is_named(call: Callable[[], object], text: str) -> None:
    with pytest.raises(StockError, match=text):
        call()

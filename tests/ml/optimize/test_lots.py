from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_personalize.ml.optimize.stock.checked import StockError
from shop_personalize.ml.optimize.stock.varying import wagner_whitin

AMOUNTS = st.integers(0, 40)
PERIODS = st.integers(1, 6)


def test_the_textbook_s_plan() -> None:
    plan = wagner_whitin([90, 120, 80, 70], 2, 500)
    assert plan.cost == 1380
    assert plan.quantities.tolist() == [210, 0, 150, 0]


def test_costs_may_change_from_period_to_period() -> None:
    plan = wagner_whitin([400, 500, 500, 1100, 900], 0.1, 100, [3, 1, 4, 6, 6])
    assert plan.cost == pytest.approx(4940)
    assert plan.quantities.tolist() == [400, 3000, 0, 0, 0]


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[int], list[int], list[int], list[int]]:
    length = draw(PERIODS)
    each = [draw(st.lists(AMOUNTS, min_size=length, max_size=length)) for _ in range(4)]
    return each[0], each[1], each[2], each[3]


@given(problems())
def test_no_choice_of_periods_is_cheaper(
    problem: tuple[list[int], list[int], list[int], list[int]],
) -> None:
    demand, holding, fixed, purchase = problem
    plan = wagner_whitin(demand, holding, fixed, purchase)
    costs = []
    for ordering in product((False, True), repeat=len(demand) - 1):
        starts = np.flatnonzero([True, *ordering])
        source = starts[np.searchsorted(starts, np.arange(len(demand)), "right") - 1]
        cost = 0
        for period, units in enumerate(demand):
            first = source[period]
            cost += units * (purchase[first] + holding[first] * (period - first))
        served = np.bincount(source, demand, len(demand))
        costs.append(cost + np.dot(fixed, served > 0))
    assert plan.cost == pytest.approx(min(costs))


@given(problems())
def test_the_plan_costs_what_it_says_and_serves_all(
    problem: tuple[list[int], list[int], list[int], list[int]],
) -> None:
    demand, holding, fixed, purchase = problem
    plan = wagner_whitin(demand, holding[0], fixed, purchase)
    stock = np.cumsum(plan.quantities) - np.cumsum(demand)
    assert (stock >= 0).all()
    assert stock[-1] == 0
    ordered = plan.quantities > 0
    spent = ordered @ np.array(fixed) + plan.quantities @ purchase
    assert plan.cost == pytest.approx(spent + holding[0] * stock.sum())


def test_many_products_are_planned_as_each_alone() -> None:
    rng = np.random.default_rng(1)
    demand = rng.integers(0, 30, (50, 12))
    fixed = rng.uniform(5, 100, (50, 1))
    together = wagner_whitin(demand, 1.0, fixed)
    for row in range(50):
        alone = wagner_whitin(demand[row], 1.0, fixed[row])
        np.testing.assert_array_equal(together.quantities[row], alone.quantities)
        assert together.cost[row] == pytest.approx(float(alone.cost), rel=1e-12)


def test_without_fixed_cost_each_period_orders_its_own() -> None:
    plan = wagner_whitin([9, 0, 4], 1, 0)
    assert (plan.quantities.tolist(), plan.cost) == ([9, 0, 4], 0)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (([5, -1], 1, 1), r"demand\[1\] must be 0 or above, not -1"),
        ((5, 1, 1), "demand must be"),
        (([5, 1], [1, 1, 1], 1), "numbers of products differ"),
        (([5, 1], 1, None), "fixed_cost is missing"),
        (([5, 1], -1, 1), "holding_cost must be 0 or above, not -1"),
    ],
)
def test_what_makes_no_sense_is_named(arguments: tuple[object, ...], text: str) -> None:
    with pytest.raises(StockError, match=text):
        wagner_whitin(*arguments)  # type: ignore[arg-type]

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from shop_personalize.ml.optimize.prices import (
    Demand,
    PriceError,
    PriceRules,
    best_prices,
)


def one(elasticity: float = -3.0, **more: Any) -> Demand:
    """Sold at 10.00, 20 units a period."""
    return Demand(np.array([10.0]), np.array([20.0]), np.array([elasticity]), **more)


def test_units_by_each_shape_of_demand() -> None:
    price = np.array([[5.0, 10.0, 20.0]])
    assert one(-2.0).at(price).tolist() == [[80.0, 20.0, 5.0]]
    linear = one(-2.0, shape="linear").at(price)
    assert linear.tolist() == [[40.0, 20.0, 0.0]]
    exponential = one(-2.0, shape="exponential").at(price)
    np.testing.assert_allclose(exponential, [[20 * np.e, 20.0, 20 * np.exp(-2)]])
    assert one(-2.0).at(np.array([20.0]), np.array([-1.0])).tolist() == [10.0]


@pytest.mark.parametrize(
    ("shape", "best"), [("constant", 6.0), ("linear", 26 / 3), ("exponential", 22 / 3)]
)
def test_the_peak_of_profit_in_closed_form(shape: Any, best: float) -> None:
    """Cost 4, ε -3: 4 × 3/2; (4 + 13 1/3) / 2; 4 + 10/3."""
    found = best_prices(one(shape=shape), cost=4.0)
    assert found.price[0] == pytest.approx(best, abs=1e-9)
    assert found.free[0] == found.price[0]
    assert found.problems == (None,)
    around = one(shape=shape).at(best + np.array([[-1e-3, 0, 1e-3]]))[0]
    profit = around * (best + np.array([-1e-3, 0, 1e-3]) - 4.0)
    assert profit[1] == profit.max()


@pytest.mark.parametrize(
    ("shape", "best"), [("linear", 20 / 3), ("exponential", 10 / 3)]
)
def test_the_peak_of_revenue_asks_for_no_cost(shape: Any, best: float) -> None:
    found = best_prices(one(shape=shape), objective="revenue")
    assert found.price[0] == pytest.approx(best)
    assert np.isnan(found.profit.then[0])


def test_weights_are_profit_at_another_cost() -> None:
    """Half profit, half revenue, 1 a unit: profit at (0.5 × 4 - 1) / 1 = 1."""
    aims = {"profit": 0.5, "revenue": 0.5, "units": 1.0}
    found = best_prices(one(), cost=4.0, objective=aims)
    assert found.price[0] == pytest.approx(1 * 3 / 2)


def test_units_alone_want_the_lowest_price_allowed() -> None:
    found = best_prices(one(), objective="units", rules=PriceRules(least=7.5))
    assert found.price[0] == 7.5
    assert found.bound == ("least",)


@pytest.mark.parametrize(
    ("rules", "price", "bound"),
    [
        ({"least": 7.0}, 7.0, "least"),
        ({"most": 5.5}, 5.5, "most"),
        ({"margin": 0.5}, 8.0, "margin"),
        ({"step": 0.1}, 9.0, "step"),
        ({"competitor": 9.0, "below": 0.1}, 8.1, "competitor"),
        ({"competitor": 5.0, "above": 0.1}, 5.5, "competitor"),
        ({"cent": 0.05, "least": 6.01}, 6.05, "least"),
        ({"endings": (0.99, 0.95)}, 5.99, ""),
        ({"endings": (0.0,), "step": 0.15}, 9.0, "step"),
        ({"endings": (0.99,), "least": 6.5}, 6.99, "least"),
        ({"least": 2.0, "most": 20.0, "step": 0.9, "margin": 0.1}, 6.0, ""),
    ],
)
def test_each_rule_binds_and_is_named(rules: Any, price: float, bound: str) -> None:
    found = best_prices(one(), cost=4.0, rules=PriceRules(**rules))
    assert found.price[0] == pytest.approx(price, abs=1e-9)
    assert found.bound == (bound,)
    assert not PriceRules(**rules).broken(found.price, found.now, np.array([4.0]))[0]


def test_prices_that_end_by_hundreds() -> None:
    demand = Demand(np.array([2100.0]), np.array([5.0]), np.array([-3.0]))
    rules = PriceRules(cent=1, endings=(80, 98), every=100)
    assert best_prices(demand, cost=1340.0, rules=rules).price[0] == 1998


def test_a_rule_without_a_figure_for_a_product_does_not_hold_there() -> None:
    demand = Demand(np.array([10.0, 10.0]), np.ones(2), np.full(2, -3.0))
    rules = PriceRules(least=np.array([7.0, np.nan]))
    assert best_prices(demand, cost=4.0, rules=rules).price.tolist() == [7.0, 6.0]


def test_what_is_expected_and_how_sure_that_is() -> None:
    demand = one(-3.0, low=np.array([-4.0]), high=np.array([-2.0]))
    found = best_prices(demand, cost=4.0, rules=PriceRules(least=8.0))
    assert found.price[0] == 8.0
    assert found.units.now[0] == 20
    assert found.units.then[0] == pytest.approx(20 * 1.25**3)
    assert found.units.low[0] == pytest.approx(20 * 1.25**2)
    assert found.units.high[0] == pytest.approx(20 * 1.25**4)
    assert found.revenue.now[0] == 200
    assert found.revenue.low[0] == pytest.approx(8 * 20 * 1.25**2)
    assert found.profit.now[0] == 120
    assert found.profit.then[0] == pytest.approx(4 * 20 * 1.25**3)
    assert found.profit.difference[0] == pytest.approx(4 * 20 * 1.25**3 - 120)
    assert found.price_low[0] == 8.0
    assert found.price_high[0] == 8.0
    free = best_prices(demand, cost=4.0)
    assert (free.price_low[0], free.price_high[0]) == pytest.approx((16 / 3, 8.0))
    assert free.changed.tolist() == [True]


def test_a_price_in_force_apart_from_where_demand_is_known() -> None:
    found = best_prices(
        one(), cost=4.0, now=np.array([12.0]), rules=PriceRules(step=0.25)
    )
    assert found.price[0] == 9.0
    assert found.units.now[0] == pytest.approx(20 * (12 / 10) ** -3)


@pytest.mark.parametrize(
    ("elasticity", "how", "words"),
    [
        (-3.0, {}, "the cost is not known: profit and margin cannot be reckoned"),
        (-3.0, {"cost": 0.0}, "the cost is 0: enter what a unit costs"),
        (-0.7, {"cost": 4.0}, "demand hardly answers the price"),
        (-3.0, {"objective": "revenue"}, "the lower the price the better"),
        (-3.0, {"objective": "units"}, "the lower the price the better"),
    ],
)
def test_where_no_price_is_best_the_reason_is_given_and_todays_kept(
    elasticity: float, how: Any, words: str
) -> None:
    found = best_prices(one(elasticity), **how)
    assert found.price.tolist() == [10.0]
    assert str(found.problems[0]).startswith(words)
    assert not found.changed[0]
    assert found.bound == ("",)


def test_a_limit_holds_what_nothing_else_would() -> None:
    up = best_prices(one(-0.7), cost=4.0, rules=PriceRules(most=11.5))
    down = best_prices(one(), objective="revenue", rules=PriceRules(step=0.2))
    assert (up.price[0], up.bound) == (11.5, ("most",))
    assert (down.price[0], down.bound) == (8.0, ("step",))


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (
            {"margin": 0.2, "step": 0.05},
            "the rules margin and step conflict: at least 11.88 and at most 10.50 are "
            "1.38 apart",
        ),
        (
            {"least": 12.0, "competitor": 10.0, "above": 0.05},
            "the rules least and competitor conflict: at least 12.00 and at most 10.50 "
            "are 1.50 apart",
        ),
        (
            {"least": 11.0, "most": 11.5, "endings": (0.99, 0.95)},
            "no price between 11.00 (least) and 11.50 (most) ends as prices must; the "
            "nearest is 0.01 outside",
        ),
    ],
)
def test_rules_that_leave_no_price_are_named_with_how_far_apart(
    rules: Any, words: str
) -> None:
    found = best_prices(one(), cost=9.5, rules=PriceRules(**rules))
    assert str(found.problems[0]) == words
    assert found.price.tolist() == [10.0]
    assert np.isnan(found.price_low[0])


def line(cost: list[float], gap: float = 0.0, **rules: Any) -> Any:
    n = len(cost)
    demand = Demand(
        np.arange(10.0, 10.0 + n), np.full(n, 20.0), np.full(n, -3.0), shape="linear"
    )
    held = PriceRules(line=np.zeros(n, np.int64), gap=gap, **rules)
    return best_prices(demand, cost=np.array(cost), rules=held), held, demand


def test_a_line_keeps_its_order_and_its_distance() -> None:
    found, rules, _ = line([8.0, 4.0, 6.0], gap=1.0, cent=0.01)
    assert (np.diff(found.price) >= 1 - 1e-9).all()
    assert not rules.broken(found.price, found.now, np.array([8.0, 4.0, 6.0])).any()


def test_a_line_far_enough_apart_is_left_as_it_is() -> None:
    together, _, demand = line([4.0, 4.0, 4.0], gap=0.1)
    alone = best_prices(demand, cost=4.0)
    assert (together.price == alone.price).all()


def test_a_line_is_the_best_of_all_that_are_far_enough_apart() -> None:
    cost = np.array([8.0, 4.0])
    rules = {"gap": 1.0, "endings": (0.0, 0.5), "least": 5.0, "most": 15.0}
    found, _, demand = line(cost.tolist(), **rules)
    prices = np.arange(5, 15.5, 0.5)
    first, second = np.meshgrid(prices, prices, indexing="ij")
    each = [
        demand.take(np.array([k])).at(grid.reshape(1, -1))[0] * (grid.ravel() - cost[k])
        for k, grid in enumerate((first, second))
    ]
    far = (second - first).ravel() >= 1
    best = np.where(far, each[0] + each[1], -np.inf).argmax()
    assert found.price.tolist() == [first.ravel()[best], second.ravel()[best]]


def test_a_line_without_coins_is_solved_to_the_peak() -> None:
    """One gap of 1 binds: maximize the sum of two parabolas along it."""
    found, _, demand = line([8.0, 4.0], gap=1.0)

    def total(price: float) -> float:
        pair = np.array([price, price + 1])
        return float((demand.at(pair) * (pair - np.array([8.0, 4.0]))).sum())

    assert found.price[1] - found.price[0] == pytest.approx(1, abs=1e-9)
    grid = found.price[0] + np.linspace(-0.5, 0.5, 1001)
    assert grid[np.argmax([total(each) for each in grid])] == pytest.approx(
        found.price[0], abs=1e-3
    )


def test_a_member_without_a_suggestion_stays_and_the_others_mind_it() -> None:
    demand = Demand(np.array([10.0, 12.0]), np.full(2, 20.0), np.full(2, -3.0))
    rules = PriceRules(line=np.zeros(2, np.int64), gap=1.0)
    found = best_prices(demand, cost=np.array([np.nan, 4.0]), rules=rules)
    assert found.price.tolist() == [10.0, 11.0]
    assert [each is None for each in found.problems] == [False, True]


def test_a_line_that_cannot_be_kept_apart_stays_as_it_is() -> None:
    found, _, _ = line([4.0, 4.0], gap=3.0, step=0.05)
    assert found.price.tolist() == [10.0, 11.0]
    words = (
        "the rules gap and step conflict: at least 12.50 and at most 11.55 are 0.95 "
        "apart"
    )
    assert [str(each) for each in found.problems] == [words, words]


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (lambda: one(0.2), "elasticity of product 0: below 0, not 0.2"),
        (lambda: one(np.nan), "elasticity of product 0: below 0, not nan"),
        (lambda: one(shape="round"), "shape: one of constant, linear, exponential"),
        (lambda: one(low=np.array([-2.0])), "not within its interval -2 to -3"),
        (lambda: Demand(0.0, 1.0, -2.0), "price of product 0: above 0, not 0"),
        (lambda: Demand(1.0, -1.0, -2.0), "units of product 0: 0 or more, not -1"),
        (lambda: best_prices(one(), cost=-1.0), "cost of product 0: 0 or more, not -1"),
        (lambda: best_prices(one(), cost=np.ones(2)), r"cost is \(2,\)"),
        (lambda: best_prices(one(), objective="fame"), "objective: profit, revenue"),
        (lambda: best_prices(one(), objective={"units": 0}), "at least one above 0"),
        (lambda: PriceRules(step=-0.1), "step: 0 or more, not -0.1"),
        (lambda: PriceRules(margin=1.0), "margin: a share below 1"),
        (lambda: PriceRules(below=0.1), "ask for the competitor's price"),
        (
            lambda: best_prices(one(), cost=1, rules=PriceRules(endings=(0.995,))),
            "endings: 0.995 is no multiple of the coin 0.01",
        ),
        (
            lambda: best_prices(one(), cost=1, rules=PriceRules(endings=(1.5,))),
            r"endings: each from 0 to below every \(1\)",
        ),
    ],
)
def test_what_cannot_be_reckoned_with_is_named(work: Any, message: str) -> None:
    with pytest.raises(PriceError, match=message):
        work()

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from shop_personalize.ml.optimize.prices import Demand, PriceError, PriceRules, markdown


def one(units: float = 4.0, elasticity: float = -2.0) -> Demand:
    return Demand(np.array([10.0]), np.array([units]), np.array([elasticity]))


WHOLE = PriceRules(cent=1.0, least=4.0)


def certain(prices: Any, stock: float, salvage: float, units: float) -> float:
    """What prices bring when demand is exactly what is expected."""
    total, left = 0.0, stock
    for price in prices:
        sold = min(units * (price / 10) ** -2, left)
        total, left = total + sold * price, left - sold
    return total + salvage * left


def test_with_certain_demand_it_is_the_best_of_all_falling_paths() -> None:
    """Rates 4, 16 and 100/9… at 10, 5 and 6: whole lots, so nothing is rounded."""
    demand = Demand(np.array([10.0]), np.array([4.0]), np.array([-2.0]))
    rules = PriceRules(cent=5.0, least=5.0)
    for stock, salvage in ((12, 0.0), (24, 0.0), (40, 2.0), (100, 1.0)):
        found = markdown(
            demand, stock=stock, periods=3, salvage=salvage, rules=rules, chance="none"
        )
        paths = [
            p for p in product((10.0, 5.0), repeat=3) if sorted(p)[::-1] == list(p)
        ]
        best = max(paths, key=lambda path: certain(path, stock, salvage, 4.0))
        assert found.total == pytest.approx(certain(best, stock, salvage, 4.0))
        assert certain(found.price, stock, salvage, 4.0) == pytest.approx(found.total)


@pytest.mark.parametrize("chance", ["poisson", "negative-binomial"])
def test_with_chance_it_is_the_best_policy_by_hand(chance: Any) -> None:
    """Two periods, three units, two prices: every policy tried."""

    def odds(price: float) -> np.ndarray:
        mean = 2.0 * (price / 10) ** -2
        if chance == "poisson":
            found = poisson.pmf(range(3), mean)
        else:
            found = nbinom.pmf(range(3), 2.0, 2.0 / (2.0 + mean))
        return np.append(found, 1 - found.sum())

    def last(price: float, left: int) -> float:
        return sum(p * price * min(k, left) for k, p in enumerate(odds(price)))

    def both(first: float) -> float:
        total = 0.0
        for sold, chance_of in enumerate(odds(first)):
            left = max(3 - sold, 0)
            later = max(last(price, left) for price in (10.0, 5.0) if price <= first)
            total += chance_of * (first * min(sold, 3) + later)
        return total

    found = markdown(
        one(units=2.0),
        stock=3,
        periods=2,
        rules=PriceRules(cent=5.0, least=5.0),
        chance=chance,
        dispersion=0.5,
    )
    assert found.revenue == pytest.approx(max(both(10.0), both(5.0)), rel=1e-9)
    assert found.price[0] == (10.0 if both(10.0) >= both(5.0) else 5.0)


@given(
    stock=st.integers(1, 60),
    periods=st.integers(1, 6),
    salvage=st.floats(0, 5),
    step=st.none() | st.floats(0.1, 0.6),
    elasticity=st.floats(-5, -0.5),
    chance=st.sampled_from(["poisson", "negative-binomial", "none"]),
)
@settings(max_examples=60, deadline=None)
def test_prices_never_rise_nor_break_a_rule_and_units_add_up(
    stock: int, periods: int, salvage: float, step: Any, elasticity: float, chance: Any
) -> None:
    rules = PriceRules(least=4.0, endings=(0.0, 0.5), step=step)
    found = markdown(
        one(elasticity=elasticity),
        stock=stock,
        periods=periods,
        salvage=salvage,
        rules=rules,
        chance=chance,
    )
    before = np.concatenate([[10.0], found.price[:-1]])
    assert (found.price <= before).all()
    assert (found.price >= 4.0).all()
    assert (found.price * 2 == np.rint(found.price * 2)).all()
    if step is not None:
        assert (found.price >= before * (1 - step) - 1e-9).all()
    np.testing.assert_allclose(stock - np.cumsum(found.units), found.left, atol=1e-9)
    assert (found.left >= 0).all()
    assert found.total >= found.kept_revenue - 1e-9
    assert found.rest <= salvage * stock + 1e-9
    assert 0 <= found.sold_out <= 1 + 1e-12


def test_a_stock_that_sells_by_itself_keeps_its_price() -> None:
    found = markdown(one(), stock=5, periods=8, rules=WHOLE)
    assert found.price.tolist() == [10.0] * 8
    assert found.total == pytest.approx(found.kept_revenue)


def test_a_stock_far_too_large_falls_to_the_floor_if_that_brings_more() -> None:
    """Elasticity -2: half the price doubles revenue, so the least at once."""
    found = markdown(one(), stock=5000, periods=3, rules=WHOLE)
    assert found.price.tolist() == [4.0, 4.0, 4.0]
    assert found.units.tolist() == pytest.approx([25.0, 25.0, 25.0])
    assert found.revenue == pytest.approx(300.0, rel=0.01)
    assert found.kept_revenue == pytest.approx(120.0, rel=0.01)
    stiff = markdown(one(elasticity=-0.8), stock=5000, periods=3, rules=WHOLE)
    assert stiff.price.tolist() == [10.0, 10.0, 10.0]


def test_a_fall_is_no_steeper_than_the_step() -> None:
    rules = PriceRules(cent=1.0, least=4.0, step=0.2)
    found = markdown(one(), stock=5000, periods=5, rules=rules)
    assert found.price.tolist() == [8.0, 7.0, 6.0, 5.0, 4.0]


def test_a_season_moves_the_fall_before_demand_dries_up() -> None:
    fading = np.array([1.0, 1.0, 0.05, 0.05])
    found = markdown(one(), stock=24, periods=4, season=fading, rules=WHOLE)
    steady = markdown(one(), stock=24, periods=4, rules=WHOLE)
    assert found.price[0] < steady.price[0]


def test_a_salvage_value_holds_prices_up() -> None:
    low = markdown(one(), stock=60, periods=4, salvage=0.0, rules=WHOLE)
    high = markdown(one(), stock=60, periods=4, salvage=6.0, rules=WHOLE)
    assert high.price[-1] > low.price[-1]


def test_large_stocks_in_lots_are_close_to_small_ones_counted_singly() -> None:
    """The same problem in units and in tens of units, without chance."""
    single = markdown(one(units=20.0), stock=290, periods=5, chance="none", rules=WHOLE)
    tens = markdown(one(units=200.0), stock=2900, periods=5, chance="none", rules=WHOLE)
    assert tens.total / 10 == pytest.approx(single.total, rel=0.003)
    assert tens.price.tolist() == single.price.tolist()


def test_the_plan_answers_whatever_is_left() -> None:
    found = markdown(one(), stock=40, periods=4, rules=WHOLE)
    assert found.ask(0, 40, 10.0) == found.price[0]
    slow, quick = found.ask(2, 35, found.price[1]), found.ask(2, 5, found.price[1])
    assert slow < quick <= found.price[1]
    assert found.ask(2, 35, 5.5) <= 5.0
    with pytest.raises(PriceError, match="period: 0 to 3, not 4"):
        found.ask(4, 1, 10.0)
    with pytest.raises(PriceError, match="none of the ladder can follow 3"):
        found.ask(1, 1, 3.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stock": 0}, "stock: above 0, not 0"),
        ({"periods": 0}, "periods: 1 or more, not 0"),
        ({"salvage": -1}, "salvage: 0 or more, not -1"),
        ({"chance": "luck"}, "chance: poisson, negative-binomial or none"),
        ({"dispersion": 0}, "dispersion: above 0, not 0"),
        ({"season": np.ones(2)}, r"season is \(2,\)"),
        (
            {"season": np.array([1, np.nan, 1])},
            "season in period 1: 0 or more, not nan",
        ),
        (
            {"rules": PriceRules(least=11)},
            "rule least asks at least 11.00, more than 10",
        ),
        (
            {"rules": PriceRules(margin=0.2)},
            "rule margin asks for the cost, which is not known",
        ),
        (
            {"rules": PriceRules(margin=0.2), "cost": 9.0},
            "rule margin asks at least 11.25, more than 10.00",
        ),
        (
            {"rules": PriceRules(least=9.1, endings=(0.0,), most=9.9)},
            "no price from 9.10 to 9.90 ends as prices must",
        ),
        (
            {"rules": PriceRules(most=5, step=0.2)},
            "rule step allows 8.00 or more at first, the other rules at most 5.00",
        ),
        (
            {"demand": Demand(np.ones(2), np.ones(2), np.full(2, -2.0))},
            "demand: of one product, not 2",
        ),
    ],
)
def test_what_cannot_be_planned_is_named(change: Any, message: str) -> None:
    plan = {"demand": one(), "stock": 10, "periods": 3, **change}
    with pytest.raises(PriceError, match=message):
        markdown(plan.pop("demand"), **plan)

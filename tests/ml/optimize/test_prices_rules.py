from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_personalize.ml.optimize.prices import (
    Demand,
    PriceError,
    PriceRules,
    Suggested,
    best_prices,
)
from shop_personalize.ml.optimize.prices.endings import Lattice

CENTS = st.integers(50, 20_000).map(lambda cents: cents / 100)
ENDINGS = [(), (0.99,), (0.99, 0.95), (0.0,), (0.49, 0.99)]


def shares(least: float, most: float) -> st.SearchStrategy[float]:
    return st.floats(least, most)


@st.composite
def shops(draw: st.DrawFn) -> tuple[Demand, np.ndarray, PriceRules, dict[str, float]]:
    n = draw(st.integers(1, 4))

    def each(values: st.SearchStrategy[float]) -> np.ndarray:
        return np.array(draw(st.lists(values, min_size=n, max_size=n)))

    def maybe(values: st.SearchStrategy[float]) -> Any:
        return draw(
            st.none()
            | values
            | st.lists(values | st.just(np.nan), min_size=n, max_size=n).map(np.array)
        )

    price, elasticity = each(CENTS), -each(shares(0.3, 8))
    demand = Demand(
        price,
        each(shares(0, 50)),
        elasticity,
        elasticity * 1.4,
        elasticity * 0.6,
        draw(st.sampled_from(["constant", "linear", "exponential"])),
    )
    cost = np.round(price * each(shares(0.1, 1.2)), 2) + 0.01
    competitor = maybe(CENTS)
    near = competitor is not None
    rules = PriceRules(
        least=maybe(CENTS),
        most=maybe(CENTS),
        margin=maybe(shares(0, 0.7)),
        step=maybe(shares(0, 0.5)),
        competitor=competitor,
        below=draw(st.none() | shares(0, 0.3)) if near else None,
        above=draw(st.none() | shares(0, 0.3)) if near else None,
        cent=draw(st.sampled_from([None, 0.01, 0.05])),
        endings=(),
        line=draw(st.none() | st.just(np.array([0, 0, 0, -1][:n]))),
        gap=draw(shares(0, 2)),
        gap_share=draw(shares(0, 0.1)),
    )
    if rules.cent == 0.01:
        rules = with_endings(rules, draw(st.sampled_from(ENDINGS)))
    aims = draw(
        st.sampled_from(
            [
                {"profit": 1.0},
                {"revenue": 1.0},
                {"units": 1.0},
                {"profit": 1.0, "units": 0.5},
                {"profit": 0.3, "revenue": 0.7, "units": 2.0},
            ]
        )
    )
    return demand, cost, rules, aims


def with_endings(rules: PriceRules, endings: tuple[float, ...]) -> PriceRules:
    return PriceRules(**{**vars(rules), "endings": endings})


@given(shops())
@settings(max_examples=100, deadline=None)
def test_no_suggestion_ever_breaks_a_rule(shop: Any) -> None:
    demand, cost, rules, aims = shop
    found = best_prices(demand, cost=cost, rules=rules, objective=aims)
    for row, problem in enumerate(found.problems):
        if problem is not None:
            assert found.price[row] == found.now[row]
            assert str(problem)
        else:
            check(found, row, cost[row], rules)
    check_lines(found, rules)
    suggested = np.array([each is None for each in found.problems])
    if suggested.all():
        assert not rules.broken(found.price, found.now, cost).any()


def check(found: Suggested, row: int, cost: float, rules: PriceRules) -> None:
    """The rules read once more, as a shopkeeper would."""
    price, now = found.price[row], found.now[row]
    slack = 1e-8 * max(price, 1)

    def given_for(name: str) -> float:
        values = getattr(rules, name)
        if values is None:
            return float("nan")
        return float(np.broadcast_to(values, len(found))[row])

    assert price > 0
    assert not price < given_for("least") - slack
    assert not price > given_for("most") + slack
    assert not price - cost < given_for("margin") * price - slack
    assert not abs(price - now) > given_for("step") * now + slack
    theirs = given_for("competitor")
    if rules.below is not None:
        assert not price < theirs * (1 - rules.below) - slack
    if rules.above is not None:
        assert not price > theirs * (1 + rules.above) + slack
    if rules.cent is not None:
        coins = price / rules.cent
        assert coins == pytest.approx(round(coins), abs=1e-6)
    if rules.endings:
        assert round(price * 100) % 100 in {round(each * 100) for each in rules.endings}


def check_lines(found: Suggested, rules: PriceRules) -> None:
    if rules.line is None:
        return
    rows = np.flatnonzero(rules.line == 0)
    rows = rows[np.lexsort((rows, found.now[rows]))]
    if all(found.problems[row] is not None for row in rows):
        return
    for cheap, dear in pairwise(found.price[rows]):
        assert dear >= cheap * (1 + rules.gap_share) + rules.gap - 1e-8 * dear


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_a_line_is_never_worse_than_any_other_that_keeps_the_rules(seed: int) -> None:
    rng = np.random.default_rng(seed)
    price = np.sort(rng.integers(4, 12, 3)).astype(float)
    cost = price * rng.uniform(0.3, 0.9, 3)
    demand = Demand(
        price, rng.uniform(1, 9, 3), -rng.uniform(1.2, 5, 3), shape="exponential"
    )
    rules = PriceRules(
        least=3.0,
        most=14.0,
        cent=0.5,
        line=np.zeros(3, np.int64),
        gap=float(rng.integers(0, 4)) / 2,
        gap_share=0.1,
    )
    found = best_prices(demand, cost=cost, rules=rules)
    ladder = np.arange(3, 14.5, 0.5)
    all_three = np.array(list(product(ladder, repeat=3)))
    far = (np.diff(all_three) >= 0.1 * all_three[:, :2] + rules.gap - 1e-9).all(axis=1)
    worth = (demand.at(all_three.T).T * (all_three - cost)).sum(axis=1)
    reached = (demand.at(found.price) * (found.price - cost)).sum()
    assert found.problems == (None,) * 3
    assert reached == pytest.approx(worth[far].max(), rel=1e-12)


@given(
    st.integers(1, 10**7),
    st.sampled_from([(0.01, ()), (0.01, (0.99, 0.95)), (0.05, (0.0, 0.5)), (1.0, ())]),
)
def test_the_nearest_price_below_and_above_is_one_that_can_be_asked(
    tenths: int, kind: tuple[float, tuple[float, ...]]
) -> None:
    lattice = Lattice.of(kind[0], kind[1], 1.0)
    price = np.array([tenths / 1000])
    down, up = lattice.money(lattice.down(price)), lattice.money(lattice.up(price))
    assert lattice.holds(down)
    assert lattice.holds(up)
    assert down <= price + 1e-9
    assert up >= price - 1e-9
    assert not len(lattice.between(down[0] + 2e-3, up[0] - 2e-3, 10))
    assert lattice.holds(price)[0] == (abs(up - down) < 1e-9)[0]


def test_all_prices_of_a_range_and_a_few_of_many() -> None:
    lattice = Lattice.of(0.01, (0.99, 0.5), 1.0)
    assert lattice.between(1.5, 3.5, 9).tolist() == [1.5, 1.99, 2.5, 2.99, 3.5]
    assert lattice.between(1.6, 1.9, 9).tolist() == []
    few = lattice.between(1, 1000, 11)
    assert (len(few), few[0], few[-1]) == (11, 1.5, 999.99)


def test_rules_say_which_prices_break_them() -> None:
    now, cost = np.array([10.0, 20.0, 30.0]), np.array([5.0, 5.0, np.nan])
    rules = PriceRules(
        least=8, margin=0.5, step=0.5, endings=(0.99,), line=np.array([0, 0, -1]), gap=2
    )
    good = np.array([10.99, 12.99, 30.99])
    assert rules.broken(good, now, cost).tolist() == [False, False, False]
    for row, price in ((0, 7.99), (0, 9.98), (1, 30.99), (2, 45.99)):
        wrong = good.copy()
        wrong[row] = price
        assert rules.broken(wrong, now, cost)[row]
    close = np.array([10.99, 11.99, 30.99])
    assert rules.broken(close, now, cost).tolist() == [True, True, False]


def test_figures_of_rules_must_fit_the_products() -> None:
    with pytest.raises(PriceError, match=r"most is \(2,\); it must be one number or"):
        PriceRules(most=np.ones(2)).limits(np.ones(3), np.ones(3))
    with pytest.raises(PriceError, match="cent: above 0, not -1"):
        Lattice.of(-1.0, (), 1.0)


def test_prices_of_a_billion_coins_are_counted_and_not_listed() -> None:
    lattice = Lattice.of(0.01, (0.99, 0.5), 1.0)
    found = lattice.between(1.0, 100_000_000.0, 5)
    assert found.tolist() == [
        1.5,
        25_000_000.99,
        50_000_000.5,
        74_999_999.99,
        99_999_999.99,
    ]

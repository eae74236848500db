from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from shop_personalize.ml.optimize.stock.checked import StockError
from shop_personalize.ml.optimize.stock.demand import (
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
)
from shop_personalize.ml.optimize.stock.newsvendor import newsvendor

TERMS = Terms(
    periods=5,
    holding_cost=1,
    stockout_cost=20,
    terminal_holding_cost=1,
    terminal_stockout_cost=20,
    purchase_cost=2,
    fixed_cost=50,
)


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

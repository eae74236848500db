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
from shop_personalize.ml.optimize.stock.newsvendor import expected_cost
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
        (
            lambda: reorder_discrete(Poisson([1, 2]), [1, 1, 1], 1, 1, 1),
            "products differ: demand_rate",
        ),
    ],
)
def test_what_makes_no_sense_is_named(call: Callable[[], object], text: str) -> None:
    with pytest.raises(StockError, match=text):
        call()

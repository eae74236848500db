"""Plans over several periods: textbook lots, every limit kept, why there is none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop_personalize.ml.optimize.replenishment import PlanError, plan
from shop_personalize.ml.optimize.stock.checked import StockError
from shop_personalize.ml.optimize.stock.varying import wagner_whitin

EXAMPLE_3_9 = {"demand": [[90, 120, 80, 70]], "holding": 2, "setup": 500}
STEADY = {"demand": [[10, 10, 10]], "holding": 1}


def test_the_textbooks_lots():
    found = plan(**EXAMPLE_3_9, gap=0)

    assert found.orders.tolist() == [[210, 0, 150, 0]]
    assert found.cost == pytest.approx(1380, rel=1e-9)
    assert found.bound == pytest.approx(1380, rel=1e-6)
    assert found.stock == pytest.approx(np.array([[120, 0, 70, 0]]))


@pytest.mark.parametrize("seed", range(40))
def test_without_limits_it_is_wagner_and_whitin(seed):
    case = lots(seed)
    expected = wagner_whitin(case["demand"], case["holding"], case["setup"]).cost

    found = plan(**case, pack=0, gap=0)

    assert found.cost == pytest.approx(float(expected.sum()), rel=1e-9)


def lots(seed):
    rng = np.random.default_rng(seed)
    n, T = int(rng.integers(1, 4)), int(rng.integers(2, 9))
    return {
        "demand": rng.integers(0, 100, (n, T)).astype(float),
        "holding": rng.uniform(0.1, 3, (n, T)).round(2)[:, :1] * np.ones(T),
        "setup": rng.uniform(10, 300, (n, 1)).round(2) * np.ones(T),
    }


def test_ample_limits_change_nothing():
    free = plan(**EXAMPLE_3_9, gap=0)

    held = plan(**EXAMPLE_3_9, cost=0, budget=1e6, space=1, storage=1e6, gap=0)

    assert held.cost == pytest.approx(free.cost)
    assert held.orders.tolist() == free.orders.tolist()


def test_a_budget_moves_orders_to_earlier_periods():
    """The last period could pay for 5 of 10."""
    found = plan(**STEADY, cost=3, budget=[100, 100, 15])

    assert found.orders.tolist() == [[10, 15, 5]]
    assert found.spent.tolist() == [30, 45, 15]
    assert found.cost == 30 * 3 + 5


def test_room_holds_what_has_arrived():
    """Both products would be ordered once; there is no room for the second's lot."""
    case = {"demand": [[10, 10], [10, 10]], "holding": 0.1, "setup": 50}

    found = plan(**case, space=[1, 2], storage=[50, 30], gap=0)

    assert found.orders.tolist() == [[20, 0], [10, 10]]
    assert found.room.tolist() == [40, 30]


def test_packs_and_a_minimum():
    found = plan(
        demand=[[10, 10, 10], [10, 10, 10]], holding=1, pack=[6, 1], minimum=[0, 25]
    )

    assert found.orders.tolist() == [[12, 12, 6], [30, 0, 0]]


def test_lead_time_stock_and_pipeline():
    """Two periods are served by what is there; the rest is ordered two earlier."""
    found = plan(
        demand=[[10, 10, 10, 10]],
        holding=1,
        initial=[12],
        pipeline=[[0, 8, 0, 0]],
        lead_time=[2],
    )

    assert found.orders.tolist() == [[10, 10, 0, 0]]
    assert found.stock.tolist() == [[2, 0, 0, 0]]
    assert found.cost == 2


def test_stock_to_be_left_is_left():
    assert plan(**STEADY, final=7).orders.tolist() == [[10, 10, 17]]


def test_customers_wait_where_that_is_cheaper():
    found = plan(**STEADY, setup=50, shortage=1.5)

    assert found.orders.tolist() == [[0, 30, 0]]
    assert found.short.tolist() == [[10, 0, 0]]
    assert found.cost == 50 + 10 * 1.5 + 10 * 1


def test_lost_sales_do_not_come_back():
    found = plan(**STEADY, cost=5, setup=1, shortage=4, lost=True)

    assert found.orders.tolist() == [[0, 0, 0]]
    assert found.short.tolist() == [[10, 10, 10]]
    assert found.cost == 30 * 4


def test_demand_before_anything_can_arrive_is_short():
    found = plan(**STEADY, lead_time=1, shortage=9)

    assert found.orders.tolist() == [[20, 10, 0]]
    assert found.short.tolist() == [[10, 0, 0]]


def test_the_relaxation_is_a_bound():
    whole, relaxed = (plan(**EXAMPLE_3_9, whole=way, gap=0) for way in (True, False))

    assert relaxed.cost < whole.cost
    assert relaxed.bound == relaxed.cost


@st.composite
def cases(draw):
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    n, T = draw(st.integers(1, 3)), draw(st.integers(2, 5))
    demand = rng.integers(0, 20, (n, T)).astype(float)
    return {
        "demand": demand,
        "holding": rng.uniform(0.1, 2, n),
        "cost": rng.uniform(1, 5, n),
        "setup": rng.uniform(0, 20, n),
        "shortage": rng.uniform(5, 20, n),
        "lost": draw(st.booleans()),
        "initial": rng.integers(0, 10, n).astype(float),
        "pipeline": rng.integers(0, 4, (n, T)).astype(float),
        "lead_time": rng.integers(0, 3, n),
        "pack": rng.integers(1, 6, n),
        "minimum": rng.integers(0, 15, n),
        "budget": rng.uniform(0, 100, T),
        "space": rng.uniform(0.5, 2, n),
        "storage": np.full(T, 25.0 * n) + 40,
    }


@given(cases())
@settings(max_examples=40, deadline=None)
def test_a_plan_keeps_to_every_limit(case):
    found = plan(**case, gap=1e-3)
    demand, T = case["demand"], case["demand"].shape[1]

    packs = found.orders / case["pack"][:, None]
    assert packs == pytest.approx(np.rint(packs))
    ordered = found.orders > 0
    assert np.all(
        found.orders[ordered] >= np.repeat(case["minimum"], T)[ordered.ravel()]
    )
    assert np.all(found.spent <= case["budget"] + 1e-6)
    assert np.all(found.room <= case["storage"] + 1e-6)
    stock, waiting = case["initial"], np.zeros(len(demand))
    for t in range(T):
        since = t - case["lead_time"]
        came = np.where(since >= 0, found.orders[np.arange(len(demand)), since], 0)
        stock = stock + came + case["pipeline"][:, t] - demand[:, t] - waiting
        short = found.short[:, t]
        assert stock + short == pytest.approx(found.stock[:, t], abs=1e-6)
        stock, waiting = found.stock[:, t], 0 if case["lost"] else short
    parts = case["cost"] @ found.orders.sum(axis=1)
    parts += case["setup"] @ ordered.sum(axis=1) + case["holding"] @ found.stock.sum(1)
    assert found.cost == pytest.approx(parts + case["shortage"] @ found.short.sum(1))
    assert found.gap <= 1e-3 + 1e-9


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"cost": 3, "budget": [100, 20, 15], "space": 1, "storage": 12},
            "budget of period 1 is 20 and must be 24 or more, 4 above, "
            "budget of period 2 is 15 and must be 30 or more, 15 above",
        ),
        (
            {"cost": 3, "budget": 10},
            "budget of period 0 is 10 and must be 30 or more, 20 above",
        ),
        (
            {"space": 2, "storage": [20, 20, 17]},
            "storage of period 2 is 17 and must be 20 or more, 3 above",
        ),
        (
            {"initial": 40, "space": 1, "storage": 35},
            "storage of period 0 is 35 and must be 40 or more, 5 above",
        ),
        (
            {"cost": 1, "budget": 5, "space": 1, "storage": 5},
            "budget of period 0 is 5 .*; storage of period 0 is 5",
        ),
        (
            {"lead_time": 2, "initial": 12},
            "product 0 asks for 8 units more by period 1 than are there, and orders "
            r"placed now arrive in period 2 \(lead_time\); give a shortage cost",
        ),
        (
            {"lead_time": 3, "initial": 32, "final": 5},
            "product 0 is to keep 3 units more by period 2 than can be left",
        ),
    ],
)
def test_where_no_plan_can_be_it_says_what_is_missing(change, told):
    with pytest.raises(PlanError, match=told):
        plan(**STEADY, **change)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"demand": [10, 10]}, r"demand must be \(products, periods\), not \(2,\)"),
        ({"demand": [[10, -1, 3]]}, r"demand\[0, 1\] must be 0 or above, not -1"),
        ({"holding": -1}, "holding must be 0 or above, not -1"),
        ({"shortage": 0}, "shortage must be above 0, not 0"),
        ({"lead_time": 1.5}, "lead_time must be whole, 0 or above, not 1.5"),
        ({"pack": -1}, r"pack must be 0 \(any amount\) or above, not -1"),
        ({"budget": [1, 2]}, r"budget is \(2,\); it must be \(3,\)"),
        ({"budget": [1, np.nan, 2]}, r"budget\[1\] must be 0 or above .*not nan"),
        ({"storage": 5}, "space is 0 of all"),
        ({"initial": [1, 2]}, r"initial is \(2,\); it must be \(1,\)"),
        ({"cost": [[1, 2]]}, r"cost is \(1, 2\); it must be \(1, 3\)"),
    ],
)
def test_what_makes_no_sense_says_so(change, told):
    with pytest.raises(StockError, match=told):
        plan(**{**STEADY, **change})

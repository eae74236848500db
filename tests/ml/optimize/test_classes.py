from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_personalize.ml.optimize.stock.checked import StockError
from shop_personalize.ml.optimize.stock.classes import TARGETS, abc, targets, xyz
from shop_personalize.ml.optimize.stock.demand import (
    NegativeBinomial,
    Normal,
    Poisson,
    Quantiles,
    Samples,
)
from shop_personalize.ml.optimize.stock.safety import (
    cycle_service,
    fill_rate,
    lead_time_demand,
    served,
)


def test_few_products_bring_most_of_the_revenue() -> None:
    assert "".join(abc([5, 500, 40, 0, 300, 100, 55])) == "CACCABB"


def test_the_first_product_is_a_however_much_it_brings() -> None:
    assert abc([1000, 1, 1]).tolist() == ["A", "C", "C"]
    assert abc([7]).tolist() == ["A"]
    assert abc([0, 0]).tolist() == ["C", "C"]


def test_equal_revenues_get_equal_letters() -> None:
    assert set(abc(np.full(10, 3.0))) == {"A"}
    assert "".join(abc([50, 10, 10, 10, 10, 10])) == "AAAAAA"
    assert "".join(abc([85, 5, 5, 5])) == "ABBB"


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=30))
def test_who_brings_more_is_never_in_a_lower_class(revenue: list[int]) -> None:
    letters = abc(revenue)
    order = np.argsort(revenue, kind="stable")[::-1]
    ranked = letters[order]
    assert (ranked[:-1] <= ranked[1:]).all()
    total = sum(revenue)
    brought = np.array(revenue)[letters == "A"].sum()
    assert brought >= 0.8 * total or not total


def test_letters_by_how_well_demand_is_foreseen() -> None:
    letters = xyz([10, 10, 10, 10, 10, 0], [0, 5, 5.1, 10, 11, 0])
    assert "".join(letters) == "XXYYZZ"


def test_a_class_has_its_service() -> None:
    letters = np.char.add(abc([90, 9, 1]), xyz([5, 5, 5], [1, 3, 30]))
    assert letters.tolist() == ["AX", "BY", "CZ"]
    assert targets(letters).tolist() == [0.99, 0.95, 0.90]
    own = targets(abc([90, 9, 1]), {"A": 0.98, "B": 0.9, "C": 0.8})
    assert own.tolist() == [0.98, 0.9, 0.8]


def test_more_important_and_better_foreseen_is_never_promised_less() -> None:
    table = np.array([[TARGETS[a + x] for x in "XYZ"] for a in "ABC"])
    assert (np.diff(table, axis=0) <= 0).all()
    assert (np.diff(table, axis=1) <= 0).all()


def test_demand_of_a_lead_time_that_differs() -> None:
    """4 weeks of 50 ± 8 take sqrt(4 · 64 + 2500 · 0.25) more or less."""
    demand = lead_time_demand(50, 8, 3, lead_time_sd=0.5, review=1)
    assert demand.mean == 200
    assert demand.sd == pytest.approx((4 * 64 + 2500 * 0.25) ** 0.5)


def test_safety_for_a_promised_cycle() -> None:
    safety = cycle_service(Normal(200, 30), [0.5, 0.95])
    np.testing.assert_allclose(safety.point, [200, 200 + 1.6448536269514722 * 30])
    np.testing.assert_allclose(safety.stock, [0, 1.6448536269514722 * 30], atol=1e-12)
    assert cycle_service(Poisson(3), 0.95).point == 6
    assert cycle_service(Samples([1, 2, 3, 4]), 0.75).point == 3
    forecast = Quantiles([0.5, 0.9, 0.95], [10, 18, 20])
    assert cycle_service(forecast, 0.925).point == pytest.approx(19)


def test_safety_for_a_promised_share_of_units() -> None:
    """Large lots keep a promise that small ones need safety stock for."""
    demand = Normal([200, 200], 30)
    safety = fill_rate(demand, [50, 2000], 0.98)
    assert safety.stock[0] > 0 > safety.stock[1]
    np.testing.assert_allclose(served(demand, safety.point, [50, 2000]), 0.98)


@given(
    st.floats(0.3, 30), st.integers(1, 60), st.floats(0.05, 0.995), st.floats(1.1, 6)
)
def test_the_smallest_whole_point_that_keeps_the_promise(
    mean: float, quantity: int, service: float, wider: float
) -> None:
    for demand in (Poisson(mean), NegativeBinomial(mean, (wider * mean) ** 0.5)):
        point = fill_rate(demand, quantity, service).point
        assert point % 1 == 0
        assert served(demand, point, quantity) >= service
        assert served(demand, point - 1, quantity) < service


def test_products_are_each_as_alone() -> None:
    mean, lots, share = [0.5, 8, 90], [1, 20, 5], [0.9, 0.99, 0.5]
    together = fill_rate(Poisson(mean), lots, share).point
    alone = [
        fill_rate(Poisson(m), q, s).point
        for m, q, s in zip(mean, lots, share, strict=True)
    ]
    np.testing.assert_array_equal(together, alone)


def test_the_promise_is_kept_in_a_simulation() -> None:
    """Customers come one by one, 9 a period; orders of 6 take two periods."""
    lead, quantity = 2.0, 6
    demand = Poisson(9).over(lead)
    point = fill_rate(demand, quantity, 0.9).point
    times = np.random.default_rng(11).exponential(1 / 9, 400_000).cumsum()
    before = np.searchsorted(times, times - lead)
    position = point + quantity - before % quantity
    at_hand = position - (np.arange(times.size) - before) > 0
    promised = served(demand, point, quantity)
    assert promised == pytest.approx(0.9020, abs=1e-4)
    assert at_hand[100:].mean() == pytest.approx(float(promised), abs=0.003)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: abc([3, -1]), r"revenue\[1\] must be 0 or above, not -1"),
        (lambda: abc([[3, 1]]), "revenue must be"),
        (lambda: abc([3, 1], (0.95, 0.8)), "shares must be two rising numbers"),
        (lambda: abc([3, 1], (0.5, 1.5)), r"shares\[1\] must be between 0 and 1"),
        (lambda: xyz([1], [1], (1, 0.5)), "variations must be two rising numbers"),
        (lambda: xyz([1], [-1]), r"demand_sd\[0\] must be 0 or above"),
        (
            lambda: targets(np.array(["AX", "D"])),
            "services lacks the class D; it has A",
        ),
        (
            lambda: targets(np.array(["A"]), {"A": 1.0}),
            r"services\[0\] must be between",
        ),
        (lambda: targets(np.array(["A"]), {}), "services is empty"),
        (
            lambda: cycle_service(Poisson(3), 1),
            "service must be between 0 and 1, not 1",
        ),
        (
            lambda: cycle_service(Poisson(3), 0),
            "service must be between 0 and 1, not 0",
        ),
        (lambda: fill_rate(Poisson(3), 0, 0.9), "order_quantity must be above 0"),
        (lambda: fill_rate(Poisson(3), 5, 1.2), "between 0 and 1, not 1.2"),
        (lambda: lead_time_demand(5, 1, -2), "lead_time must be 0 or above, not -2"),
        (lambda: lead_time_demand(5, 1, 2, -1), "lead_time_sd must be 0 or above"),
        (lambda: lead_time_demand(5, 1, 2, 0, -1), "review must be 0 or above"),
    ],
)
def test_what_makes_no_sense_is_named(call: Callable[[], object], text: str) -> None:
    with pytest.raises(StockError, match=text):
        call()

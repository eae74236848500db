from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_personalize.ml.optimize.stock.checked import StockError
from shop_personalize.ml.optimize.stock.joint import joint_replenishment
from shop_personalize.ml.optimize.stock.lots import (
    all_units_discount,
    economic_order,
    incremental_discount,
    order_cost,
    production_lot,
    with_backorders,
)
from shop_personalize.ml.optimize.stock.unreliable import (
    base_stock_with_disruptions,
    disrupted_cost,
    lot_with_added_yield,
    lot_with_disruptions,
    lot_with_shared_yield,
)

COSTS = st.floats(0.01, 1000)
RATES = st.floats(0.1, 10_000)
OFFER = ([0, 200, 500], [500, 475, 450])


def test_the_textbook_s_economic_order() -> None:
    lot = economic_order(8, 0.225, 1300)
    assert lot.quantity == pytest.approx(304.0467800264368, rel=1e-12)
    assert lot.cost == pytest.approx(68.41052550594829, rel=1e-12)


def test_the_textbook_s_order_where_customers_wait() -> None:
    lot = with_backorders(8, 0.225, 5, 1300)
    assert lot.quantity == pytest.approx(310.81255515896464, rel=1e-12)
    assert lot.backordered == pytest.approx(0.0430622009569378, rel=1e-12)
    assert lot.cost == pytest.approx(66.92136355097327, rel=1e-12)


def test_the_textbook_s_production_lot() -> None:
    lot = production_lot(8, 0.225, 1300, 1700)
    assert lot.quantity == pytest.approx(626.8084945889684, rel=1e-12)
    assert lot.cost == pytest.approx(33.183979125298336, rel=1e-12)


def test_the_textbook_s_all_units_discount() -> None:
    lot = all_units_discount(200, 0.2, 1000, *OFFER)
    assert (lot.quantity, lot.cost, lot.tier) == (500, 472_900, 2)


def test_the_textbook_s_incremental_discount() -> None:
    lot = incremental_discount(150, 0.25, 2400, [0, 300, 600], [100, 90, 80])
    assert lot.quantity == pytest.approx(1481.8906842274163, rel=1e-12)
    assert lot.cost == pytest.approx(222_762.81368454833, rel=1e-12)
    assert lot.tier == 2


def test_a_discount_that_is_not_worth_its_quantity() -> None:
    lot = all_units_discount(1, 0.2, 10, [0, 1000], [10, 9.9])
    assert lot.tier == 0
    assert lot.quantity == economic_order(1, 2.0, 10).quantity


def test_each_product_may_have_its_own_tiers() -> None:
    lot = all_units_discount(
        [200, 1], [0.2, 0.2], [1000, 10], [[0, 200, 500]] * 2, [OFFER[1], [10, 9, 8]]
    )
    alone = all_units_discount(1, 0.2, 10, [0, 200, 500], [10, 9, 8])
    np.testing.assert_allclose(lot.quantity, [500, alone.quantity])
    np.testing.assert_allclose(lot.cost, [472_900, alone.cost])


@given(COSTS, st.floats(0.01, 1), RATES, st.lists(COSTS, min_size=1, max_size=4))
def test_a_discount_beats_every_other_quantity(
    fixed: float, share: float, rate: float, steps: list[float]
) -> None:
    starts = np.concatenate([[0], np.cumsum(steps)])
    prices = 20 - np.arange(starts.size, dtype=float)
    whole = all_units_discount(fixed, share, rate, starts, prices)
    parts = incremental_discount(fixed, share, rate, starts, prices)
    for quantity in np.concatenate([starts[1:], starts[1:] * 1.7 + 0.1, [0.1, 1, 300]]):
        tier = np.searchsorted(starts, quantity, side="right") - 1
        paid = np.minimum(np.append(np.diff(starts), np.inf), quantity)
        paid = np.clip(np.minimum(quantity - starts, paid), 0, None) @ prices
        for lot, spent in ((whole, prices[tier] * quantity), (parts, paid)):
            cost = (fixed + spent) * rate / quantity + share * spent / 2
            assert lot.cost <= cost * (1 + 1e-9)


def test_all_products_at_once_are_each_on_its_own() -> None:
    fixed, holding, rate = [8, 2, 5], [0.225, 1, 0.5], [1300, 0, 7]
    lots = economic_order(fixed, holding, rate)
    alone = [economic_order(*each) for each in zip(fixed, holding, rate, strict=True)]
    np.testing.assert_array_equal(lots.quantity, [lot.quantity for lot in alone])
    np.testing.assert_array_equal(lots.cost, [lot.cost for lot in alone])


def test_what_nobody_asks_for_is_not_ordered() -> None:
    for lot in (
        economic_order(8, 0.225, 0),
        with_backorders(8, 0.225, 5, 0),
        all_units_discount(200, 0.2, 0, *OFFER),
        incremental_discount(200, 0.2, 0, *OFFER),
    ):
        assert (lot.quantity, lot.cost) == (0, 0)


@given(COSTS, COSTS, RATES, st.floats(0.1, 10))
def test_no_other_quantity_is_cheaper(
    fixed: float, holding: float, rate: float, factor: float
) -> None:
    lot = economic_order(fixed, holding, rate)
    other = order_cost(lot.quantity * factor, fixed, holding, rate)
    assert lot.cost <= other * (1 + 1e-12)


@given(COSTS, COSTS, COSTS, RATES)
def test_letting_customers_wait_never_costs_more(
    fixed: float, holding: float, stockout: float, rate: float
) -> None:
    waiting = with_backorders(fixed, holding, stockout, rate)
    assert waiting.cost <= economic_order(fixed, holding, rate).cost * (1 + 1e-12)


def test_the_textbook_s_joint_order() -> None:
    order = joint_replenishment(600, [120, 840, 300], [160, 20, 50], [1, 1, 1])
    assert order.cost == pytest.approx(837.8544026261366, rel=1e-12)
    assert order.cycle == pytest.approx(3.103164454170876, rel=1e-12)
    assert order.multiples.tolist() == [1, 3, 1]
    np.testing.assert_allclose(order.quantities, order.cycle * np.array([1, 3, 1]))


def test_without_a_shared_cost_and_one_product_it_is_the_economic_order() -> None:
    order = joint_replenishment(0, [8], [0.225], [1300])
    lot = economic_order(8, 0.225, 1300)
    assert order.quantities == pytest.approx([lot.quantity])
    assert order.cost == pytest.approx(lot.cost)


def test_the_textbook_s_order_from_a_supplier_that_fails() -> None:
    lot = lot_with_disruptions(8, 0.225, 5, 1300, 1.5, 14)
    assert lot.quantity == pytest.approx(772.81106826, rel=1e-9)
    assert lot.cost == pytest.approx(173.9500025731971, rel=1e-12)
    near = lot_with_disruptions(8, 0.225, 5, 1300, 1.5, 14, approximate=True)
    assert near.quantity == pytest.approx(773.1432417118889, rel=1e-12)
    assert near.cost == pytest.approx(173.957229385175, rel=1e-12)


@given(COSTS, COSTS, RATES, st.floats(1.01, 100), st.floats(0.01, 100))
def test_no_other_quantity_is_cheaper_from_a_supplier_that_fails(
    fixed: float, holding: float, rate: float, times: float, by: float
) -> None:
    stockout = times * (2 * fixed * holding / rate) ** 0.5
    for fails, mends in ((0.1, 5.0), (3.0, 0.2)):
        given = (fixed, holding, stockout, rate, fails, mends)
        lot = lot_with_disruptions(*given)
        assert lot.cost <= disrupted_cost(lot.quantity * by, *given) * (1 + 1e-9)


def test_a_supplier_that_hardly_ever_fails_changes_nothing() -> None:
    lot = lot_with_disruptions(8, 0.225, 5, 1300, 1e-9, 1e3)
    assert lot.quantity == pytest.approx(304.0467800264368, rel=1e-6)


def test_the_textbook_s_level_for_a_supplier_that_fails() -> None:
    level = base_stock_with_disruptions(2000, 0.25, 3, 0.04, 0.25)
    assert level.level == 8000
    assert level.cost == pytest.approx(2737.0689302470355, rel=1e-7)
    assert base_stock_with_disruptions(5, 3, 0.25, 0.04, 0.25).level == 5


def test_the_textbook_s_orders_of_which_not_all_arrives() -> None:
    added = lot_with_added_yield(18_500, 0.06, 75_000, -15_000, 9000)
    assert added.quantity == pytest.approx(230_246.37046881882, rel=1e-12)
    assert added.cost == pytest.approx(12_914.78222812913, rel=1e-12)
    shared = lot_with_shared_yield(18_500, 0.06, 75_000, 0.8333, 0.0198**0.5)
    assert shared.quantity == pytest.approx(254_477.46130342316, rel=1e-12)
    assert shared.cost == pytest.approx(13_086.16169098594, rel=1e-12)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: economic_order(0, 1, 1), "fixed_cost must be above 0, not 0"),
        (lambda: economic_order(None, 1, 1), "fixed_cost is missing"),
        (lambda: economic_order(8, np.nan, 1), "holding_cost must be above 0, not nan"),
        (
            lambda: economic_order(8, 1, [3, -2]),
            r"demand_rate\[1\] must be 0 or above, not -2",
        ),
        (lambda: economic_order([8, 8, 8], 1, [3, 2]), "numbers of products differ"),
        (
            lambda: economic_order("much", 1, 1),
            "fixed_cost must be above 0, not 'much'",
        ),
        (lambda: economic_order([], 1, 1), "fixed_cost is empty"),
        (lambda: production_lot(8, 1, 10, 10), "production_rate must be above demand"),
        (
            lambda: all_units_discount(8, 1, 1, [0, 5, 5], [3, 2, 1]),
            r"breakpoints\[2\] must be above the one before",
        ),
        (
            lambda: all_units_discount(8, 1, 1, [1, 5], [3, 2]),
            r"breakpoints\[0\] must be 0 at first",
        ),
        (
            lambda: incremental_discount(8, 1, 1, [0, 5], [3, 4]),
            r"unit_costs\[1\] must be below the one before, not 4",
        ),
        (lambda: all_units_discount(8, 1, 1, [0, 5], [3]), "as many tiers"),
        (lambda: joint_replenishment(0, [0], [1], [1]), "shared_fixed_cost"),
        (lambda: joint_replenishment(1, [0], [1], [0]), "demand_rates"),
        (
            lambda: base_stock_with_disruptions(5, 1, 1, 1.0, 0.5),
            "disruption_chance must be between 0 and 1, not 1",
        ),
        (lambda: lot_with_disruptions(8, 1, 1, 0, 1, 1), "demand_rate must be above 0"),
        (
            lambda: lot_with_disruptions(8, 1, [9, 0.1], 4, 1, 1),
            r"stockout_cost\[1\] must be above sqrt\(2Kh / demand_rate\), not 0.1",
        ),
        (lambda: lot_with_shared_yield(8, 1, 1, 0, 1), "yield_mean must be above 0"),
    ],
)
def test_what_makes_no_sense_is_named(call: object, text: str) -> None:
    with pytest.raises(StockError, match=text):
        call()  # type: ignore[operator]

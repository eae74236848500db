"""What to order: reckoned by hand for a product that sells ten a week."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from math import ceil
from typing import Any

import pytest
from django.utils import timezone
from scipy.stats import norm

from shop_personalize.registry.pressure import pressure
from shop_personalize.supply import words
from shop_personalize.supply.models import ItemState, Reorder
from shop_personalize.supply.selectors.pressures import pressures
from shop_personalize.supply.services import deciding, replenishing
from shop_personalize.supply.services.refused import RefusedError
from tests.projects.gifts.models import Product
from tests.supply.builders import (
    foreseen,
    product,
    steady,
    suggested,
    supplied,
    supplier,
)

pytestmark = pytest.mark.django_db
State = Reorder.State


def test_enough_is_ordered_until_the_delivery_after_the_next(mug: str) -> None:
    supplied(mug)
    row = suggested()
    today = timezone.localdate()
    assert (row.facts["stock"], row.facts["expected"]) == (5, 20.0)
    assert (row.facts["safety"], row.facts["target"]) == (0.0, 20.0)
    assert row.quantity == row.suggested == 15
    assert (row.order_by, row.due_on) == (today, today + timedelta(days=7))
    assert row.value == 60.0
    assert row.risk == 1.0
    assert words.headline(row) == "Reorder 15 today (lead time 7 days, service 97 %)"
    assert words.reason(row) == [
        "5 in stock, enough for 4 days; 0 on order.",
        "Until the delivery after this one (14 days) about 20 will be sold; 0 more are "
        "kept for what cannot be foreseen.",
        "The risk that it runs out before a delivery comes: 100 %.",
    ]


def test_what_cannot_be_foreseen_is_kept_in_reserve(mug: str) -> None:
    foreseen({mug: 10}, sd=3)
    supplied(mug, service_level=0.95)
    row = suggested()
    safety = norm.ppf(0.95) * 3 * 2**0.5
    assert row.facts["safety"] == round(safety, 1)
    assert row.quantity == ceil(20 + safety - 5)


def test_a_supplier_who_is_late_now_and_then_needs_more(mug: str) -> None:
    supplied(mug, supplier(lead_time_sd=2), service_level=0.95)
    assert suggested().facts["safety"] == round(norm.ppf(0.95) * 2 * 10 / 7, 1)


def test_packs_and_minimum_of_the_supplier(mug: str) -> None:
    supplied(mug, pack=12, minimum=20)
    assert suggested().quantity == 24


def test_with_enough_in_stock_nothing_is_suggested(mug: str) -> None:
    supplied(mug)
    Product.objects.update(stock=40)
    found = replenishing.replenish()
    assert found.suggested == 0
    assert not Reorder.objects.exists()
    state = ItemState.objects.get()
    assert (state.cover_days, state.expected) == (28.0, 10.0)
    assert state.pressure == 0


def test_an_order_may_wait_as_long_as_the_stock_covers_the_lead_time(mug: str) -> None:
    supplied(mug)
    Product.objects.update(stock=16)
    row = suggested()
    assert row.order_by == timezone.localdate() + timedelta(days=4)
    assert row.quantity == ceil(10 / 7 * 18.2) - 16
    assert words.by_when(row.order_by) == f"by {row.order_by:%A}"


def test_what_is_on_its_way_is_counted(mug: str) -> None:
    supplied(mug)
    first = suggested()
    deciding.approve(first)
    assert replenishing.replenish().suggested == 0
    deciding.order(first)
    assert replenishing.replenish().suggested == 0
    assert ItemState.objects.get().on_order == first.quantity
    deciding.receive(first)
    assert replenishing.replenish().suggested == 1


@pytest.mark.parametrize(
    ("stock", "given", "note"),
    [
        (5, None, "No supplier is named: a lead time of 7 days is assumed."),
        (5, {"lead_time_days": 0}, "The lead time is 0 days: what is ordered is taken"),
        (-3, {}, "The stock is -3: read as units owed to customers."),
        (5, {"unit_cost": None}, "The cost of a unit is not known, so the order has"),
    ],
)
def test_what_is_odd_about_a_product_is_said(
    mug: str, stock: int, given: dict[str, Any] | None, note: str
) -> None:
    Product.objects.update(stock=stock)
    if given is not None:
        supplied(mug, **given)
    row = suggested()
    assert any(note in line for line in words.reason(row)), words.reason(row)
    if given is None or "unit_cost" in given:
        assert row.value is None


def test_owed_units_are_ordered_too(mug: str) -> None:
    supplied(mug)
    Product.objects.update(stock=0)
    row = suggested()
    none_left = row.quantity
    assert words.reason(row)[0] == "0 in stock and 0 on order."
    assert words.reason(row)[2] == "It is sold out."
    Product.objects.update(stock=-3)
    assert suggested().quantity == none_left + 3


def test_a_product_that_never_sold_gets_no_number_but_a_reason(mug: str) -> None:
    fresh = product("Fresh", stock=9)
    replenishing.replenish()
    state = ItemState.objects.get(item_id=fresh)
    assert (state.expected, state.risk, state.pressure) == (None, 0.0, 0.0)
    assert words.notes(state.notes) == [
        "Never sold in a whole period that is known, so nothing can be forecast."
    ]


def test_all_sales_returned_is_nothing_to_forecast_and_nothing_to_order() -> None:
    item = product("Zero", stock=0)
    steady(item, weeks=2)
    foreseen({item: 0})
    replenishing.replenish()
    assert ItemState.objects.get().risk == 0.0
    assert not Reorder.objects.filter(item_id=item).exists()


def test_before_any_forecast_it_is_said_what_to_do() -> None:
    with pytest.raises(RefusedError, match="make a forecast, then see what to order"):
        replenishing.replenish()


def test_a_product_out_of_the_range_or_not_reordered_is_left_out(mug: str) -> None:
    supplied(mug, is_active=False)
    assert replenishing.replenish().suggested == 0
    Product.objects.update(available=False)
    assert replenishing.replenish().products == 0


def test_a_budget_is_kept_and_what_was_cut_is_said(settings: Any, mug: str) -> None:
    pot = product("Pot", stock=0)
    foreseen({mug: 10, pot: 10})
    source = supplier()
    supplied(mug, source, pack=2)
    supplied(pot, source, pack=2)
    replenishing.replenish()
    whole = sum(row.value or 0 for row in Reorder.objects.all())
    settings.SHOP_PERSONALIZE = {
        **settings.SHOP_PERSONALIZE,
        "SUPPLY": {"budget": whole / 2},
    }
    found = replenishing.replenish()
    assert whole / 4 < found.value <= whole / 2
    cut = [row for row in Reorder.objects.all() if row.quantity % 2]
    assert cut == []
    notes = [line for row in Reorder.objects.all() for line in words.reason(row)]
    assert sum("to keep within the budget." in line for line in notes) >= 1


def test_a_service_level_of_its_own_and_by_class(settings: Any, mug: str) -> None:
    supplied(mug, service_level=0.8)
    assert suggested().facts["service"] == 0.8
    Reorder.objects.all().delete()
    from shop_personalize.supply.models import ItemSupply

    ItemSupply.objects.update(service_level=None)
    settings.SHOP_PERSONALIZE = {
        **settings.SHOP_PERSONALIZE,
        "SUPPLY": {"service": {"A": 0.99}},
    }
    assert suggested().facts["service"] == 0.99


def test_pressure_spares_what_runs_out_and_pushes_what_lies(mug: str) -> None:
    lying, fine = product("Lying", stock=5000), product("Fine", stock=60)
    foreseen({mug: 10, lying: 10, fine: 10})
    source = supplier()
    for item in (mug, lying, fine):
        supplied(item, source)
    found = replenishing.replenish()
    told = pressures()
    assert told == {mug: -1.0, lying: 1.0}
    assert found.overstocked == 1
    state = ItemState.objects.get(item_id=lying)
    assert state.surplus == int(5000 - 10 * 120 / 7)
    assert state.tied == state.surplus * 4
    assert pressure.is_offered
    pressure.forget()
    assert pressure.told() == told


def test_money_in_stock_without_a_cost_is_counted_at_the_price(mug: str) -> None:
    Product.objects.update(stock=5000, price=Decimal(10))
    replenishing.replenish()
    state = ItemState.objects.get()
    assert state.tied == pytest.approx(state.surplus * 10)
    assert "counted at the selling price" in " ".join(words.notes(state.notes))


def test_few_queries_however_many_products(django_assert_max_num_queries: Any) -> None:
    source = supplier()
    items = [product(f"P{at}", stock=1) for at in range(40)]
    for item in items:
        supplied(item, source)
    foreseen(dict.fromkeys(items, 5.0))
    with django_assert_max_num_queries(25):
        replenishing.replenish()
    assert Reorder.objects.count() == 40

"""Demand by day and as panels: exact, the same twice, right when something is late."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from shop_personalize.supply.censored import uncensored
from shop_personalize.supply.models import DemandDay, Event, StockDay
from shop_personalize.supply.selectors import demand as asked
from shop_personalize.supply.selectors.calendar import drivers, happenings
from shop_personalize.supply.selectors.goods import goods
from shop_personalize.supply.selectors.periods import Span, complete, number, start
from shop_personalize.supply.services import demand, stock
from tests.supply.builders import buy, event, give_back, monday, product, weekly

NAN = float("nan")


def rows() -> list[tuple[Any, ...]]:
    names = [field.name for field in DemandDay._meta.fields if field.name != "id"]
    return sorted(DemandDay.objects.values_list(*names))


@pytest.mark.django_db
def test_a_day_of_a_product_is_what_was_bought_less_what_came_back() -> None:
    day = monday(2)
    buy("1", day, 3)
    buy("1", day, 2, order_id="other", value=Decimal("8.50"))
    give_back("1", day, 1)
    buy("1", day, 4, currency="EUR")
    event("view", "1", day)
    buy("1", day, 9, flag="shadow")
    demand.roll_up()
    assert rows() == [
        ("1", day, "EUR", 1, Decimal(4), Decimal(0), Decimal(40), Decimal(40)),
        ("1", day, "GBP", 2, Decimal(5), Decimal(1), Decimal(47), Decimal(37)),
    ]


@pytest.mark.django_db
def test_only_days_of_which_something_was_told_are_counted_anew() -> None:
    weekly("1", 1, 2, 3)
    demand.roll_up()
    DemandDay.objects.filter(day=monday(3)).update(units=99)
    buy("1", monday(2), 5, order_id="late")
    today_and_two_before = 3
    assert demand.roll_up() == 1 + today_and_two_before
    assert dict(DemandDay.objects.values_list("day", "units")) == {
        monday(3): Decimal(99),
        monday(2): Decimal(7),
        monday(1): Decimal(3),
    }
    demand.rebuild()
    assert DemandDay.objects.get(day=monday(3)).units == 1


@given(st.sampled_from(["day", "week", "month"]), st.dates(date(1990, 1, 1)))
def test_a_day_lies_in_the_period_that_its_number_starts(grain: str, day: date) -> None:
    at = number(grain, day)
    assert start(grain, at) <= day < start(grain, at + 1)
    assert number(grain, start(grain, at)) == at


def test_weeks_begin_on_monday_and_only_whole_periods_count() -> None:
    span = complete("week", date(2026, 3, 4), date(2026, 3, 26), 156)
    assert span.starts == [date(2026, 3, 9), date(2026, 3, 16)]
    assert complete("week", date(2026, 3, 2), date(2026, 3, 26), 2).starts == [
        date(2026, 3, 9),
        date(2026, 3, 16),
    ]
    months = complete("month", date(2025, 11, 1), date(2026, 2, 10), 156)
    assert months.starts[0], months.end == (date(2025, 11, 1), date(2026, 2, 1))
    assert months.lengths().tolist() == [30.0, 31.0, 31.0]


@pytest.mark.django_db
def test_panels_by_product_by_category_and_of_the_whole_shop() -> None:
    mug = product("Mug", category="Kitchen")
    pot = product("Pot", category="Kitchen")
    old = product("Old", category="Garden")
    weekly(mug, 1, 2, 0, 4)
    weekly(pot, 0, 0, 5, 6)
    weekly(old, 7, 0, 0, 0)
    weekly("gone", 0, 0, 0, 10)
    give_back(mug, monday(1), 1)
    demand.roll_up()
    known = goods()
    known[old] = known[old].__class__("Old", "Garden", 1.0, "GBP", 3, is_sold=False)
    found = asked.measure("week", 2, known)
    assert found.span.starts == [monday(4), monday(3), monday(2), monday(1)]
    assert found.products == [mug, pot]
    assert found.groups == ["Kitchen", ""]
    np.testing.assert_array_equal(found.panel.values, [[1, 2, 0, 3], [NAN, NAN, 5, 6]])
    np.testing.assert_array_equal(
        found.group_panel.values, [[1, 2, 5, 9], [8, 2, 5, 19]]
    )
    assert found.currency == "GBP"
    assert found.price.tolist() == [10.0, 10.0]
    assert found.panel.drivers["price"].shape == (2, 6)


@pytest.mark.django_db
def test_an_absurd_order_stops_no_counting() -> None:
    day = monday(2)
    most = 999_999_999
    buy("1", day, most, value=Decimal(10**9))
    give_back("2", day, most, value=Decimal(10**9))
    for at in range(101):
        buy("3", day, most, order_id=str(at), value=Decimal(0))
    buy("4", day, 2)
    demand.roll_up()
    told = DemandDay.objects.values_list("item_id", "units", "paid", "revenue")
    assert {item: tuple(map(int, rest)) for item, *rest in told} == {
        "1": (most, 10**14 - 1, 10**14 - 1),
        "2": (0, 0, 1 - 10**14),
        "3": (10**11 - 1, 0, 0),
        "4": (2, 20, 20),
    }


@pytest.mark.django_db
def test_a_shop_without_a_whole_period_of_sales_is_told_so() -> None:
    demand.roll_up()
    with pytest.raises(asked.NothingSoldError, match="no whole week with a sale"):
        asked.measure("week", 2, {})


def test_what_was_sold_out_is_scaled_up_or_taken_from_the_weeks_before() -> None:
    values = np.array([[4.0, 8.0, 3.0, 1.0, 6.0]])
    sold_out = np.array([[0.0, 0.0, 0.5, 1.0, 0.0]])
    assert uncensored(values, sold_out).tolist() == [[4.0, 8.0, 6.0, 6.0, 6.0]]
    assert uncensored(values, np.zeros((1, 5))) is values


@pytest.mark.django_db
def test_stock_is_noted_once_a_day_and_sold_out_stays_sold_out() -> None:
    full, gone = product("Full", stock=3), product("Gone", stock=0)
    assert stock.take(goods=goods()) == 2
    known = goods()
    known[gone] = known[gone].__class__("Gone", "", 1.0, "GBP", 8, is_sold=True)
    assert stock.take(goods=known) == 2
    today = timezone.localdate()
    told = StockDay.objects.values_list("item_id", "day", "stock")
    assert sorted(told) == sorted([(full, today, 3), (gone, today, 0)])


@pytest.mark.django_db
def test_of_old_stock_only_the_days_sold_out_are_kept() -> None:
    old = timezone.localdate() - timedelta(days=91)
    for item, left in (("full", 5), ("gone", 0)):
        StockDay.objects.create(item_id=item, day=old, stock=left)
    stock.take(goods={})
    assert list(StockDay.objects.values_list("item_id", "day")) == [("gone", old)]


@pytest.mark.django_db
def test_events_come_again_every_year_and_from_the_settings(settings: Any) -> None:
    settings.SHOP_PERSONALIZE = {
        **settings.SHOP_PERSONALIZE,
        "SUPPLY": {"holidays": {"Good Friday": ["2025-04-18"], "May Day": "05-01"}},
    }
    Event.objects.create(
        name="Christmas",
        first=date(2020, 12, 24),
        last=date(2020, 12, 26),
        yearly=True,
    )
    Event.objects.create(name="Off", first=date(2025, 3, 1), is_active=False)
    found = happenings(date(2025, 1, 1), date(2025, 12, 31))
    assert [(one.name, one.first, one.last) for one in found] == [
        ("Good Friday", date(2025, 4, 18), date(2025, 4, 18)),
        ("May Day", date(2025, 5, 1), date(2025, 5, 1)),
        ("Christmas", date(2025, 12, 24), date(2025, 12, 26)),
    ]


@pytest.mark.django_db
def test_a_driver_is_the_share_of_a_period_and_only_what_was_seen_before() -> None:
    Event.objects.create(name="Fair", first=date(2026, 3, 13), last=date(2026, 3, 17))
    Event.objects.create(name="Next", first=date(2026, 4, 1))
    span = Span("week", number("week", date(2026, 3, 9)), 5)
    found = drivers(span, known=3)
    assert set(found) == {("Fair", "")}
    assert found["Fair", ""].round(4).tolist() == [0.4286, 0.2857, 0.0, 0.0, 0.0]


@pytest.mark.django_db
def test_a_panel_costs_few_queries_however_many_products(
    django_assert_num_queries: Any,
) -> None:
    for more in (5, 20):
        for at in range(more):
            weekly(product(f"{more}-{at}"), 1, 2, 3)
        demand.roll_up()
        known = goods()
        with django_assert_num_queries(5):
            asked.measure("week", 2, known)


def test_periods_of_a_day_grain_are_days() -> None:
    today = date(2026, 3, 4)
    span = complete("day", today - timedelta(days=3), today, 156)
    assert span.starts == [today - timedelta(days=k) for k in (3, 2, 1)]

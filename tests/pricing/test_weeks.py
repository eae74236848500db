"""Prices and quantities by week, from the orders there are."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shop_personalize.models import Interaction
from shop_personalize.pricing.models import PriceWeek
from shop_personalize.pricing.selectors import series
from shop_personalize.pricing.services import weeks
from tests.pricing.builders import bought, monday, product, sold

pytestmark = pytest.mark.django_db


def test_a_week_has_the_mean_price_of_its_lines_whatever_their_quantity() -> None:
    day = monday() + timedelta(days=2)
    bought(7, day, "10.00", "1", order_id="a")
    bought(7, day, "6.00", "30", order_id="b")
    bought(7, day, "8.00", "2", order_id="b")
    weeks.roll_up()
    row = PriceWeek.objects.get()
    assert (row.item_id, row.week, row.currency) == ("7", monday(), "GBP")
    assert (row.price, row.low, row.high) == (8, 6, 10)
    assert (row.units, row.revenue, row.orders) == (33, 206, 2)


def test_a_line_without_a_price_or_given_away_counts_for_nothing() -> None:
    bought(7, monday(), "10.00", "3")
    bought(7, monday(), "0", "50")
    bought(7, monday(), None, "50")
    bought(7, monday(), "10.00", "9", flag="bot")
    weeks.roll_up()
    row = PriceWeek.objects.get()
    assert (row.price, row.units, row.orders) == (10, 3, 1)


def test_what_came_back_is_told_beside_what_was_bought() -> None:
    bought(7, monday(), "10.00", "5")
    bought(7, monday(), "10.00", "2", kind="refund")
    bought(8, monday(), "10.00", "2", kind="refund")
    weeks.roll_up()
    row = PriceWeek.objects.get()
    assert (row.item_id, row.units, row.returned, row.revenue) == ("7", 5, 2, 50)


def test_weeks_begin_on_monday_and_currencies_are_kept_apart() -> None:
    bought(7, monday() - timedelta(days=1), "10.00")
    bought(7, monday(), "11.00")
    bought(7, monday(), "12.00", currency="EUR")
    weeks.roll_up()
    rows = PriceWeek.objects.order_by("week", "currency")
    told = [(row.week, row.currency, row.price) for row in rows]
    assert told == [
        (monday(2), "GBP", 10),
        (monday(1), "EUR", 12),
        (monday(1), "GBP", 11),
    ]


def test_only_weeks_of_which_something_new_was_told_are_counted() -> None:
    bought(7, monday(30), "10.00")
    weeks.roll_up()
    PriceWeek.objects.update(price=Decimal(1))
    bought(7, monday(20), "12.00")
    counted = weeks.roll_up()
    prices = dict(PriceWeek.objects.values_list("week", "price"))
    assert prices == {monday(30): 1, monday(20): 12}
    assert counted <= 3


def test_a_late_order_is_added_to_its_week() -> None:
    bought(7, monday(30), "10.00", "1")
    weeks.roll_up()
    bought(7, monday(30), "20.00", "2")
    weeks.roll_up()
    row = PriceWeek.objects.get()
    assert (row.price, row.units, row.orders) == (15, 3, 2)


def test_rebuilding_counts_what_is_left() -> None:
    bought(7, monday(30), "10.00")
    bought(8, monday(20), "10.00")
    weeks.roll_up()
    Interaction.objects.filter(item_id="7").delete()
    weeks.rebuild()
    assert [row.item_id for row in PriceWeek.objects.all()] == ["8"]


def test_weeks_of_which_orders_are_forgotten_keep_their_sums(monkeypatch: Any) -> None:
    bought(7, monday(30), "10.00")
    weeks.roll_up()
    Interaction.objects.all().delete()
    monkeypatch.setattr(weeks.days, "first_whole_day", lambda kinds: monday(10))
    weeks.rebuild()
    assert PriceWeek.objects.get().week == monday(30)


def test_as_arrays_short_gaps_are_weeks_of_no_sale_and_long_ones_are_not() -> None:
    item = product()
    sold(item, [10] * 12, [5, 0, 0, 4, 0, 0, 0, 0, 0, 3, 2, 0])
    found = series.weekly({str(item.pk): "GBP"})
    first = found.weeks - 12
    assert [int(week) - first for week in found.week] == [0, 1, 2, 3, 9, 10, 11]
    assert found.units.tolist() == [5, 0, 0, 4, 3, 2, 0]
    assert found.price.tolist() == [10] * 7


def test_another_currency_is_left_out_and_named() -> None:
    item = product()
    sold(item, [10, 10], [5, 5], currency="EUR")
    found = series.weekly({str(item.pk): "GBP"})
    assert (len(found.item), found.foreign) == (0, {str(item.pk)})


def test_lately_is_the_mean_of_the_recent_weeks(pricing: Any) -> None:
    pricing(recent_weeks=4)
    item, never = product(), product("Never sold")
    sold(item, [20, 10, 10, 8, 12], [99, 5, 7, 0, 4])
    found = series.weekly({str(item.pk): "GBP", str(never.pk): "GBP"})
    lately = series.lately(found)
    assert lately.units[0] == 4
    assert lately.noise[0] == pytest.approx(2.5495, abs=1e-4)
    assert (lately.paid[0], lately.least[0], lately.most[0]) == (
        pytest.approx(32 / 3),
        10,
        12,
    )
    assert str(lately.units[1]) == "nan"

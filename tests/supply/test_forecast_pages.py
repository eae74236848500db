"""Forecasts in pictures and words: of a product, a category, the shop."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from shop_personalize.supply.models import ForecastRun
from shop_personalize.supply.services import demand, replenishing
from tests.reading import text, title
from tests.supply.addresses import url
from tests.supply.builders import forecast, product, steady

pytestmark = pytest.mark.django_db


def test_the_page_of_a_product_draws_history_forecast_and_bands(admin: Client) -> None:
    mug = product("Mug", stock=5)
    steady(mug)
    forecast()
    replenishing.replenish()
    page = text(admin, url("item", mug))
    assert title(page).startswith("Mug: Reorder ")
    assert page.count('<polygon class="sp-band') == 2
    assert "Method: " in page
    assert "No supplier is named: a lead time of 7 days is assumed." in page
    assert f'href="{url("itemsupply_add")}?item_id={mug}"' in page
    months = text(admin, url("item", mug) + "?by=month")
    assert "Nothing of this has been forecast by these periods." in months


def test_a_product_nobody_knows_has_a_page_without_figures(admin: Client) -> None:
    page = text(admin, url("item", "a/b"))
    assert title(page) == "a/b"
    assert "Nothing of this has been forecast" in page


def test_the_forecast_of_the_shop_and_of_a_category(admin: Client) -> None:
    assert title(text(admin, url("forecast"))) == "Nothing has been forecast yet"
    steady(product("Mug", category="Kitchen"))
    forecast()
    page = text(admin, url("forecast"))
    assert title(page) == "The whole shop: about 130 units in the next 13 weeks"
    assert "Held to the last 4 weeks, it was off by 0 % of what was sold;" in page
    kitchen = text(admin, url("forecast") + "?of=Kitchen")
    assert title(kitchen) == "Kitchen: about 130 units in the next 13 weeks"
    assert admin.get(url("forecast") + "?of=Nowhere").status_code == 404


def test_few_weeks_are_not_compared_with_many(admin: Client) -> None:
    old = product("Mug", category="Kitchen")
    steady(old, 10, weeks=30)
    steady(product("Hoe", category="Garden"), 10, weeks=12)
    forecast()
    garden = title(text(admin, url("forecast") + "?of=Garden"))
    assert garden.endswith(" units in the next 13 weeks")
    steady(old, 10, weeks=4)
    forecast()
    kitchen = title(text(admin, url("forecast") + "?of=Kitchen"))
    assert "than in the last" in kitchen


def test_a_category_may_not_have_been_forecast_by_all_periods(admin: Client) -> None:
    steady(product("Mug", category="Kitchen"))
    forecast()
    months = text(admin, url("forecast") + "?by=month&of=Kitchen")
    assert title(months) == "Nothing has been forecast yet"
    assert "personalize forecast --grain month" in months
    assert "?by=week&amp;of=Kitchen" in months


def test_a_forecast_is_made_by_a_button(
    admin: Client, django_capture_on_commit_callbacks: Any
) -> None:
    steady(product())
    demand.roll_up()
    with django_capture_on_commit_callbacks(execute=True):
        response = admin.post(url("make"), {"grain": "week"})
    assert response.status_code == 302
    assert ForecastRun.objects.get().state == "done"
    assert LogEntry.objects.get().change_message == "Asked for."
    page = text(admin, url("forecastrun_changelist"))
    assert title(page) == "What will sell, and how right that has been"
    assert "?by=week" in page
    admin.post(url("make"), {"grain": "century"})
    assert ForecastRun.objects.count() == 1

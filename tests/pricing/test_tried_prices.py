"""Prices that are only tried: numbers that are none, and the smallest coin."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from shop_personalize.pricing.models import PriceSuggestion
from shop_personalize.pricing.selectors import workbench
from shop_personalize.pricing.services import cases, learning
from tests.pricing.addresses import api, url
from tests.pricing.builders import known, product, sold, suggested

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("price", ["nan", "inf", "-inf", "0", "1e400", "free", ""])
def test_what_is_no_price_is_not_simulated(admin: Client, price: str) -> None:
    item = product()
    known(item)
    answer = admin.get(api("simulate", item.pk), {"price": price})
    assert answer.status_code == 400
    assert list(answer.json()) == ["price"]


def test_the_smallest_coin_can_be_tried(admin: Client) -> None:
    item = product(price="0.02", cost=None)
    known(item)
    sold(item, [0.02], [5])
    page = admin.get(url("workbench", item.pk), {"price": "0.01"}).content.decode()
    assert "greater than or equal" not in page
    assert "tried" in page


@pytest.mark.parametrize("price", ["0.99", "100.01"])
def test_of_a_price_far_from_todays_nothing_is_made_up(
    admin: Client, price: str
) -> None:
    item = product(price="10.00")
    known(item, value=-9.0)
    told = "£1.00 to £100.00 can be tried"
    page = admin.get(url("workbench", item.pk), {"price": price}).content.decode()
    assert told in page
    answer = admin.get(api("simulate", item.pk), {"price": price})
    assert (answer.status_code, list(answer.json())) == (400, ["price"])
    assert told in answer.json()["price"]


def test_a_mistyped_price_does_not_take_the_pages_down(admin: Client) -> None:
    """A million for 0.10, known to answer steeply: lately it was sold at a million."""
    item = product(price="1000000.00", cost=None)
    known(item, value=-9.0)
    row = suggested(item, price="900000")
    item.price = Decimal("0.10")
    item.save()
    assert admin.get(url("workbench", item.pk)).status_code == 200
    PriceSuggestion.objects.filter(pk=row.pk).delete()
    found = workbench.bench(str(item.pk))
    assert float(found.demand.units[0]) == pytest.approx(40 * 4**9)


def test_demand_is_carried_no_further_than_it_can_be_known() -> None:
    item = product(price="0.01", cost=None)
    sold(item, [1000.0] * 30 + [900.0] * 10, [40.0] * 30 + [60.0] * 10)
    found = learning.learn()
    (case,) = cases.cases(found)
    assert case.units == pytest.approx(
        found.lately.units[0] * 4 ** -found.answers.value[0]
    )

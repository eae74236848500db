"""How often it is cheapest to order at a supplier."""

from __future__ import annotations

from math import sqrt
from typing import Any

import pytest
from django.test import Client

from shop_personalize.supply.models import ItemState, ItemSupply, Supplier
from shop_personalize.supply.selectors.rhythm import cheapest_days
from tests.reading import text
from tests.supply.addresses import url

pytestmark = pytest.mark.django_db


def test_the_economic_order_of_all_its_products(shop: dict[str, str]) -> None:
    """Two products, 10 a week each at 4: 80 a week; 15 an order, a quarter a year."""
    Supplier.objects.update(order_cost=15)
    (days,) = cheapest_days(Supplier.objects.all()).values()
    assert days == pytest.approx(sqrt(2 * 15 / (0.25 / 365 * 80 / 7)))


def test_the_list_says_it_beside_the_days_there_are(
    admin: Client, shop: dict[str, str]
) -> None:
    Supplier.objects.update(order_cost=15)
    assert "every 62 days" in text(admin, url("supplier_changelist"))


@pytest.mark.parametrize("missing", ["order_cost", "unit_cost", "expected"])
def test_without_costs_or_sales_nothing_is_said(
    admin: Client, shop: dict[str, str], missing: str
) -> None:
    Supplier.objects.update(order_cost=0 if missing == "order_cost" else 15)
    if missing == "unit_cost":
        ItemSupply.objects.update(unit_cost=None)
    if missing == "expected":
        ItemState.objects.update(expected=None)
    assert cheapest_days(Supplier.objects.all()) == {}
    assert "every" not in text(admin, url("supplier_changelist"))


def test_it_takes_two_queries(
    shop: dict[str, str], django_assert_num_queries: Any
) -> None:
    Supplier.objects.update(order_cost=15)
    rows = list(Supplier.objects.all())
    with django_assert_num_queries(2):
        cheapest_days(rows)

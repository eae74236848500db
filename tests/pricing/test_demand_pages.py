"""The lists of what is known: products, and how demand answers prices."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from shop_personalize.pricing.models import PricedItem
from shop_personalize.pricing.services import learning, suggesting
from tests.pricing.addresses import url
from tests.pricing.builders import answering, learned, product
from tests.reading import text, title

pytestmark = pytest.mark.django_db


def test_products_are_listed_with_what_is_said_of_them(
    admin: Client, django_assert_num_queries: Any
) -> None:
    for at in range(4):
        learned(name=f"Stand {at}", price="8.00")
    text(admin, url("priceditem_changelist"))
    with django_assert_num_queries(5):
        page = text(admin, url("priceditem_changelist"))
    assert page.count("Today&#x27;s price is the best one the rules allow.") == 4
    assert PricedItem.objects.count() == 4


def test_how_demand_answers_stands_there_by_category(
    admin: Client, django_assert_num_queries: Any
) -> None:
    page = text(admin, url("elasticity_changelist"))
    assert title(page) == "How demand answers prices is not known yet"
    for at in range(4):
        answering(product(f"Stand {at}"), -2.0, seed=at)
    suggesting.suggest(learning.learn())
    with django_assert_num_queries(6):
        page = text(admin, url("elasticity_changelist"))
    assert title(page).startswith("In this shop 10 % cheaper sells about 23 % more (")
    assert "4 products that speak" in page
    assert page.count("<circle") == 2
    page = text(admin, url("elasticity_changelist") + "?of=item")
    assert page.count("40 weeks with sales, 5 prices") == 4

"""Rules that name one product: one that is gone, one whose id differs by its case."""

from __future__ import annotations

import pytest
from django.test import Client

from shop_personalize.pricing.models import PriceRule
from shop_personalize.pricing.selectors.rules import RuleBook
from shop_personalize.pricing.services import learning, suggesting
from tests.pricing.addresses import url
from tests.pricing.builders import learned, product

pytestmark = pytest.mark.django_db


def form(rule: PriceRule, **change: str) -> dict[str, str]:
    given = {"name": rule.name, "scope": rule.scope, "key": rule.key, "position": "0"}
    return {**given, "step": "5", **change}


def test_a_rule_of_a_product_that_is_gone_can_still_be_switched_off(
    admin: Client,
) -> None:
    item = product()
    rule = PriceRule.objects.create(name="Step", scope="product", key=item.pk, step=5)
    item.delete()
    rule.refresh_from_db()
    address = url("pricerule_change", rule.pk)
    assert admin.post(address, form(rule)).status_code == 302
    assert not PriceRule.objects.get().is_active
    page = admin.post(address, form(rule, key="998")).content.decode()
    assert "The shop has no product “998”" in page


def test_ids_that_differ_by_their_case_are_two_products() -> None:
    PriceRule.objects.create(name="One", scope="product", key=" aB ", step=5)
    PriceRule.objects.create(name="Category", scope="category", key="CAKE", margin=20)
    book = RuleBook()
    own = book.limits(item_id="aB", category="Cake", brand="")
    other = book.limits(item_id="Ab", category="Cake", brand="")
    assert (own.step, other.step) == (0.05, 0.1)
    assert own.margin == other.margin == 0.2


def test_below_a_competitor_by_all_there_is_limits_nothing() -> None:
    """The form allows 100 %; prices of all other products were to be thought over."""
    item = learned(price="10.00")
    PriceRule.objects.create(name="Band", below=100)
    PriceRule.objects.create(name="Narrower", scope="category", key="Cake", below=5)
    limits = RuleBook().limits(item_id="1", category="", brand="")
    assert limits.below is None
    assert RuleBook().limits(item_id="1", category="Cake", brand="").below == 0.05
    PriceRule.objects.filter(name="Narrower").delete()
    (row,) = suggesting.suggest(learning.learn())
    assert row.item_id == str(item.pk)

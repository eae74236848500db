"""Addresses and fields that hold what no database keeps: refused, not an error."""

from __future__ import annotations

import pytest
from django.test import Client

from shop_personalize.pricing.models import PriceRule, PriceSuggestion
from tests.pricing.addresses import api, url
from tests.pricing.builders import product, suggested

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        url("workbench", "x").replace("/x/", "/%00/"),
        api("elasticity", "x").replace("/x/", "/%00/"),
        api("simulate", "x").replace("/x/", "/%00/") + "?price=3",
    ],
)
def test_a_product_no_database_can_keep_is_not_there(
    admin: Client, address: str
) -> None:
    assert admin.get(address).status_code == 404


def test_a_reason_is_kept_without_what_cannot_be(admin: Client) -> None:
    row = suggested(product())
    admin.post(url("pricesuggestion_do", row.pk, "dismiss"), {"why": "too\0 dear"})
    assert PriceSuggestion.objects.get().reason == "too dear"


def test_a_rule_without_a_readable_key_is_told_at_the_key(admin: Client) -> None:
    given = {"name": "Odd", "scope": "product", "key": "\0", "position": "0"}
    page = admin.post(url("pricerule_add"), given)
    assert "Null characters are not allowed" in page.content.decode()
    assert not PriceRule.objects.exists()

"""A rule that lets a price fall without end takes no page down."""

from __future__ import annotations

import pytest
from django.test import Client

from shop_personalize.pricing.models import PriceRule, PriceSuggestion
from shop_personalize.pricing.services import learning, suggesting
from tests.pricing.addresses import url
from tests.pricing.builders import answering, product

pytestmark = pytest.mark.django_db


def test_an_interval_without_end_is_told_as_far_as_it_can_be(admin: Client) -> None:
    """At a hundred thousandth of the price the upper end is 10^45 units."""
    item = product(price="1000000.00", cost=0.0001)
    answering(item, -2.0)
    PriceRule.objects.create(name="Free", step=100, most=10)
    found = learning.learn()
    found.answers.low[:] = -9.0
    (row,) = suggesting.suggest(found)
    assert row.suggested <= 10
    assert row.units_high == 1e15
    kept = PriceSuggestion.objects.get()
    assert (kept.units_high, kept.revenue_high, kept.profit_high) == (1e15,) * 3
    assert admin.get(url("pricesuggestion_changelist")).status_code == 200

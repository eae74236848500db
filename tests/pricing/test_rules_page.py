"""Rules as they are read and written in the admin."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from shop_personalize.pricing.models import PriceRule
from tests.pricing.addresses import url
from tests.pricing.builders import product
from tests.reading import text

pytestmark = pytest.mark.django_db


def test_rules_stand_in_the_order_in_which_they_are_asked(admin: Client) -> None:
    for name, scope, key in (
        ("For all", "all", ""),
        ("For cakes", "category", "Cake"),
        ("For one", "product", "7"),
    ):
        PriceRule.objects.create(name=name, scope=scope, key=key, margin=20)
    page = text(admin, url("pricerule_changelist"))
    places = [
        page.index(f">{name}</a>") for name in ("For one", "For cakes", "For all")
    ]
    assert places == sorted(places)
    assert "a margin of at least 20 %" in page
    assert "Without a rule a price moves by at most 10 %" in page


def test_a_rule_is_written_in_the_admin(admin: Client) -> None:
    item = product("Cake stand")
    wish = {
        "name": "One",
        "is_active": "on",
        "scope": "product",
        "key": "cake stand",
        "position": "0",
        "margin": "20",
    }
    admin.post(url("pricerule_add"), wish)
    rule = PriceRule.objects.get()
    assert (rule.key, rule.margin) == (str(item.pk), 20)
    admin.post(url("pricerule_change", rule.pk), {**wish, "margin": "30"})
    messages = LogEntry.objects.values_list("change_message", flat=True)
    assert "Asks now: a margin of at least 30 %" in messages
    page = admin.post(url("pricerule_add"), {**wish, "key": "no such"}).content.decode()
    assert "The shop has no product “no such”." in page

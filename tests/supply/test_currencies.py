"""Suppliers who want another money than the shop takes: told apart, never added."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from django.core.management import call_command
from django.test import Client

from shop_personalize.supply.models import ItemState, ItemSupply, Reorder, Supplier
from shop_personalize.supply.selectors import overview
from shop_personalize.supply.selectors.goods import goods
from shop_personalize.supply.selectors.runs import newest
from shop_personalize.supply.services import needs, replenishing
from tests.reading import text, title
from tests.supply.addresses import url
from tests.supply.builders import foreseen, product, steady, supplied, supplier

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> dict[str, str]:
    """Sold for pounds; mugs and a pile of pots come for euros, a jug for pounds."""
    mug, jug = product("Mug", stock=5), product("Jug", stock=5)
    pot = product("Pot", stock=5000)
    steady(mug, weeks=2)
    foreseen({mug: 10, jug: 10, pot: 10})
    jade = supplier("Jade", currency="EUR")
    supplied(mug, jade)
    supplied(pot, jade)
    supplied(jug, supplier("Hale", currency="GBP"), unit_cost=2)
    return {"mug": mug, "jug": jug, "pot": pot}


def test_amounts_are_told_by_currency(admin: Client, shop: dict[str, str]) -> None:
    replenishing.replenish()
    assert dict(Reorder.objects.values_list("item_id", "currency")) == {
        shop["mug"]: "EUR",
        shop["jug"]: "GBP",
    }
    assert overview.orders().value == {"EUR": 60.0, "GBP": 30.0}
    page = text(admin, url("overview"))
    assert title(page) == "Order 2 products this week, worth €60 + £30"
    state = ItemState.objects.get(item_id=shop["pot"])
    assert (state.currency, state.tied) == ("EUR", state.surplus * 4)
    assert overview.stock().tied == {"EUR": state.tied}


def test_the_command_tells_them_apart_too(shop: dict[str, str]) -> None:
    out = StringIO()
    call_command("personalize", "replenish", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["value"], told["currency"]) == (30.0, "GBP")
    assert told["elsewhere"] == {"EUR": 60.0}
    out = StringIO()
    call_command("personalize", "replenish", "--dry-run", stdout=out)
    assert "30 units worth 30.00 GBP and 60.00 EUR;" in out.getvalue()


def test_with_all_suppliers_abroad_their_money_is_named(shop: dict[str, str]) -> None:
    Reorder.objects.all().delete()
    ItemSupply.objects.update(supplier=Supplier.objects.get(name="Jade"))
    found = replenishing.replenish()
    assert (found.value, found.currency, found.elsewhere) == (90.0, "EUR", {})


def test_a_margin_is_not_reckoned_from_two_moneys(shop: dict[str, str]) -> None:
    run = newest("week")
    assert run is not None
    known = {
        item: replace(good, currency="GBP", price=10.0)
        for item, good in goods().items()
    }
    found = needs.measure(run, known)
    price = dict(zip(found.items, found.price.tolist(), strict=True))
    assert price[shop["jug"]] == 10.0
    assert np.isnan(price[shop["mug"]])

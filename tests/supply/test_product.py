"""The shop's own page of a product says how it is supplied, and never breaks by it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from shop_personalize.supply.admin import product as page
from shop_personalize.supply.services import replenishing
from tests.supply.builders import foreseen, product, steady, supplied

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.supply.product_urls")]


def shown(client: Client, item: str) -> str:
    response = client.get(reverse("admin:gifts_product_change", args=[item]))
    assert response.status_code == 200
    return response.content.decode()


def test_stock_forecast_and_suggestion_stand_on_it(admin: Client) -> None:
    item = product("Mug", stock=5)
    assert "Nothing is known yet of its stock." in shown(admin, item)
    steady(item, weeks=3)
    foreseen({item: 10})
    supplied(item)
    replenishing.replenish()
    found = shown(admin, item)
    assert "Reorder 15 today (lead time 7 days, service 97 %)" in found
    assert "Units sold" in found
    assert "shop_personalize_supply/supply.css" in found
    added = admin.get(reverse("admin:gifts_product_add")).content.decode()
    assert "Stock and what will sell" not in added


def test_only_those_who_may_see_stocks_see_it(staff: Any) -> None:
    item = product("Mug", stock=5)
    products = Permission.objects.get(codename="view_product")
    for rights, is_shown in ((["view_reorder"], False), (["view_itemstate"], True)):
        client = staff(*rights)
        user = get_user_model().objects.get(username="staff")
        user.user_permissions.add(products)
        assert ("Stock and what will sell" in shown(client, item)) is is_shown
        user.delete()


def test_whatever_fails_the_product_stays_editable(
    admin: Client, monkeypatch: Any, caplog: Any
) -> None:
    def fail(product: Any) -> dict[str, Any]:
        raise RuntimeError("no")

    monkeypatch.setattr(page, "_facts", fail)
    assert "Stock and what will sell" in shown(admin, product())
    assert "the supply of a product could not be shown" in caplog.text

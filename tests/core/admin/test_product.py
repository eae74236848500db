"""The shop's own product admin says what is recommended on the product's page."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from shop_personalize.models import Block, Rule
from tests.projects.gifts.models import Product

if TYPE_CHECKING:
    from types import SimpleNamespace

    from django.test import Client

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.core.admin.product_urls"),
]


def page(client: Client, product: Product | None) -> str:
    name = "change" if product else "add"
    url = reverse(f"admin:gifts_product_{name}", args=[product.pk] if product else [])
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_the_blocks_of_the_product_page_are_listed(
    admin: Client, shop: SimpleNamespace
) -> None:
    html = page(admin, shop.products[0])
    assert html.count("Recommended on this product") == 1
    assert "Often bought together" in html
    assert "New in the shop" in html
    assert "shop_personalize/admin.css" in html
    assert f"/preview/?product={shop.products[0].pk}" in html


def test_a_product_not_yet_made_has_none(admin: Client, shop: SimpleNamespace) -> None:
    html = page(admin, None)
    assert "Recommended on this product" not in html
    assert "recommended_here" not in html


def test_without_a_block_for_product_pages_it_says_so(
    admin: Client, shop: SimpleNamespace
) -> None:
    Block.objects.filter(page="product").delete()
    assert "No active block is made for product pages." in page(admin, shop.products[0])


def test_the_rules_that_speak_of_the_product_are_listed(
    admin: Client, shop: SimpleNamespace
) -> None:
    cheap, dear = ({"field": "price", "op": op, "value": 2} for op in ("lte", "gt"))
    band = {"field": "price_band", "op": "within", "value": 20}
    mug = shop.products[0]
    for name, fields in {
        "No bargains": {"conditions": [cheap], "page": "product"},
        "By name": {"items": [str(mug.pk)], "priority": 1},
        "Where it is like the page": {"conditions": [band]},
        "Dear ones": {"conditions": [dear]},
        "Another": {"items": [str(shop.products[1].pk)]},
        "Off": {"conditions": [cheap], "is_active": False},
    }.items():
        Rule.objects.create(name=name, action="exclude", **fields)
    html = page(admin, mug)
    told = html[html.index("Rules that speak of this product") :]
    assert told.index("By name</a>") < told.index("No bargains</a>")
    assert "Never shows products for at most 2.00 on product pages." in told
    assert "Where it is like the page</a>" in told
    assert not any(name in told for name in ("Dear ones", "Another", "Off</a>"))


def test_the_rules_are_told_of_a_product_that_cannot_be_sold(
    admin: Client, shop: SimpleNamespace
) -> None:
    mug = shop.products[0]
    Product.objects.filter(pk=mug.pk).update(available=False)
    condition = {"field": "category", "op": "in", "value": ["Mugs"]}
    Rule.objects.create(name="All mugs", action="boost", conditions=[condition])
    assert "All mugs</a>" in page(admin, mug)
    Rule.objects.all().delete()
    html = page(admin, mug)
    assert "None." in html[html.index("Rules that speak of this product") :]


def test_a_fault_of_ours_leaves_the_product_editable(
    admin: Client, shop: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> Any:
        raise RuntimeError("broken")

    service = importlib.import_module("shop_personalize.recommend.service")
    monkeypatch.setattr(service, "compose", broken)
    assert "Mug 1" in page(admin, shop.products[0])

"""The shop's own product admin says what is recommended on the product's page."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from shop_personalize.models import Block
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


def test_a_product_not_yet_made_has_none(admin: Client, shop: SimpleNamespace) -> None:
    html = page(admin, None)
    assert "Recommended on this product" not in html
    assert "recommended_here" not in html


def test_without_a_block_for_product_pages_it_says_so(
    admin: Client, shop: SimpleNamespace
) -> None:
    Block.objects.filter(page="product").delete()
    assert "No active block is made for product pages." in page(admin, shop.products[0])


def test_a_fault_of_ours_leaves_the_product_editable(
    admin: Client, shop: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any) -> Any:
        raise RuntimeError("broken")

    service = importlib.import_module("shop_personalize.recommend.service")
    monkeypatch.setattr(service, "compose", broken)
    assert "Mug 1" in page(admin, shop.products[0])

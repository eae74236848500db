from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client, RequestFactory, override_settings

from shop_personalize.capture import service, store
from shop_personalize.middleware import PersonalizeMiddleware
from shop_personalize.models import Interaction
from tests.core.capture.conftest import BROWSER

if TYPE_CHECKING:
    from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db


def events() -> list[tuple[str, str]]:
    return list(Interaction.objects.order_by("pk").values_list("kind", "item_id"))


def test_a_product_page_is_a_view(browser: Client, product: Product) -> None:
    browser.get(f"/product/{product.pk}/")
    assert events() == [("view", str(product.pk))]
    assert Interaction.objects.get().source == "server"


def test_a_page_that_is_not_there_is_not(browser: Client) -> None:
    browser.get("/product/999/")
    assert events() == []


def test_putting_into_the_basket_is_one_event(
    browser: Client, product: Product
) -> None:
    browser.post(f"/basket/add/{product.pk}/")
    assert events() == [("add_to_cart", str(product.pk))]


def test_the_page_shown_again_after_that_is_no_view(
    browser: Client, product: Product
) -> None:
    page = f"/product/{product.pk}/"
    browser.get(page)
    browser.get(page, headers={"referer": f"http://testserver{page}"})
    assert events() == [("view", str(product.pk))]


@pytest.mark.parametrize(
    "headers",
    [
        {"purpose": "prefetch"},
        {"sec-purpose": "prefetch;prerender"},
        {"x-moz": "prefetch"},
    ],
)
def test_a_prefetch_is_no_view(
    browser: Client, product: Product, headers: dict[str, str]
) -> None:
    browser.get(f"/product/{product.pk}/", headers=headers)
    assert events() == []


def test_asking_for_the_head_is_no_view(browser: Client, product: Product) -> None:
    browser.head(f"/product/{product.pk}/")
    assert events() == []


def test_a_search_keeps_its_words(browser: Client) -> None:
    browser.get("/search/", {"q": " red mug "})
    browser.get("/search/", {"q": " "})
    row = Interaction.objects.get()
    assert (row.kind, row.item_id, row.context) == ("search", "", {"query": "red mug"})


def routes(**rules: Any) -> Any:
    return override_settings(
        SHOP_PERSONALIZE={**settings.SHOP_PERSONALIZE, "ROUTES": rules}
    )


def test_the_quantity_comes_from_the_form(browser: Client, product: Product) -> None:
    rule = {
        "event": "add_to_cart",
        "method": "POST",
        "product": "pk",
        "quantity": "quantity",
    }
    with routes(basket_add=rule):
        browser.post(f"/basket/add/{product.pk}/", {"quantity": "3"})
    assert Interaction.objects.get().quantity == 3


def test_a_product_can_be_named_by_another_field(
    browser: Client, product: Product
) -> None:
    rule = {"event": "wishlist", "product": "q", "lookup": "name"}
    with routes(search=rule):
        browser.get("/search/", {"q": "Mug"})
        browser.get("/search/", {"q": "Plate"})
    assert events() == [("wishlist", str(product.pk))]


def test_a_recorder_that_raises_is_one_log_line(
    browser: Client,
    product: Product,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("disk on fire")

    monkeypatch.setattr(store, "insert_new", broken)
    with caplog.at_level(logging.WARNING, "shop_personalize"):
        assert browser.get(f"/product/{product.pk}/").status_code == 200
    assert [r.getMessage() for r in caplog.records if r.name == "shop_personalize"] == [
        "recording a request's events failed: RuntimeError: disk on fire"
    ]


def test_in_debug_the_developer_sees_it(
    browser: Client, product: Product, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("disk on fire")

    settings.DEBUG = True
    monkeypatch.setattr(store, "insert_new", broken)
    with pytest.raises(RuntimeError, match="disk on fire"):
        browser.get(f"/product/{product.pk}/")


def test_switched_off_nothing_is_recorded(browser: Client, product: Product) -> None:
    off = {**settings.SHOP_PERSONALIZE, "ENABLED": False}
    with override_settings(SHOP_PERSONALIZE=off):
        assert "sp_vid" not in browser.get(f"/product/{product.pk}/").cookies
    assert events() == []


@pytest.mark.django_db(transaction=True)
def test_a_page_view_of_a_known_visitor_is_one_insert(
    browser: Client, product: Product, django_assert_num_queries: Any
) -> None:
    page = f"/product/{product.pk}/"
    browser.get(page)
    request = RequestFactory().get(page, headers={"user-agent": BROWSER})
    request.COOKIES["sp_vid"] = browser.cookies["sp_vid"].value

    def view(request: HttpRequest) -> HttpResponse:
        service.track("view", product, request=request)
        return HttpResponse()

    insert = 1 if connection.vendor == "postgresql" else 3  # between begin and commit
    with django_assert_num_queries(insert):
        PersonalizeMiddleware(view)(request)
    assert len(events()) == 2


@pytest.mark.django_db(transaction=True)
def test_an_async_shop_is_served_too(product: Product) -> None:
    async def visit() -> int:
        client = AsyncClient(headers={"user-agent": BROWSER})
        response = await client.get(f"/product/{product.pk}/")
        await sync_to_async(connections.close_all)()
        return response.status_code

    assert asyncio.run(visit()) == 200
    assert events() == [("view", str(product.pk))]


@pytest.mark.django_db(transaction=True)
def test_an_async_view_may_track(product: Product) -> None:
    async def view(request: HttpRequest) -> HttpResponse:
        service.track("view", product, request=request)
        return HttpResponse()

    async def visit() -> None:
        request = RequestFactory().get("/", headers={"user-agent": BROWSER})
        await PersonalizeMiddleware(view)(request)
        await sync_to_async(connections.close_all)()

    asyncio.run(visit())
    assert events() == [("view", str(product.pk))]

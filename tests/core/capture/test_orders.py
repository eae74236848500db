from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import serializers
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import resolve
from django.utils import timezone

from shop_personalize.capture import order_links
from shop_personalize.middleware import PersonalizeMiddleware
from shop_personalize.models import Interaction, OrderVisitor
from shop_personalize.models.visitor import visitor_key
from tests.core.capture.conftest import BROWSER, EVENTS, token_for
from tests.projects.gifts.models import Order, OrderItem, Product

pytestmark = pytest.mark.django_db(transaction=True)


def buy(client: Client, product: Product, **form: str) -> Order:
    client.post(f"/basket/add/{product.pk}/")
    response = client.post("/checkout/", form)
    return Order.objects.get(pk=response.content.decode().split()[1])


def purchases() -> list[tuple[str, str]]:
    rows = Interaction.objects.filter(kind="purchase", source="orders")
    return list(rows.values_list("order_id", "item_id"))


def test_an_order_is_linked_to_the_browser_that_placed_it(
    browser: Client, product: Product
) -> None:
    order = buy(browser, product)
    link = OrderVisitor.objects.get()
    cart = Interaction.objects.get(kind="add_to_cart")
    assert (link.order_id, link.visitor) == (str(order.pk), cart.visitor)


def test_its_lines_are_purchases_at_once(browser: Client, product: Product) -> None:
    order = buy(browser, product)
    assert purchases() == [(str(order.pk), str(product.pk))]
    cart = Interaction.objects.get(kind="add_to_cart")
    assert Interaction.objects.get(kind="purchase").visitor == cart.visitor


def test_a_webhook_without_cookie_takes_nothing_over(
    browser: Client, product: Product
) -> None:
    order = buy(browser, product)
    before = OrderVisitor.objects.get().visitor_id
    Client(headers={"user-agent": "Stripe/1.0"}).post("/checkout/")
    order.paid = True
    order.save()
    assert OrderVisitor.objects.get().visitor_id == before


def test_an_order_made_by_a_stranger_has_no_link(product: Product) -> None:
    Client(headers={"user-agent": "Stripe/1.0"}).post("/checkout/")
    assert Order.objects.count() == 1
    assert OrderVisitor.objects.count() == 0


def test_staff_who_save_an_order_are_not_its_buyer(product: Product) -> None:
    boss = get_user_model().objects.create_superuser("boss", password="pw")
    client = Client()
    client.force_login(boss)
    order = Order.objects.create(created=timezone.now(), email="a@example.org")
    OrderItem.objects.create(order=order, product=product, price=1)
    client.post("/checkout/")
    assert Order.objects.count() == 2
    assert OrderVisitor.objects.count() == 0


def test_the_tokens_of_the_visit_go_with_the_order(
    browser: Client, product: Product
) -> None:
    rid = token_for(product.pk)
    event = {"event": "click", "product": product.pk, "rid": rid}
    browser.post(EVENTS, event, content_type="application/json")
    buy(browser, product)
    assert OrderVisitor.objects.get().rids == {str(product.pk): rid}


def test_a_customers_order_is_the_customers(browser: Client, product: Product) -> None:
    user = get_user_model().objects.create_user("ann", password="pw")
    browser.post("/login/", {"username": "ann", "password": "pw"})
    buy(browser, product)
    row = Interaction.objects.get(kind="purchase")
    assert row.visitor.key == visitor_key("user", user.pk)


def test_old_orders_that_change_are_not_the_askers(
    browser: Client, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Order.objects.create(created=timezone.now() - timedelta(days=30), paid=True)
    OrderItem.objects.create(order=old, product=product, price=1)
    from shop_personalize.capture.identity import Personalize

    state = Personalize(browser.get(f"/product/{product.pk}/").wsgi_request)
    state.request.COOKIES["sp_vid"] = browser.cookies["sp_vid"].value
    state.changed_orders[str(old.pk)] = None
    order_links.finish(state)
    assert OrderVisitor.objects.count() == 0
    assert purchases() == [(str(old.pk), str(product.pk))]


def test_loading_fixtures_is_not_ordering(product: Product) -> None:
    order = Order(pk=5, created=timezone.now(), updated=timezone.now(), paid=True)
    for found in serializers.deserialize(
        "json", serializers.serialize("json", [order])
    ):
        found.save()
    assert purchases() == []


def test_a_command_that_saves_thousands_is_left_to_the_sync(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[list[str]] = []
    monkeypatch.setattr(order_links, "_sync", synced.append)
    monkeypatch.setattr(order_links, "_budget", order_links._Budget())
    for n in range(100):
        order_links.order_changed(n + 1)
    assert len(synced) == order_links.SYNCS


def test_a_sync_that_raises_is_not_felt(
    browser: Client, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shop_personalize.capture import orders

    def broken(**kwargs: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(orders, "sync_orders", broken)
    buy(browser, product)
    assert OrderVisitor.objects.count() == 1


def silent_checkout(request: HttpRequest) -> HttpResponse:
    """A shop that makes its orders in bulk, so that no signal fires."""
    request.resolver_match = resolve("/checkout/")
    now = timezone.now()
    (order,) = Order.objects.bulk_create([Order(created=now, updated=now, paid=True)])
    product = Product.objects.get()
    OrderItem.objects.bulk_create([OrderItem(order=order, product=product, price=1)])
    return HttpResponse()


def test_orders_that_fire_no_signal_are_found_where_the_settings_say_so(
    browser: Client, product: Product
) -> None:
    browser.get(f"/product/{product.pk}/")
    request = RequestFactory().post("/checkout/", headers={"user-agent": BROWSER})
    request.COOKIES["sp_vid"] = browser.cookies["sp_vid"].value
    routes = {"checkout": {"event": "purchase", "method": "POST"}}
    own = {**settings.SHOP_PERSONALIZE, "ROUTES": routes}
    with override_settings(SHOP_PERSONALIZE=own):
        PersonalizeMiddleware(silent_checkout)(request)
    viewed = Interaction.objects.get(kind="view")
    assert OrderVisitor.objects.get().visitor == viewed.visitor
    assert Interaction.objects.get(kind="purchase").visitor == viewed.visitor

"""The shop is never broken: whatever of ours raises, every order commits."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, IntegrityError, OperationalError, connection
from django.test import Client

from shop_personalize.capture import (
    consent,
    identity,
    intake,
    items,
    judge,
    merging,
    order_links,
    orders,
    outbox,
    quarantine,
    routes,
    service,
    store,
    visitors,
)
from tests.projects.gifts.models import Order, OrderItem, Product

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]


def failing_sql(*args: Any, **kwargs: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO no_such_table VALUES (1)")


def raising(error: type[Exception]) -> Any:
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise error("injected")

    return broken


INJECTED: dict[str, tuple[Any, str, Any]] = {
    "store raises": (store, "insert_new", raising(OperationalError)),
    "store breaks the transaction": (store, "_insert_batch", failing_sql),
    "constraint": (intake, "_rows", raising(IntegrityError)),
    "visitors": (visitors, "visitor_ids", raising(DatabaseError)),
    "catalog": (items, "canonical", raising(ZeroDivisionError)),
    "product": (items, "item_id", raising(AttributeError)),
    "judge": (judge, "judge", raising(RecursionError)),
    "quarantine": (quarantine, "keep", raising(MemoryError)),
    "outbox": (outbox, "add", raising(RuntimeError)),
    "routes": (routes, "capture", raising(KeyError)),
    "consent hook": (identity, "consent_of", raising(TypeError)),
    "order sync": (orders, "sync_orders", failing_sql),
    "order link": (order_links, "_link", failing_sql),
    "login merge": (merging, "merge", failing_sql),
    "flush": (service, "flush", raising(UnicodeError)),
    "consent default": (consent, "default", raising(ValueError)),
}


@pytest.fixture
def product() -> Product:
    return Product.objects.create(name="Mug", price="4.50")


@pytest.fixture
def client() -> Client:
    get_user_model().objects.create_user("ann", password="pw")
    return Client(raise_request_exception=True)


@pytest.mark.parametrize("name", INJECTED)
def test_every_order_commits(
    name: str, client: Client, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, attribute, broken = INJECTED[name]
    monkeypatch.setattr(module, attribute, broken)
    statuses = [
        client.get(f"/product/{product.pk}/").status_code,
        client.post(f"/basket/add/{product.pk}/").status_code,
        client.post("/login/", {"username": "ann", "password": "pw"}).status_code,
        client.post("/checkout/", {"email": "ann@example.org"}).status_code,
        client.get("/logout/").status_code,
    ]
    assert statuses == [200, 302, 302, 200, 302]
    assert Order.objects.count() == 1
    assert OrderItem.objects.count() == 1

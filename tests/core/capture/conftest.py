from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from shop_personalize.api import throttles
from shop_personalize.attribution import Token, sign
from shop_personalize.capture import bots, items, redis_door, visitors
from tests.projects.gifts.models import Order, Product

if TYPE_CHECKING:
    from collections.abc import Iterator

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140 Safari/537.36"
EVENTS = "/personalize/events/"


def token_for(item: object = "", **more: Any) -> str:
    """The token of a block shown a minute ago; of the whole list without an item."""
    at = int(timezone.now().timestamp()) - 60
    given = {"block": "home", "recommender": "popular", "at": at, **more}
    return sign(Token(item=str(item), **given))


@pytest.fixture(autouse=True)
def _fresh_process_memory() -> Iterator[None]:
    """What a process remembers between requests must not leak between tests."""
    visitors.forget()
    items._cache.clear()
    bots.rate_watch._counts.clear()
    throttles.counter._counts.clear()
    redis_door.breaker.is_open = False
    yield
    visitors.forget()


@pytest.fixture
def browser() -> Client:
    return Client(headers={"user-agent": BROWSER})


@pytest.fixture
def product(db: None) -> Product:
    return Product.objects.create(name="Mug", price="4.50")


@pytest.fixture
def order(db: None) -> Order:
    return Order.objects.create(created=timezone.now() - timedelta(minutes=1))


@pytest.fixture
def send(browser: Client) -> Any:
    def post(body: Any, path: str = EVENTS, **extra: Any) -> Any:
        return browser.post(path, body, content_type="application/json", **extra)

    return post

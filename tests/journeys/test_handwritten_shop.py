"""A hand-written shop, five lines of settings, one template line, real HTTP."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from datetime import timedelta
from decimal import Decimal
from http.cookiejar import CookieJar
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from shop_personalize.models import Interaction, Recommender
from tests.projects.gifts.models import Category, Order, OrderItem, Product

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper
    from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)
SETS = 6
PRODUCTS = 36
FIVE_LINES = {
    "CATALOG": {"model": "gifts.Product"},
    "ORDERS": {"model": "gifts.OrderItem"},
    "ROUTES": {
        "product": {"event": "view", "product": "pk"},
        "basket_add": {"event": "add_to_cart", "method": "POST", "product": "pk"},
    },
}


class Browser:
    """Keeps its cookies, follows redirects, has a name bots do not have."""

    def __init__(self, server: LiveServer) -> None:
        self.url = server.url
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(cookies)
        self.opener.addheaders = [("User-Agent", "Mozilla/5.0 (X11) Firefox/140.0")]

    def get(self, path: str) -> str:
        with self.opener.open(self.url + path, timeout=20) as answer:
            return answer.read().decode()

    def post(self, path: str, **data: Any) -> str:
        body = urllib.parse.urlencode(data).encode()
        with self.opener.open(self.url + path, body, timeout=20) as answer:
            return answer.read().decode()


def shown(page: str) -> list[str]:
    return re.findall(r'data-sp-item="(\d+)"', page)


@pytest.fixture
def shop(settings: SettingsWrapper) -> list[Product]:
    """Six sets of six products that are bought together, by sixty customers."""
    keep = ("TASKS", "ARTIFACT_CACHE", "SNAPSHOT_DIR")
    own = {key: settings.SHOP_PERSONALIZE[key] for key in keep}
    settings.SHOP_PERSONALIZE = {**FIVE_LINES, **own}
    rooms = [Category.objects.create(name=f"Room {n}") for n in range(SETS)]
    made = [
        Product.objects.create(
            name=f"Gift {n} of set {n % SETS}",
            price=Decimal(5 + n),
            category=rooms[n % SETS],
            stock=99,
        )
        for n in range(PRODUCTS)
    ]
    for n in range(60):
        customer = User.objects.create_user(f"customer-{n}", password="secret")
        favorites = made[n % SETS :: SETS]
        for visit in range(4):
            order(customer, [favorites[(n + visit + k) % 6] for k in range(3)], visit)
    call_command("personalize", "setup", stdout=StringIO())
    return made


def order(customer: User, bought: list[Product], visit: int) -> None:
    when = timezone.now() - timedelta(days=10 + 15 * visit)
    placed = Order.objects.create(user=customer, created=when, paid=True, status="done")
    for product in bought:
        OrderItem.objects.create(order=placed, product=product, price=product.price)


def test_guest_to_customer_over_http(
    shop: list[Product], live_server: LiveServer
) -> None:
    live = Recommender.objects.filter(live_version__isnull=False)
    assert {"popular", "also_bought", "similar"} <= set(
        live.values_list("slug", flat=True)
    )
    browser = Browser(live_server)

    # A stranger sees a full block.
    assert len(shown(browser.get("/"))) == 8

    # A product's page shows its companions, never itself.
    page = shown(browser.get(f"/product/{shop[0].pk}/"))
    assert str(shop[0].pk) not in page
    own_set = {str(product.pk) for product in shop[0::SETS]}
    assert set(page[:3]) <= own_set

    # What is sold out is gone at the next request, and the block is still full.
    Product.objects.filter(pk=page[0]).update(stock=0)
    again = shown(browser.get(f"/product/{shop[0].pk}/"))
    assert page[0] not in again
    assert len(again) == len(page) == 8

    # The basket leads to what completes it and never repeats it.
    browser.post(f"/basket/add/{shop[1].pk}/")
    first = shown(browser.get("/basket/"))
    browser.post(f"/basket/add/{shop[2].pk}/")
    second = shown(browser.get("/basket/"))
    assert first != second
    assert str(shop[1].pk) not in first
    assert not {str(shop[1].pk), str(shop[2].pk)} & set(second)

    # The guest's history survives the login, and the checkout is recorded.
    browser.post("/login/", username="customer-0", password="secret")
    customer = Interaction.objects.filter(kind="view", visitor__kind="user")
    assert customer.filter(item_id=str(shop[0].pk)).exists()
    assert browser.post("/checkout/").startswith("order ")
    placed = Order.objects.latest("pk")
    lines = Interaction.objects.filter(kind="purchase", order_id=str(placed.pk))
    assert lines.count() == 2
    bought = set(
        Interaction.objects.filter(
            kind="purchase",
            visitor_id=lines.first().visitor_id,  # type: ignore[union-attr]
        ).values_list("item_id", flat=True)
    )
    home = shown(browser.get("/"))
    assert len(home) == 8
    assert not bought & set(home)


def test_a_view_changes_the_next_page(
    shop: list[Product], live_server: LiveServer
) -> None:
    browser = Browser(live_server)
    before = shown(browser.get("/"))
    browser.get(f"/product/{shop[4].pk}/")
    after = shown(browser.get("/"))
    own_set = {str(product.pk) for product in shop[4::SETS]}
    assert len(own_set & set(after)) > len(own_set & set(before))

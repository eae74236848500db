"""Five lines of settings and one line in a template, over real HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from django.contrib.auth import get_user_model
from oscar.core.loading import get_model

from shop_personalize.models import Interaction, OrderVisitor, Visitor
from shop_personalize.models.visitor import visitor_key

Make = Callable[..., Any]
pytestmark = pytest.mark.django_db(transaction=True)


class Browser:
    """A shopper: cookies, forms with their CSRF token, a Referer as browsers do."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.session = requests.Session()
        self.session.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux) Firefox/140.0"
        self.at = ""

    def get(self, path: str, **kwargs: Any) -> requests.Response:
        answer = self.session.get(self.root + path, timeout=20, **kwargs)
        assert answer.status_code == 200, answer.text[:500]
        self.at = answer.url
        return answer

    def post(self, path: str, **fields: Any) -> requests.Response:
        token = self.session.cookies.get("csrftoken", "")
        answer = self.session.post(
            self.root + path,
            {**fields, "csrfmiddlewaretoken": token},
            headers={"Referer": self.at},
            timeout=20,
        )
        assert answer.status_code == 200, answer.text[:500]
        self.at = answer.url
        return answer

    def buy(self, email: str = "") -> None:
        """Check out what is in the basket, as a guest with an e-mail or logged in."""
        self.get("/checkout/")
        if email:
            self.post("/checkout/", username=email, options="anonymous")
        self.get("/checkout/preview/")
        self.post("/checkout/preview/", action="place_order")


@pytest.fixture
def shop(product: Make) -> list[Any]:
    return [product(f"Gift {at}", stock=99) for at in range(8)]


@pytest.fixture
def browser(live_server: Any) -> Browser:
    return Browser(live_server.url)


def look(product: Any) -> str:
    return str(product.get_absolute_url())


def kinds() -> list[tuple[str, str]]:
    rows = Interaction.objects.filter(flag="").exclude(kind="rec_view")
    return list(rows.order_by("occurred_at", "pk").values_list("kind", "item_id"))


def test_a_guest_looks_adds_and_buys_and_is_one_visitor(
    browser: Browser, shop: list[Any]
) -> None:
    mug = shop[0]
    browser.get("/")
    browser.get(look(mug))
    browser.post(f"/basket/add/{mug.pk}/", quantity=2)
    browser.buy("guest@example.com")
    order = get_model("order", "Order").objects.get()
    assert kinds()[:2] == [("view", str(mug.pk)), ("add_to_cart", str(mug.pk))]
    added = Interaction.objects.get(kind="add_to_cart")
    assert added.quantity == 2
    bought = Interaction.objects.get(kind="purchase", flag="")
    assert (bought.item_id, bought.order_id) == (str(mug.pk), order.number)
    assert bought.source == "orders"
    guest = Visitor.objects.get(kind="guest")
    assert {bought.visitor_id, added.visitor_id} == {guest.pk}
    assert OrderVisitor.objects.get().visitor_id == guest.pk


def test_a_customer_buys_as_the_account_and_the_guest_is_merged(
    browser: Browser, shop: list[Any]
) -> None:
    ann = get_user_model().objects.create_user("ann", "ann@example.com", "secret-1")
    browser.get("/")
    browser.get(look(shop[1]))
    browser.get("/accounts/login/")
    browser.post(
        "/accounts/login/",
        **{
            "login-username": "ann@example.com",
            "login-password": "secret-1",
            "login_submit": "Log In",
        },
    )
    browser.get(look(shop[2]))
    browser.post(f"/basket/add/{shop[2].pk}/", quantity=1)
    browser.buy()
    rows = Interaction.objects.filter(flag="").exclude(kind="rec_view")
    assert set(rows.values_list("visitor__key", flat=True)) == {
        visitor_key("user", ann.pk)
    }
    assert ("view", str(shop[1].pk)) in kinds()
    assert ("purchase", str(shop[2].pk)) in kinds()


def test_only_a_look_by_a_person_is_a_view(browser: Browser, shop: list[Any]) -> None:
    browser.get("/")
    path = look(shop[0])
    browser.session.head(browser.root + path, timeout=20)
    browser.get(path, headers={"Sec-Purpose": "prefetch"})
    assert kinds() == []
    browser.get(path)
    assert kinds() == [("view", str(shop[0].pk))]
    browser.get(path, headers={"Referer": browser.root + path})
    assert len(kinds()) == 1


def test_a_search_is_kept(browser: Browser, shop: list[Any]) -> None:
    browser.get("/")
    browser.get("/search/?q=gift")
    found = Interaction.objects.get(kind="search")
    assert found.context["query"] == "gift"


def test_the_block_is_on_the_page_and_leaves_out_the_product_itself(
    browser: Browser, shop: list[Any]
) -> None:
    page = browser.get(look(shop[0])).text
    block = page[page.index("sp-block") :]
    assert "Gift 7" in block
    assert 'href="' + look(shop[0]) + "?" not in block


def test_a_receiver_that_fails_is_no_error_of_the_page(
    browser: Browser, shop: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("our fault")

    monkeypatch.setattr("shop_personalize.capture.outbox.add", fail)
    monkeypatch.setattr("shop_personalize.catalog.oscar.events._is_look", fail)
    browser.get(look(shop[0]))

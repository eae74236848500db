"""``personalize.js`` in a real browser, under the strictest content policy."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import include, path
from django.utils import timezone

import shop_personalize
from shop_personalize.attribution.token import unsign
from shop_personalize.models import Interaction
from tests.core.capture.conftest import token_for
from tests.projects.gifts.models import Order, OrderItem, Product

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
SCRIPT = (
    Path(shop_personalize.__file__).parent / "static/shop_personalize/personalize.js"
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium"),
]
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140 Safari/537.36"
LIST, FIRST = token_for(), token_for("1", position=1)
FAR, FILLED = token_for("9"), token_for("7", block="lazy", position=1)
FILLED_LIST = token_for(block="lazy")
PAGE = f"""<!doctype html><title>Mugs</title>
<link rel="icon" href="data:,">
<script src="/layer.js"></script>
<script src="/personalize.js" defer data-sp-events="/personalize/events/"></script>
<script src="/later.js" defer></script>
<link rel="stylesheet" href="/page.css">
<section data-sp-block="home" data-sp-rid="{LIST}"><ul>
<li data-sp-item="1" data-sp-rid="{FIRST}"><a href="/other/">Mug</a></li>
<li data-sp-item="2"><a href="/other/">Plate</a>
<button data-sp-hide>Not for me</button></li></ul></section>
<div class="far"></div>
<section data-sp-block="far">
<div data-sp-item="9" data-sp-rid="{FAR}">Far</div></section>
<div class="far"></div>
<div data-sp-lazy="/lazy/"></div>"""
LAZY = f"""<section data-sp-block="lazy" data-sp-rid="{FILLED_LIST}">
<p data-sp-item="7" data-sp-rid="{FILLED}">7</p></section>"""
LAYER = """window.dataLayer = [
{event: "view_item", ecommerce: {items: [{item_id: "1"}]}}];"""
LATER = """
dataLayer.push({event: "page_view"});
var items = [{item_id: "2", quantity: 3}];
dataLayer.push({event: "add_to_cart", ecommerce: {items: items}});
function gtag() { dataLayer.push(arguments); }
gtag("event", "search", {search_term: "mug"});
"""


def served(text: str, kind: str = "text/html") -> Callable[..., HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        response = HttpResponse(text, content_type=kind)
        response["Content-Security-Policy"] = "default-src 'self'; img-src data:"
        return response

    return view


def script(text: str) -> Callable[..., HttpResponse]:
    return served(text, "text/javascript")


urlpatterns = [
    path("page/", served(PAGE)),
    path("other/", served("<title>Other</title>")),
    path("lazy/", served(LAZY)),
    path("layer.js", script(LAYER)),
    path("later.js", script(LATER)),
    path("page.css", served(".far{height:3000px}", "text/css")),
    path("personalize.js", script(SCRIPT.read_text())),
    path("personalize/", include("shop_personalize.urls")),
]


@pytest.fixture
def tab(live_server: Any) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    # Playwright runs an event loop in this thread, and Django asks about it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    own = {**settings.SHOP_PERSONALIZE, "REDIS_URL": None, "ROUTES": {}}
    served_here = override_settings(ROOT_URLCONF=__name__, SHOP_PERSONALIZE=own)
    with served_here, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = chromium.new_page(user_agent=AGENT, base_url=live_server.url)
        page.problems = []
        page.on("console", lambda said: page.problems.append(said.text))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        yield page
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def rows(kind: str, count: int) -> list[tuple[str, str]]:
    """Wait for so many rows of a kind, at most five seconds."""
    until = time.monotonic() + 5
    found = Interaction.objects.filter(kind=kind).order_by("pk")
    while found.count() < count and time.monotonic() < until:
        time.sleep(0.05)
    return list(found.values_list("item_id", "rid"))


def test_the_script_is_small() -> None:
    assert SCRIPT.stat().st_size < 7 * 1024


def test_pushes_before_and_after_the_script_are_recorded(tab: Any) -> None:
    tab.goto("/page/")
    assert rows("view", 1) == [("1", "")]
    assert rows("add_to_cart", 1) == [("2", "")]
    assert rows("search", 1) == [("", "")]
    assert Interaction.objects.get(kind="add_to_cart").quantity == 3
    assert Interaction.objects.get(kind="search").context == {"query": "mug"}
    assert tab.problems == []


def test_what_is_seen_is_an_impression_and_what_is_not_is_none(tab: Any) -> None:
    tab.goto("/page/")
    assert sorted(rows("rec_view", 2)) == [("1", FIRST), ("2", LIST)]
    tab.locator("[data-sp-item='9']").scroll_into_view_if_needed()
    assert ("9", FAR) in rows("rec_view", 3)
    assert Interaction.objects.values("visitor").distinct().count() == 1


def test_each_block_says_once_what_it_shows(tab: Any) -> None:
    tab.goto("/page/")
    assert rows("rec_shown", 1) == [("", LIST)]
    tab.evaluate("shopPersonalize.scan(); shopPersonalize.scan()")
    tab.locator("[data-sp-lazy]").scroll_into_view_if_needed()
    assert rows("rec_shown", 2)[1:] == [("", FILLED_LIST)]
    contexts = Interaction.objects.filter(kind="rec_shown").values_list("context")
    assert list(contexts) == [({"places": [["popular", "", [1]]]},)] * 2
    seen = [item for item, _rid in rows("rec_view", 2)]
    assert len(seen) == len(set(seen))


def test_a_click_is_sent_although_the_page_is_left(tab: Any) -> None:
    tab.goto("/page/")
    tab.get_by_text("Mug", exact=True).click()
    tab.wait_for_url("**/other/")
    assert rows("click", 1) == [("1", FIRST)]


def test_what_waits_is_sent_when_the_page_is_left(tab: Any) -> None:
    tab.goto("/page/")
    tab.evaluate("shopPersonalize.track('wishlist', '5')")
    tab.goto("/other/")
    assert rows("wishlist", 1) == [("5", "")]


def test_a_lazy_block_is_filled_when_it_comes_near(tab: Any) -> None:
    tab.goto("/page/")
    assert tab.locator("[data-sp-item='7']").count() == 0
    tab.evaluate("scrollTo(0, document.body.scrollHeight)")
    tab.locator("[data-sp-item='7']").scroll_into_view_if_needed()
    assert ("7", FILLED) in rows("rec_view", 3)


def test_what_is_hidden_goes_away_and_is_reported(tab: Any) -> None:
    tab.goto("/page/")
    tab.get_by_text("Not for me").click()
    assert tab.locator("[data-sp-item='2']").count() == 0
    assert rows("hide", 1) == [("2", LIST)]


def test_a_block_of_the_shop_reports_with_tokens_that_hold(
    live_server: Any, tab: Any
) -> None:
    now = timezone.now()
    order = Order.objects.create(created=now, paid=True)
    for number in range(6):
        product = Product.objects.create(name=f"Mug {number}", price=1)
        OrderItem.objects.create(order=order, product=product, price=1)
    with override_settings(ROOT_URLCONF="tests.projects.gifts.urls"):
        tab.goto("/")
        cards = tab.locator("[data-sp-block] [data-sp-item]")
        cards.first.scroll_into_view_if_needed()
        seen = rows("rec_view", 1)
        cards.first.locator("a").click()
        clicked = rows("click", 1)
    tokens = [unsign(rid) for _item, rid in (*seen, *clicked)]
    assert tokens
    assert None not in tokens

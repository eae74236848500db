"""A block in a real browser: it fits, fills itself, reports what was clicked."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest

from shop_personalize.attribution import unsign
from shop_personalize.models import Interaction
from tests.core.recommend import builders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [(1280, 800), (390, 844)]
AGENT = "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36"
MEASURE = """() => {
    const list = document.querySelector(".sp-list");
    const heights = [...document.querySelectorAll(".sp-link")]
        .map((link) => link.getBoundingClientRect().height);
    return {
        cards: heights.length,
        lowest: Math.min(...heights),
        wider: document.documentElement.scrollWidth > window.innerWidth,
        scrolls: list.scrollWidth > list.clientWidth,
    };
}"""


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    flags = ["--no-sandbox", "--disable-gpu"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_block_fits(
    chromium: Any, live_server: LiveServer, width: int, height: int
) -> None:
    builders.popular(builders.products(20))
    page = chromium.new_page(viewport={"width": width, "height": height})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(live_server.url + "/")
    found = page.evaluate(MEASURE)
    assert found["cards"] == 8
    assert found["lowest"] >= 44
    assert found["wider"] is False
    assert found["scrolls"] is (width == 390)
    assert errors == []


def test_a_lazy_block_fills_itself_and_a_click_comes_back(
    chromium: Any, live_server: LiveServer
) -> None:
    made = builders.products(20)
    builders.popular(made)
    page = chromium.new_page(user_agent=AGENT)
    page.goto(live_server.url + "/search/?q=gift")
    page.wait_for_selector(".sp-lazy .sp-card")
    card = page.locator(".sp-lazy .sp-card").first
    item, rid = card.get_attribute("data-sp-item"), card.get_attribute("data-sp-rid")
    with page.expect_navigation():
        card.locator("a").click()
    assert page.url == f"{live_server.url}/product/{item}/"
    click = waited(lambda: Interaction.objects.filter(kind="click").first())
    assert (click.item_id, click.rid) == (item, rid)
    token = unsign(rid)
    assert token is not None
    assert (token.block, token.recommender, token.item) == (
        "home-popular",
        "popular",
        item,
    )
    waited(lambda: Interaction.objects.filter(kind="rec_view").exists())


def test_without_javascript_a_lazy_block_shows_what_sells(
    chromium: Any, live_server: LiveServer
) -> None:
    builders.popular(builders.products(20))
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + "/search/?q=gift")
    assert page.locator(".sp-lazy .sp-card").count() == 4


def waited(look: Any, seconds: float = 8.0) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError("it did not come within the time")

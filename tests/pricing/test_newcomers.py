"""What a new product may cost, by the prices of the others."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shop_personalize.ml.optimize.prices.new_product import NewPrice
from shop_personalize.pricing.admin.newcomers import KINDS
from shop_personalize.pricing.services import newcomers
from shop_personalize.pricing.services.refused import RefusedError
from tests.pricing.builders import product

pytestmark = pytest.mark.django_db
COLORS = ("red", "blue", "green", "white", "black", "pink")


@pytest.fixture(autouse=True)
def memory(monkeypatch: Any) -> Any:
    """No process remembers another test's shop, and none learns for long."""
    quick = partial(NewPrice, folds=2, nets=0)
    monkeypatch.setattr(newcomers, "NewPrice", quick)
    found = newcomers._Memory()
    monkeypatch.setattr(newcomers, "_memory", found)
    return found


def shop_of_two_kinds() -> None:
    """Paper costs about 2, wood about 20."""
    for at in range(72):
        color = COLORS[at % len(COLORS)]
        kind, base = (("Paper", 2.0), ("Wooden", 20.0))[at % 2]
        asked = f"{base * (1 + 0.01 * (at % 5)):.2f}"
        product(f"{kind} box {color}", asked, category=kind)


def test_a_new_product_is_priced_by_what_is_like_it() -> None:
    shop_of_two_kinds()
    paper = newcomers.estimate(title="Paper box yellow", category="Paper")
    wood = newcomers.estimate(title="Wooden box yellow", category="Wooden")
    assert paper is not None
    assert wood is not None
    assert paper.price == pytest.approx(2.04, rel=0.1)
    assert wood.price == pytest.approx(20.4, rel=0.1)
    assert paper.low <= paper.price <= paper.high
    assert (paper.currency, paper.products) == ("GBP", 72)
    told = {name: share for kind, name, share in paper.pulls}
    assert told["paper"] < 0
    kinds = {kind for kind, _name, _share in paper.pulls}
    assert kinds <= {"word", "words", "word in category", "category"}
    assert kinds <= KINDS.keys()


def test_a_shop_of_few_prices_says_so() -> None:
    product()
    with pytest.raises(RefusedError, match="1 priced products are too few"):
        newcomers.estimate(title="Anything")


def test_a_shop_of_one_price_says_so() -> None:
    for at in range(60):
        product(f"Thing {at}", "5.00")
    with pytest.raises(RefusedError, match="every price is 5"):
        newcomers.estimate(title="Anything")


def test_what_was_learned_is_kept_until_products_change(memory: Any) -> None:
    product()
    first = memory.get()
    assert first is not None
    assert first.problem
    assert memory.get() is first
    product("Another", "3.00")
    assert memory.get() is not first


def url() -> str:
    return reverse("admin:shop_personalize_pricing_newcomer")


def test_the_page_asks_and_answers(admin: Client) -> None:
    shop_of_two_kinds()
    page = admin.get(url()).content.decode()
    assert "What may a new product cost?" in page
    wish = {"title": "Paper box yellow", "category": "Paper"}
    page = admin.get(url(), wish).content.decode()
    assert re.search(r"About £2\.[01]\d, in 8 of 10 cases £", page)
    assert "word in its category" in page
    assert "By the prices of 72 products of this shop" in page
    assert "This field is required." in admin.get(url(), {"title": ""}).content.decode()


def test_the_page_says_what_is_missing(admin: Client) -> None:
    product()
    page = admin.get(url(), {"title": "Paper box"}).content.decode()
    assert "1 priced products are too few to learn from" in page


def test_while_prices_are_learned_the_page_waits(admin: Client, memory: Any) -> None:
    """Another thread is at it."""
    memory._lock.acquire()
    memory._begin = lambda mark: None
    page = admin.get(url(), {"title": "Paper box"}).content.decode()
    assert "The shop&#x27;s prices are being learned" in page or (
        "The shop's prices are being learned" in page
    )
    assert 'data-sp-reload="3000"' in page


def test_only_who_may_look_is_answered(staff: Any) -> None:
    assert staff().get(url(), {"title": "Paper box"}).status_code == 403

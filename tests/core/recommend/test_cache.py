"""``cache=``: the same for everyone, kept; what is personal is refused."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.test import RequestFactory, override_settings
from django.utils import timezone, translation

from shop_personalize.catalog import get_catalog
from shop_personalize.models import Block, Rule, Trial
from shop_personalize.recommend.shared import PersonalBlockError, seconds_of, shelf
from tests.core.recommend import builders
from tests.core.recommend.test_block import render, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db
TAG = '{% recommendations "home-popular" limit=3 cache=60 %}'


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()
    shelf.wake()


@pytest.fixture
def made() -> list[Product]:
    made = builders.products(20)
    builders.popular(made)
    return made


def page(
    source: str = TAG, *, host: str = "testserver", key: str = "", **more: Any
) -> str:
    request = RequestFactory().get("/", headers={"host": host})
    facts = {"visitor_key": key, "is_new": not key, "is_bot": False, "site": ""}
    request.personalize = type("Known", (), facts)  # type: ignore[attr-defined]
    return render(source, request=request, **more)


def test_a_kept_block_costs_no_query(
    made: list[Product], reads: Callable[[], Any]
) -> None:
    first = page()
    assert shown(first) == ["Gift 1", "Gift 2", "Gift 3"]
    with reads() as again:
        assert page() == first
    assert again.selects == []
    assert '<link rel="stylesheet"' in first


def test_it_is_the_same_for_a_visitor_with_a_history(
    made: list[Product], guest: str
) -> None:
    builders.did(guest, "hide", made[0])
    builders.did(guest, "add_to_cart", made[1])
    assert shown(page(key=guest)) == ["Gift 1", "Gift 2", "Gift 3"]
    assert page(key=guest) == page()


def test_languages_hosts_sites_price_lists_and_pages_are_kept_apart(
    made: list[Product], monkeypatch: pytest.MonkeyPatch
) -> None:
    english = page()
    with translation.override("zh-hans"):
        chinese = page()
    assert "Best sellers" in english
    assert "Best sellers" not in chinese
    elsewhere = page(host="other.example")
    assert "http://other.example/product/" in elsewhere
    assert "other.example" not in english
    made[0].price = 77
    made[0].save()
    assert "77.00" not in page()
    monkeypatch.setattr(get_catalog(), "price_list", lambda request: "EUR")
    assert "77.00" in page()
    near = builders.neighbors(
        builders.id_map(made), {made[5]: made[6:10], made[6]: made[10:14]}
    )
    builders.publish("similar", builders.id_map(made), near, builders.PRODUCT_CONTEXT)
    similar = '{% recommendations "product-similar" cache=60 %}'
    assert shown(page(similar, product=made[5]))[0] == "Gift 7"
    assert shown(page(similar, product=made[6]))[0] == "Gift 11"


def test_no_product_twice_on_a_page(made: list[Product]) -> None:
    page()
    both = '{% recommendations "home-trending" limit=4 min=1 %}' + TAG
    assert shown(page(both)) == [f"Gift {n}" for n in range(1, 8)]
    both = TAG + '{% recommendations "home-new" limit=3 fallback="popular" %}'
    assert shown(page(both))[:3] == ["Gift 1", "Gift 2", "Gift 3"]
    assert len(set(shown(page(both)))) == 6


def test_a_template_of_the_shop_sees_no_visitor(made: list[Product]) -> None:
    own = {"own.html": "[{{ request.user }}{{ csrf_token }}{{ name }}]"}
    loaders = [("django.template.loaders.locmem.Loader", own)]
    backend = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": loaders,
            "context_processors": ["django.template.context_processors.request"],
        },
    }
    tag = '{% recommendations "home-popular" template="own.html" cache=60 %}'
    with override_settings(TEMPLATES=[backend]):
        assert page(tag, name="Anna").endswith("[]")


PERSONAL = [
    ('"home-for-you"', "it leaves out what the visitor has bought"),
    ('"recently-viewed"', "recently_viewed answers from the visitor's history"),
    ('"product-similar"', "similar without a product answers from the visitor"),
    ('"product-bundle"', "it leaves out what the visitor has bought"),
    ('"basket-empty"', "whether it is shown depends on the basket"),
    ('"home-popular" rotation=0.5', "depends on what the visitor has seen"),
    ('"home-popular" basket=lines', "asked for a certain visitor or basket"),
    ('"home-popular" user="7"', "asked for a certain visitor or basket"),
    ("", "it is not named"),
]


@pytest.mark.parametrize(("what", "why"), PERSONAL)
def test_what_is_personal_is_refused_in_debug_and_never_kept(
    made: list[Product], what: str, why: str, guest: str
) -> None:
    tag = f"{{% recommendations {what} cache=60 %}}"
    with (
        override_settings(DEBUG=True),
        pytest.raises(PersonalBlockError, match=f"{why}.*cannot be kept"),
    ):
        page(tag, lines=[])
    page(tag, lines=[], key=guest)
    assert not [key for key in cache._cache if "sp:block" in key]  # type: ignore[attr-defined]


def test_in_production_a_personal_block_is_made_anew(
    made: list[Product], guest: str
) -> None:
    builders.did(guest, "purchase", made[0])
    tag = '{% recommendations "home-for-you" limit=2 min=1 cache=60 %}'
    assert shown(page(tag, key=guest)) == ["Gift 2", "Gift 3"]
    assert shown(page(tag)) == ["Gift 1", "Gift 2"]


def test_rules_for_some_and_experiments_make_a_block_personal(
    made: list[Product],
) -> None:
    block = Block.objects.get(slug="home-popular")
    rule = Rule.objects.create(
        name="For guests", action="boost", block=block, audience="guests"
    )
    with (
        override_settings(DEBUG=True),
        pytest.raises(PersonalBlockError, match="“For guests” is not for everyone"),
    ):
        page()
    rule.audience = "everyone"
    rule.items = [str(made[0].pk)]
    rule.ends_at = timezone.now() + timedelta(days=1)
    rule.save()
    with override_settings(DEBUG=True):
        page()
    Trial.objects.create(slug="t", block="home-popular", is_running=True, arms=[])
    cache.clear()
    with (
        override_settings(DEBUG=True),
        pytest.raises(PersonalBlockError, match="an experiment shows it"),
    ):
        page()


class Broken:
    def __init__(self) -> None:
        self.asked = 0

    def get(self, key: str) -> Any:
        self.asked += 1
        raise ConnectionError("gone")

    def set(self, *facts: Any) -> None:
        raise ConnectionError("gone")


def test_a_cache_that_fails_is_left_alone_a_while(
    made: list[Product],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = Broken()
    monkeypatch.setattr("shop_personalize.recommend.shared.cache", broken)
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            assert shown(page()) == ["Gift 1", "Gift 2", "Gift 3"]
    assert broken.asked == 1
    assert [record.getMessage() for record in caplog.records] == [
        "the cache failed; blocks are made anew"
    ]


@pytest.mark.parametrize("value", ["soon", 0, -5, 86401, None, [], "1.5"])
def test_seconds_are_a_number_up_to_a_day(value: Any) -> None:
    with pytest.raises(ValueError, match="not a number of seconds up to a day"):
        seconds_of(value)
    assert seconds_of("86400") == 86400

"""Pages where there is nothing to sell: sold out, no result, empty basket, 404."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from django.test import Client, RequestFactory, override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop_personalize.ml.knowledge import Ranking
from shop_personalize.models import Block
from shop_personalize.recommend import service
from shop_personalize.recommend.matching import words_of_path
from tests.core.recommend import builders
from tests.core.recommend.pages import render, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db
SUBSTITUTES = '{% recommendations "product-substitutes" %}'


def with_substitutes(count: int = 12) -> list[Product]:
    """The first product's alternatives are the third, the fourth and so on."""
    made = builders.products(count)
    ids = builders.id_map(made)
    near = builders.neighbors(ids, {made[0]: made[2:]})
    builders.publish("substitutes", ids, near, builders.PRODUCT_CONTEXT)
    builders.popular(made, ids)
    return made


def sell_out(*products: Product) -> None:
    for product in products:
        product.stock = 0
        product.save(update_fields=["stock"])


def test_a_sold_out_product_has_substitutes_that_are_in_stock() -> None:
    made = with_substitutes()
    sell_out(made[0], made[2])
    page = render(SUBSTITUTES, product=made[0])
    assert shown(page) == ["Gift 4", "Gift 5", "Gift 6", "Gift 7"]
    assert "Sold out: these come close" in page


def test_a_product_for_sale_has_no_substitutes_unless_they_are_asked_for() -> None:
    made = with_substitutes()
    assert render(SUBSTITUTES, product=made[0]).strip() == ""
    anywhere = '{% recommendations "substitutes" limit=3 %}'
    assert shown(render(anywhere, product=made[0])) == ["Gift 3", "Gift 4", "Gift 5"]
    assert render(SUBSTITUTES).strip() == ""


@pytest.mark.parametrize("is_sold_out", [False, True])
def test_whether_it_is_sold_out_costs_no_query(
    reads: Callable[[], Any], is_sold_out: bool
) -> None:
    made = with_substitutes()
    if is_sold_out:
        sell_out(made[0])
    request = RequestFactory().get("/")
    with reads() as first:
        found = service.recommend(request, block="product-substitutes", product=made[0])
    assert len(first.selects) == 2
    assert len(found) == (4 if is_sold_out else 0)


def test_where_a_block_before_it_knows_the_product_not_even_one(
    reads: Callable[[], Any],
) -> None:
    made = with_substitutes()
    request = RequestFactory().get("/")
    service.recommend(request, block="product-also-viewed", product=made[0])
    with reads() as second:
        service.recommend(request, block="product-substitutes", product=made[0])
    assert second.selects == []


def test_a_shop_without_a_model_does_not_pass_off_its_newest_as_substitutes() -> None:
    made = builders.products()
    sell_out(made[0])
    assert render(SUBSTITUTES, product=made[0]).strip() == ""


def test_an_empty_basket_has_its_own_block_and_a_full_one_the_usual(
    client: Client,
) -> None:
    made = builders.products(20)
    builders.popular(made)
    empty = client.get("/basket/").content.decode()
    assert 'data-sp-block="basket-empty"' in empty
    assert "Something to begin with" in empty
    client.post(f"/basket/add/{made[0].pk}/")
    full = client.get("/basket/").content.decode()
    assert 'data-sp-block="basket-bought-together"' in full
    assert "basket-empty" not in full


def test_blocks_of_baskets_by_name_wait_for_their_occasion() -> None:
    made = builders.products(20)
    builders.popular(made)
    both = (
        '{% recommendations "basket-bought-together" basket=lines %}'
        '{% recommendations "basket-empty" basket=lines %}'
    )
    assert 'data-sp-block="basket-empty"' in render(both, lines=[])
    assert "basket-bought-together" not in render(both, lines=[])
    assert 'data-sp-block="basket-empty"' not in render(both, lines=[made[0]])


def with_words(made: list[Product]) -> None:
    """mug: 4, 5; owl: 5, 6."""
    ids = builders.id_map(made)
    codes = [int(c) for c in ids.codes([str(made[at].pk) for at in (3, 4, 4, 5)])]
    builders.publish(
        "matching",
        ids,
        Ranking(
            groups=np.array([b"mug", b"owl"], dtype="S"),
            indptr=np.array([0, 2, 4]),
            items=np.array(codes, np.int32),
            scores=np.array([2.0, 1.0, 2.0, 1.5], np.float32),
        ),
        builders.NO_CONTEXT,
    )
    builders.popular(made, ids)


def test_words_that_found_nothing_show_what_some_of_them_match() -> None:
    made = builders.products()
    with_words(made)
    source = '{% recommendations "nothing-found" limit=5 %}'
    page = render(source, query="green owls mug")
    # Both words, then one; what is left is filled with what sells.
    assert shown(page) == ["Gift 5", "Gift 4", "Gift 6", "Gift 1", "Gift 2"]
    assert page.count("Close to what you looked for") == 3
    sell_out(made[4])
    assert shown(render(source, query="owlz"))[:1] == ["Gift 6"]
    assert shown(render(source, query="zebra"))[:1] == ["Gift 1"]


def test_in_a_large_shop_a_word_is_looked_for_among_few() -> None:
    made = builders.products()
    ids = builders.id_map(made)
    words = sorted(
        f"{a}{b}{n:03}".encode() for a in "mz" for b in "uv" for n in range(900)
    )
    code = int(ids.codes([str(made[6].pk)])[0])
    builders.publish(
        "matching",
        ids,
        Ranking(
            groups=np.array(words, dtype="S"),
            indptr=np.arange(len(words) + 1),
            items=np.full(len(words), code, np.int32),
            scores=np.ones(len(words), np.float32),
        ),
        builders.NO_CONTEXT,
    )
    builders.popular(made, ids)
    source = '{% recommendations "nothing-found" limit=3 %}'
    assert shown(render(source, query="mu12"))[0] == "Gift 7"
    assert shown(render(source, query="mx12"))[0] == "Gift 1"


LOADERS = [
    (
        "django.template.loaders.locmem.Loader",
        {"404.html": "{% load personalize %}{% recommendations limit=2 %}"},
    ),
    "django.template.loaders.app_directories.Loader",
]


@override_settings(
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"loaders": LOADERS},
        }
    ]
)
def test_a_404_page_offers_what_its_address_speaks_of(client: Client) -> None:
    made = builders.products()
    with_words(made)
    page = client.get("/gifts/Owl-mugs.html?x=<script>", follow=True)
    assert page.status_code == 404
    assert shown(page) == ["Gift 5", "Gift 4"]
    assert 'data-sp-block="nothing-found"' in page.content.decode()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/gifts/red-mug.html", "gift red mug"),
        ("/catalog/12345/Caf%C3%A9_cups/", "catalog cafe cup"),
        ("/%E7%BA%A2%E8%8C%B6", "红 茶"),
        ("/<script>alert('x')</script>", "script alert script"),
        ("/%00%ff..%2f..%2fetc/passwd", "etc passwd"),
        ("/", ""),
        ("/" + "long-" * 200, "long long long long long long long long"),
    ],
)
def test_the_words_of_an_address(address: str, words: str) -> None:
    assert words_of_path(address) == words


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=400))
def test_no_query_breaks_the_block(text: str) -> None:
    found = service.compose(None, service.wish_of(block="nothing-found", query=text))
    assert isinstance(words_of_path(text), str)
    assert len(found) == 0


def test_an_upgraded_shop_gets_the_new_blocks_and_keeps_its_own() -> None:
    from importlib import import_module

    from django.apps import apps
    from django.db import connection

    Block.objects.exclude(slug__in=["home-for-you", "basket-bought-together"]).delete()
    Block.objects.filter(slug="home-for-you").update(title="Mine")
    Block.objects.filter(slug="basket-bought-together").update(shown_when="always")
    migration = import_module("shop_personalize.migrations.0006_shown_when")
    migration.offer_blocks(apps, SimpleNamespace(connection=connection))
    made = {block.slug: block for block in Block.objects.all()}
    assert sorted(made) == [
        "basket-bought-together",
        "basket-empty",
        "home-for-you",
        "nothing-found",
        "product-bundle",
        "product-substitutes",
    ]
    assert made["home-for-you"].title == "Mine"
    assert made["basket-bought-together"].shown_when == "full_basket"
    chain = made["nothing-found"].steps.values_list("recommender__slug", flat=True)
    assert list(chain) == ["matching", "for_you", "trending", "popular"]

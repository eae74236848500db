"""A block in a page holds: bad input, faults of ours, options, languages."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, transaction
from django.template import TemplateSyntaxError
from django.test import RequestFactory, override_settings
from django.utils import translation
from django.utils.translation import trans_real

from shop_personalize import artifacts
from shop_personalize.conf import app_settings
from shop_personalize.models import Recommender
from shop_personalize.recommend import service
from tests.core.recommend import builders
from tests.core.recommend.pages import render, shown
from tests.projects.gifts.models import Order, Product

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_title_is_text_and_never_markup(client: Client) -> None:
    made = builders.products(8)
    evil = '</script><img src=x onerror="alert(1)">'
    Product.objects.filter(pk=made[0].pk).update(name=evil)
    builders.popular(made)
    page = client.get("/").content.decode()
    assert evil not in page
    assert "<img src=x" not in page
    assert "&lt;/script&gt;&lt;img src=x" in page


def test_without_any_context_the_tag_still_answers() -> None:
    builders.popular(builders.products())
    assert len(shown(render("{% recommendations %}"))) == 8


def test_an_unknown_argument_is_named() -> None:
    with pytest.raises(TemplateSyntaxError, match="did you mean 'limit'"):
        render("{% recommendations limt=3 %}")
    with pytest.raises(TemplateSyntaxError, match="takes a name"):
        render('{% recommendations "a" "b" %}')


def test_an_unknown_block_is_silent_in_production_and_loud_in_debug(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR, logger="shop_personalize"):
        assert render('{% recommendations "nowhere" %}') == ""
    assert len(caplog.records) == 1
    with override_settings(DEBUG=True), pytest.raises(LookupError, match="nowhere"):
        render('{% recommendations "nowhere" %}')


def test_a_broken_artifact_gives_way_to_the_next_recommender(client: Client) -> None:
    made = builders.products()
    ids = builders.id_map(made)
    builders.popular(made)
    version = builders.publish(
        "trending", ids, builders.ranking(ids, made[::-1]), builders.NO_CONTEXT
    )
    folder = app_settings.artifact_cache / version.artifact
    for file in folder.glob("knowledge.*"):
        file.chmod(0o600)
        file.write_bytes(b"truncated")
    artifacts.forget()
    assert shown(client.get("/"))[0] == "Gift 1"


def test_an_error_of_ours_leaves_the_shops_transaction_whole(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    def fail(*args: Any) -> None:
        Recommender.objects.raw("SELECT no_such_column FROM no_such_table")[0]

    monkeypatch.setattr("shop_personalize.recommend.scope.load_configuration", fail)
    with transaction.atomic():
        Order.objects.create(created="2026-01-01T00:00:00Z", email="a@example.com")
        assert render("{% recommendations %}", request=RequestFactory().get("/")) == ""
        assert Order.objects.count() == 1
    assert Order.objects.count() == 1
    with pytest.raises(DatabaseError):
        fail()


def test_options_of_the_tag_win_over_the_block() -> None:
    made = builders.products(20)
    builders.popular(made)
    page = render(
        '{% recommendations "home-popular" limit=3 title="Ours" exclude=no'
        " same_category=1 product=p %}",
        no=[made[2]],
        p=made[0],
    )
    assert shown(page) == ["Gift 5", "Gift 7", "Gift 9"]
    assert ">Ours</h2>" in page


def test_fewer_than_the_minimum_is_no_block() -> None:
    builders.popular(builders.products(2))
    assert render('{% recommendations "home-popular" min=3 %}') == ""
    assert len(shown(render('{% recommendations "home-popular" min=2 %}'))) == 2


def test_variety_spreads_the_categories() -> None:
    made = builders.products(12)
    builders.popular([*made[::2], *made[1::2]])
    plain = render('{% recommendations "home-popular" limit=4 %}')
    varied = render('{% recommendations "home-popular" limit=4 diversity=0.9 %}')
    assert shown(plain) == ["Gift 1", "Gift 3", "Gift 5", "Gift 7"]
    assert shown(varied) == ["Gift 1", "Gift 2", "Gift 3", "Gift 4"]


def test_a_category_page_asks_for_the_categorys_own_ranking() -> None:
    made = builders.products(12)
    ids = builders.id_map(made)
    ranked = builders.ranking(ids, made, Bags=made[11:3:-2])
    builders.publish("popular", ids, ranked, builders.NO_CONTEXT)
    page = render("{% recommendations %}", category=made[1].category)
    assert shown(page)[:4] == ["Gift 12", "Gift 10", "Gift 8", "Gift 6"]
    assert "Popular in this category" in page


def test_filters_for_lists() -> None:
    made = builders.products(12)
    ids = builders.id_map(made)
    neighbors = builders.neighbors(ids, {made[0]: made[4:10]})
    builders.publish("similar", ids, neighbors, builders.PRODUCT_CONTEXT)
    page = render("{% for r in p|similar:3 %}{{ r.title }},{% endfor %}", p=made[0])
    assert page == "Gift 5,Gift 6,Gift 7,"
    assert shown(render("{{ p|similar:2 }}", p=made[0])) == ["Gift 5", "Gift 6"]


def test_a_list_is_ranked_for_the_visitor_and_keeps_all(guest: str) -> None:
    made = builders.products(6)
    ids = builders.id_map(made)
    neighbors = builders.neighbors(ids, {made[0]: [made[4]]})
    builders.publish("for_you", ids, neighbors, builders.HISTORY_CONTEXT)
    builders.did(guest, "view", made[0])
    builders.did(guest, "hide", made[1])
    ordered = service.rank(None, Product.objects.order_by("pk"), visitor_key=guest)
    names = [str(product) for product in ordered]
    assert names == ["Gift 5", "Gift 1", "Gift 3", "Gift 4", "Gift 6", "Gift 2"]
    assert service.rank(None, made) == made


def test_links_carry_a_token_in_data_attributes_not_in_the_url(client: Client) -> None:
    made = builders.products()
    builders.popular(made)
    page = client.get("/").content.decode()
    assert f'href="/product/{made[0].pk}/"' in page
    assert len(re.findall(r'data-sp-rid="2\.home-for-you\.popular\.', page)) == 9
    assert 'data-sp-list="sp:home-for-you:2.home-for-you.' in page


def test_no_inline_code_or_style(client: Client) -> None:
    builders.popular(builders.products())
    page = client.get("/").content.decode()
    assert not re.search(r"\sstyle=|\son\w+=|<style", page)
    scripts = re.findall(r"<script([^>]*)>", page)
    assert all("src=" in each or "application/ld+json" in each for each in scripts)


def test_a_manifest_without_our_files_is_no_error(
    client: Client, settings: Any
) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        },
    }
    settings.STATIC_ROOT = "/nonexistent"
    builders.popular(builders.products())
    page = client.get("/")
    assert page.status_code == 200
    assert len(shown(page)) == 8
    assert '/static/shop_personalize/personalize.css"' in page.content.decode()


CHINESE = {
    "Popular right now": "正在热卖",
    "Because you bought %(title)s": "因为您买过%(title)s",
    "Recommended for you": "为您推荐",
}


@pytest.mark.parametrize(
    ("language", "title", "popular", "bought"),
    [
        ("en", "Recommended for you", "Popular right now", "Because you bought Gift 1"),
        ("zh-hans", "为您推荐", "正在热卖", "因为您买过Gift 1"),
    ],
)
def test_the_block_speaks_the_shoppers_language(
    guest: str,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    title: str,
    popular: str,
    bought: str,
) -> None:
    monkeypatch.setattr(trans_real.translation("zh-hans"), "_catalog", CHINESE)
    made = builders.products(12)
    ids = builders.id_map(made)
    builders.popular(made)
    neighbors = builders.neighbors(ids, {made[0]: made[10:12]})
    builders.publish("for_you", ids, neighbors, builders.HISTORY_CONTEXT)
    builders.did(guest, "purchase", made[0])
    with translation.override(language):
        found = service.recommend(
            None, block="home-for-you", visitor_key=guest, limit=3
        )
    assert found.title == title
    assert [r.reason for r in found] == [bought, bought, popular]

"""Tokens that cannot be forged, read again for as long as links carry them."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from django.core.signing import Signer
from django.test import Client

from shop_personalize.attribution import Token, sign, token, unsign
from shop_personalize.attribution.guards import is_for
from shop_personalize.attribution.token import mark_of
from shop_personalize.capture.identity import SALT
from shop_personalize.models.visitor import visitor_key
from tests.core.recommend import builders

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

AGENT = {"user-agent": "Mozilla/5.0 Firefox/140.0"}
NOW = int(time.time())
TOKEN = Token("home-for-you", "for_you", 12, 3, "4711", NOW, "new-ranker:b")


def test_a_token_comes_back_as_it_went() -> None:
    assert unsign(sign(TOKEN)) == TOKEN
    assert len(sign(TOKEN)) == 68


@pytest.mark.parametrize("item", ["", "a.b", "~x", "käse/1", "x" * 64, "商品" * 20])
def test_any_id_fits_into_200_characters(item: str) -> None:
    mark = mark_of("k" * 43, NOW)
    longest = ("b" * 60, "r" * 50, 10**6, 100, item, NOW, "t" * 20 + ":" + "a" * 10)
    text = sign(Token(*longest, mark))
    assert len(text) <= 200
    assert text.isascii()
    found = unsign(text)
    assert found is not None
    assert found.covers(item)
    assert found.covers("another") is (item == "")


def test_a_changed_token_is_refused() -> None:
    text = sign(TOKEN)
    for at in range(len(text)):
        changed = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
        assert unsign(changed) is None
    for other in ("", ".", "1.a.b.c", "x" * 400, "ключ", text + "."):
        assert unsign(other) is None


def test_a_token_ends_after_thirty_days() -> None:
    old = Token("b", "r", at=NOW - 31 * 86400)
    assert unsign(sign(old)) is None
    assert unsign(sign(old), max_age_days=40) == old
    assert unsign(sign(Token("b", "r", at=NOW + 3600))) is None


def test_a_rotated_secret_is_still_read(settings: SettingsWrapper) -> None:
    text = sign(TOKEN)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    assert unsign(text) == TOKEN
    settings.SECRET_KEY_FALLBACKS = []
    assert unsign(text) is None


def test_a_page_made_for_somebody_says_so_to_us_alone() -> None:
    marks = [mark_of("ann", NOW), mark_of("ann", NOW + 1), mark_of("bob", NOW)]
    assert len(set(marks)) == 3
    assert {len(mark) for mark in marks} == {6}
    text = sign(replace(TOKEN, mark=marks[0]))
    assert text.startswith("3.home-for-you.")
    assert len(text) == 75
    assert unsign(text) == replace(TOKEN, mark=marks[0])


def test_tokens_of_older_forms_are_still_read() -> None:
    body = f"home.popular.c.3.{token._base36(NOW)}.4711"
    forms = {
        "1.home.popular.": f"1.{body}",
        "2.home.popular.": "2." + body.replace("popular.", "popular.new%3Ab."),
    }
    found = {
        text: unsign(f"{form}.{token._signature(form, 'tests-only')}")
        for text, form in forms.items()
    }
    old = Token("home", "popular", 12, 3, "4711", NOW)
    assert list(found.values()) == [old, replace(old, variant="new:b")]


@pytest.mark.django_db
def test_a_page_made_for_a_visitor_is_told_from_one_made_for_everyone() -> None:
    builders.popular(builders.products())
    known, stranger = Client(), Client()
    known.cookies["sp_vid"] = Signer(salt=SALT).sign("guest")
    tokens = {
        name: [unsign(rid) for rid in re.findall('data-sp-rid="([^"]+)"', page)]
        for name, page in (
            ("known", known.get("/", headers=AGENT).content.decode()),
            ("stranger", stranger.get("/", headers=AGENT).content.decode()),
        )
    }
    assert {len(found) for found in tokens.values()} == {9}
    key = visitor_key("guest", "guest")
    for each in tokens["known"]:
        assert each is not None
        assert each.mark == mark_of(key, each.at)
        assert is_for(each, [key])
        assert not is_for(each, [visitor_key("guest", "another")])
    assert {each and each.mark for each in tokens["stranger"]} == {""}

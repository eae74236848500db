"""Tokens that cannot be forged, and what becomes of them."""

from __future__ import annotations

import time
import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from shop_personalize.attribution import Token, sign, unsign
from shop_personalize.attribution.rollup import rollup
from shop_personalize.models import BlockDay, Interaction, Visitor

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

NOW = int(time.time())
TOKEN = Token("home-for-you", "for_you", 12, 3, "4711", NOW, "new-ranker:b")


def test_a_token_comes_back_as_it_went() -> None:
    assert unsign(sign(TOKEN)) == TOKEN
    assert len(sign(TOKEN)) == 68


@pytest.mark.parametrize("item", ["", "a.b", "~x", "käse/1", "x" * 64, "商品" * 20])
def test_any_id_fits_into_200_characters(item: str) -> None:
    token = Token("b" * 60, "r" * 50, 10**6, 100, item, NOW)
    text = sign(token)
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


def event(visitor: Visitor, kind: str, rid: str, at: datetime, **more: Any) -> None:
    Interaction.objects.create(
        event_id=uuid.uuid4(),
        visitor=visitor,
        kind=kind,
        rid=rid,
        occurred_at=at,
        received_at=at,
        **{"item_id": "7", **more},
    )


@pytest.mark.django_db
def test_days_of_a_block_are_counted_once() -> None:
    visitor = Visitor.objects.create(key="k")
    day = timezone.now() - timedelta(hours=30)
    rid = sign(Token("home", "popular", 1, 1, "7", int(day.timestamp()) - 60))
    other = sign(Token("home", "popular", 1, 2, "8", int(day.timestamp()) - 60))
    order = {"order_id": "A1", "value": 5, "currency": "GBP", "quantity": 2}
    event(visitor, "rec_view", rid, day)
    event(visitor, "rec_view", rid, day)
    event(visitor, "rec_view", other, day, item_id="8")
    event(visitor, "click", rid, day)
    event(visitor, "click", rid[:-1] + "!", day)
    event(visitor, "add_to_cart", "", day + timedelta(minutes=1))
    event(visitor, "add_to_cart", "", day + timedelta(minutes=1), item_id="8")
    event(visitor, "purchase", rid, day + timedelta(minutes=3), flag="shadow", **order)
    event(visitor, "purchase", rid, day + timedelta(minutes=4), **order)
    since = day - timedelta(days=1)
    assert rollup(since) == rollup(since) == 2
    counts = ("currency", "seen", "clicked", "carted", "bought", "revenue")
    rows = BlockDay.objects.order_by("currency").values_list(*counts)
    assert list(rows) == [
        ("", 2, 1, 1, 0, Decimal(0)),
        ("GBP", 0, 0, 0, 1, Decimal(10)),
    ]
    refund = {"order_id": "A1", "quantity": 2}
    event(visitor, "refund", "", timezone.now(), **refund)
    assert rollup(since) == 1


@pytest.mark.django_db
def test_a_click_leads_to_a_purchase_for_a_week() -> None:
    visitor = Visitor.objects.create(key="k")
    start = timezone.now() - timedelta(days=12)
    rid = sign(Token("home", "popular", 1, 1, "7", int(start.timestamp())))
    event(visitor, "click", rid, start)
    event(visitor, "purchase", "", start + timedelta(days=6), order_id="1", value=3)
    event(visitor, "purchase", "", start + timedelta(days=8), order_id="2", value=3)
    rollup(start - timedelta(days=1))
    rows = BlockDay.objects.filter(bought__gt=0).values_list("bought", "revenue")
    assert list(rows) == [(1, Decimal(3))]

"""Friends' purchases in a shop: read when asked for, and only as far as allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from shop_personalize.api.erasure import erase
from shop_personalize.ml.knowledge import ItemNeighbors
from shop_personalize.models import Connection, Visitor
from shop_personalize.recommend import service
from shop_personalize.recommend.circle import hears_circle, load_circle
from shop_personalize.registry.defaults import ensure_defaults
from shop_personalize.training.links import links_of
from tests.core.recommend import builders

if TYPE_CHECKING:
    from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db
CIRCLE = {"context": "history", "circle": {"people": 1, "stranger": 1.0}}


def tie(source: str, target: str, **more: Any) -> Connection:
    one, _ = Visitor.objects.get_or_create(key=source)
    two, _ = Visitor.objects.get_or_create(key=target)
    return Connection.objects.create(
        source=one, target=two, created_at=timezone.now(), **more
    )


def held(key: str) -> list[tuple[str, ...]]:
    return sorted(tuple(sorted(items)) for items in load_circle(key).held.values())


@pytest.fixture
def gifts() -> list[Product]:
    ensure_defaults()
    return builders.products(6)


def test_a_circle_holds_what_its_people_bought(gifts: list[Product]) -> None:
    tie("me", "ann", weight=2.0)
    tie("me", "bob")
    tie("eve", "bob")
    builders.did("ann", "purchase", gifts[0], gifts[1])
    builders.did("bob", "wishlist", gifts[1])
    builders.did("bob", "view", gifts[2])
    builders.did("eve", "purchase", gifts[3])
    around = load_circle("me")
    ids = {name: Visitor.objects.get(key=name).pk for name in ("ann", "bob")}
    assert {person: set(items) for person, items in around.held.items()} == {
        ids["ann"]: {str(gifts[0].pk), str(gifts[1].pk)},
        ids["bob"]: {str(gifts[1].pk)},
    }
    assert around.strengths == {
        ids["ann"]: 2.0,
        ids["bob"]: pytest.approx(1 / 2**0.5),
    }


def test_what_was_sent_back_is_held_no_more(gifts: list[Product]) -> None:
    tie("me", "ann")
    builders.did("ann", "purchase", gifts[0], gifts[1])
    builders.did("ann", "refund", gifts[0])
    assert held("me") == [(str(gifts[1].pk),)]


@pytest.mark.parametrize(
    "silent", [{"confirmed": False}, {"kind": "gift"}, {"kind": "household"}]
)
def test_silent_ties_tell_nothing(gifts: list[Product], silent: dict[str, Any]) -> None:
    tie("me", "ann", **silent)
    builders.did("ann", "purchase", gifts[0])
    assert held("me") == []


def test_other_kinds_speak_where_the_shop_says_so(gifts: list[Product]) -> None:
    tie("me", "ann", kind="gift")
    builders.did("ann", "purchase", gifts[0])
    with override_settings(SHOP_PERSONALIZE={"CONNECTIONS": {"kinds": ["gift"]}}):
        assert held("me") == [(str(gifts[0].pk),)]


def test_a_tie_speaks_one_way(gifts: list[Product]) -> None:
    tie("me", "ann")
    builders.did("me", "purchase", gifts[0])
    assert held("ann") == []


def test_the_erased_fall_silent_at_once(gifts: list[Product]) -> None:
    tie("me", "ann")
    builders.did("ann", "purchase", gifts[0])
    erase("ann")
    assert held("me") == []


def alone(ids: Any, n: int) -> ItemNeighbors:
    """Each item leads to itself."""
    return ItemNeighbors(
        np.arange(n + 1), np.arange(n), np.ones(n, np.float32), np.full(n, 9)
    )


def publish_friends(gifts: list[Product]) -> None:
    ids = builders.id_map(gifts)
    builders.publish("friends", ids, alone(ids, len(gifts)), CIRCLE)


def asked(key: str) -> list[str]:
    found = service.recommend(
        None, block="friends", visitor_key=key, limit=3, minimum=1
    )
    shown = [one for one in found if one.recommender == "friends"]
    assert {one.reason for one in shown} <= {"Liked by people you are connected with"}
    return [one.item_id for one in shown]


def test_two_people_must_hold_what_is_shown(gifts: list[Product]) -> None:
    publish_friends(gifts)
    tie("me", "ann")
    tie("me", "bob")
    builders.did("me", "view", gifts[5])
    builders.did("ann", "purchase", gifts[0], gifts[1], gifts[2])
    builders.did("bob", "purchase", gifts[1])
    assert asked("me")[:1] == [str(gifts[1].pk)]
    assert str(gifts[0].pk) not in asked("me")
    open_shop = {**settings.SHOP_PERSONALIZE, "CONNECTIONS": {"people": 1}}
    with override_settings(SHOP_PERSONALIZE=open_shop):
        assert str(gifts[0].pk) in asked("me")


def test_only_models_that_hear_it_ask_for_it() -> None:
    assert hears_circle(CIRCLE)
    assert hears_circle({"parts": [{"config": {}}, {"config": CIRCLE}]})
    assert not hears_circle(builders.HISTORY_CONTEXT)
    assert not hears_circle({})


def test_training_knows_the_ties_between_those_it_knows() -> None:
    first = tie("me", "ann", weight=2.0)
    tie("me", "bob")
    tie("ann", "me", confirmed=False)
    tie("me", "ann", kind="gift")
    known = np.array(sorted([first.source_id, first.target_id]), np.int64)
    links = links_of(known)
    assert known[links.source].tolist() == [first.source_id]
    assert known[links.target].tolist() == [first.target_id]
    assert links.weight.tolist() == [2.0]
    assert len(links_of(np.empty(0, np.int64))) == 0

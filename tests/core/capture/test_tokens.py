"""A token counts for who was shown it, once it can have been followed; else it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from shop_personalize.attribution.token import MAX_AGE_DAYS, mark_of
from shop_personalize.capture.event_ids import uuid7
from shop_personalize.capture.service import draft, record
from shop_personalize.models import Interaction, QuarantinedEvent, Visitor
from shop_personalize.models.visitor import visitor_key
from tests.core.capture.conftest import BROWSER, EVENTS, token_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test.utils import CaptureQueriesContext

    from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db


def now() -> int:
    return int(timezone.now().timestamp())


def came(kind: str, key: str, rid: str) -> None:
    event = draft(kind, "7", event_id=uuid7(), visitor_key=key, rid=rid)
    record([event], source="native")


def kept() -> tuple[str, Any]:
    return Interaction.objects.values_list("rid", "context").get()


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (lambda: "2.home.popular.made.up", "forged"),
        (lambda: token_for("7")[:-1] + "!", "forged"),
        (lambda: token_for("8"), "other_item"),
        (lambda: token_for("7", at=now() - (MAX_AGE_DAYS + 1) * 86400), "expired"),
        (lambda: token_for("7", at=now() + 60), "too_fast"),
        (
            lambda: token_for("7", mark=mark_of("bob", 5), at=now() - 60),
            "other_visitor",
        ),
    ],
    ids=["made up", "altered", "other item", "expired", "too fast", "other visitor"],
)
def test_what_does_not_count_is_an_event_without_its_token(
    made: Callable[[], str], reason: str
) -> None:
    came("click", "ann", made())
    assert kept() == ("", {"refused": reason})


def test_only_what_a_hand_does_takes_time(settings: Any) -> None:
    settings.SHOP_PERSONALIZE = {
        **settings.SHOP_PERSONALIZE,
        "ATTRIBUTION": {"min_seconds": 30},
    }
    rids = {kind: token_for("7", at=now() - 10) for kind in ("rec_view", "click")}
    for kind, rid in rids.items():
        came(kind, "ann", rid)
    came("click", "bob", token_for("7", at=now() - 31))
    found = Interaction.objects.order_by("pk").values_list("kind", "context")
    assert list(found) == [
        ("rec_view", {}),
        ("click", {"refused": "too_fast"}),
        ("click", {}),
    ]


def test_a_page_made_for_a_guest_counts_after_the_login(
    browser: Client, product: Product
) -> None:
    browser.post(
        EVENTS, {"event": "view", "product": "1"}, content_type="application/json"
    )
    at, guest = now() - 60, Visitor.objects.get().key
    rid = token_for(product.pk, at=at, mark=mark_of(guest, at))
    user = get_user_model().objects.create_user("ann", password="pw")
    assert browser.login(username="ann", password="pw")
    request = browser.get("/").wsgi_request
    assert request.personalize.key == visitor_key("user", user.pk)
    Visitor.objects.filter(key=guest).update(merged_into=_visitor(user.pk))
    event = {"event": "click", "product": product.pk, "rid": rid}
    browser.post(EVENTS, event, content_type="application/json")
    assert Interaction.objects.get(kind="click").rid == rid
    stranger = Client(headers={"user-agent": BROWSER})
    stranger.post(EVENTS, event, content_type="application/json")
    refused = Interaction.objects.filter(kind="click", rid="").get()
    assert refused.context == {"refused": "other_visitor"}


def _visitor(user_pk: int) -> Visitor:
    key = visitor_key("user", user_pk)
    return Visitor.objects.get_or_create(key=key, kind=Visitor.Kind.USER)[0]


def test_strange_tokens_of_a_batch_cost_one_query(
    send: Any, django_assert_max_num_queries: Any
) -> None:
    send({"event": "view", "product": "1"})

    def cost(rids: list[str]) -> CaptureQueriesContext:
        events = [{"event": "click", "product": "7", "rid": rid} for rid in rids]
        with django_assert_max_num_queries(99) as found:
            send({"events": events})
        return found

    strange = [token_for("7", mark="abcdef", version=n) for n in range(20)]
    plain = [token_for("7", version=n) for n in range(20)]
    cost(plain)
    assert [len(cost(rids)) for rids in (plain, strange)] == [4, 5]


def test_what_a_block_shows_is_kept_as_places(send: Any) -> None:
    at = now()
    of_page: dict[str, Any] = {"at": at}
    rids = [token_for(n, position=n, **of_page) for n in (2, 1, 3)]
    rids += [token_for(9, position=4, recommender="new", variant="t:b", **of_page)]
    strange = [
        "forged",
        token_for(5, position=5, at=at - 1),
        token_for(6, position=6, block="other", **of_page),
        7,
    ]
    page = token_for(**of_page)
    context = {"rids": rids + strange, "places": "made up"}
    send({"event": "rec_shown", "rid": page, "context": context})
    places = [["new", "t:b", [4]], ["popular", "", [1, 2, 3]]]
    assert kept() == (page, {"places": places})


def test_a_list_that_nobody_signed_shows_nothing(send: Any) -> None:
    item = token_for("1", position=1)
    send({"event": "rec_shown", "rid": "forged", "context": {"rids": [item]}})
    assert kept() == ("", {"refused": "forged"})
    send({"event": "rec_shown", "context": {"rids": [item]}})
    assert QuarantinedEvent.objects.get().reason == "missing_rid"

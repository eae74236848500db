"""A block in a page: what is shown, what is not, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.test import RequestFactory

from shop_personalize.models import Block
from shop_personalize.recommend import service
from shop_personalize.recommend.deeds import LATEST
from tests.core.recommend import builders
from tests.core.recommend.pages import render, shown
from tests.projects.gifts.models import Product

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_tag_becomes_a_block(client: Client) -> None:
    builders.popular(builders.products())
    page = client.get("/")
    assert shown(page) == [f"Gift {n}" for n in range(1, 9)]
    assert "Recommended for you" in page.content.decode()


def test_a_block_costs_two_queries_and_with_a_history_three(
    client: Client, guest: str, reads: Callable[[], Any]
) -> None:
    made = builders.products(80)
    builders.popular(made)
    with reads() as without:
        client.cookies.pop("sp_vid")
        client.get("/")
    assert len(without.selects) == 2
    builders.did(guest, "view", made[0])
    request = RequestFactory().get("/")
    request.personalize = type(  # type: ignore[attr-defined]
        "Known",
        (),
        {"visitor_key": guest, "is_new": False, "is_bot": False, "site": ""},
    )
    with reads() as first:
        service.recommend(request, block="home-for-you")
    assert len(first.selects) == 3
    with reads() as second:
        service.recommend(request, block="home-popular")
    assert len(second.selects) == 1


def test_outside_a_transaction_no_savepoint_is_sent(
    transactional_db: None, django_assert_num_queries: Any
) -> None:
    builders.popular(builders.products())
    with django_assert_num_queries(2):
        assert len(service.recommend(None, block="home-popular")) == 8


def test_an_unpublished_product_is_gone_at_the_next_request(client: Client) -> None:
    made = builders.products()
    builders.popular(made)
    client.get("/")
    Product.objects.filter(pk=made[0].pk).update(available=False)
    Product.objects.filter(pk=made[1].pk).update(stock=0)
    assert shown(client.get("/")) == [f"Gift {n}" for n in range(3, 11)]


def test_a_block_is_full_though_most_of_the_catalog_is_hidden(
    client: Client, reads: Callable[[], Any]
) -> None:
    made = builders.products(200)
    builders.popular(made)
    Product.objects.exclude(pk__in=[p.pk for p in made[::20]]).update(available=False)
    last = [f"Gift {n}" for n in range(1, 160, 20)]
    assert shown(client.get("/")) == last
    for _ in range(8):
        client.get("/")
    with reads() as learned:
        assert shown(client.get("/")) == last
    assert len(learned.selects) == 3


def test_no_product_twice_on_one_page() -> None:
    made = builders.products(20)
    builders.popular(made)
    request = RequestFactory().get("/")
    page = render(
        '{% recommendations "popular" limit=4 as first %}'
        '{% recommendations "home-popular" limit=4 %}',
        request=request,
    )
    assert shown(page) == [f"Gift {n}" for n in range(5, 9)]


def test_a_product_page_shows_what_was_viewed_with_the_product(client: Client) -> None:
    made = builders.products()
    ids = builders.id_map(made)
    builders.publish(
        "also_viewed",
        ids,
        builders.neighbors(ids, {made[0]: [made[0], *made[3:8]]}),
        builders.PRODUCT_CONTEXT,
    )
    page = client.get(f"/product/{made[0].pk}/")
    assert shown(page)[:5] == [f"Gift {n}" for n in range(4, 9)]
    assert "Customers also looked at" in page.content.decode()


def test_a_view_changes_the_next_page(client: Client, guest: str) -> None:
    made = builders.products(20)
    ids = builders.id_map(made)
    builders.popular(made)
    builders.publish(
        "for_you",
        ids,
        builders.neighbors(ids, {made[0]: made[15:19]}),
        builders.HISTORY_CONTEXT,
    )
    assert shown(client.get("/"))[0] == "Gift 1"
    client.get(f"/product/{made[0].pk}/")
    assert shown(client.get("/"))[:4] == [f"Gift {n}" for n in range(16, 20)]


def test_bought_in_the_basket_and_hidden_are_left_out(guest: str) -> None:
    made = builders.products(14)
    builders.popular(made)
    builders.did(guest, "purchase", made[0], days_ago=100)
    builders.did(guest, "add_to_cart", made[1])
    builders.did(guest, "hide", made[2])
    ask = {"visitor_key": guest, "limit": 4}
    found = service.recommend(None, block="home-for-you", **ask)
    assert [str(r.product) for r in found] == [f"Gift {n}" for n in range(4, 8)]
    Block.objects.filter(slug="home-for-you").update(rebuy_days=90)
    found = service.recommend(None, block="home-for-you", **ask)
    assert [str(r.product) for r in found] == ["Gift 1", "Gift 4", "Gift 5", "Gift 6"]


def test_what_was_bought_or_hidden_long_ago_is_not_forgotten(guest: str) -> None:
    made = builders.products(6)
    builders.popular(made)
    builders.did(guest, "purchase", made[0], days_ago=300)
    builders.did(guest, "hide", made[1], days_ago=300)
    builders.did(guest, "view", *[made[5]] * (LATEST + 1))
    found = service.recommend(None, block="home-for-you", visitor_key=guest)
    assert [str(r.product) for r in found] == [f"Gift {n}" for n in range(3, 7)]


def test_a_refunded_purchase_may_be_shown_again(guest: str) -> None:
    made = builders.products(4)
    builders.popular(made)
    builders.did(guest, "purchase", made[0], days_ago=2)
    builders.did(guest, "refund", made[0])
    found = service.recommend(None, block="home-for-you", visitor_key=guest)
    assert str(found[0].product) == "Gift 1"


def test_the_basket_of_the_session_decides(client: Client) -> None:
    made = builders.products()
    ids = builders.id_map(made)
    edges = {made[0]: made[4:8], made[1]: made[8:12]}
    builders.publish(
        "bought_together", ids, builders.neighbors(ids, edges), builders.BASKET_CONTEXT
    )
    client.post(f"/basket/add/{made[0].pk}/")
    first = shown(client.get("/basket/"))
    client.post(f"/basket/add/{made[1].pk}/")
    second = shown(client.get("/basket/"))
    assert first == [f"Gift {n}" for n in range(5, 9)]
    assert sorted(second) != sorted(first)
    assert {"Gift 9", "Gift 10"} <= set(second)


def test_own_things(guest: str) -> None:
    made = builders.products(6)
    builders.did(guest, "view", made[3], made[1])
    found = service.recommend(None, block="recently-viewed", visitor_key=guest)
    assert [str(r.product) for r in found] == ["Gift 2", "Gift 4"]
    nobody = service.recommend(None, block="recently-viewed")
    assert replace(nobody, rid="") == service.Recommendations(
        block="recently-viewed", title="Recently viewed", show_reason=False
    )


def test_a_fresh_shop_shows_what_came_last() -> None:
    builders.products(10)
    found = service.recommend(None, block="home-for-you", limit=3)
    assert [str(r.product) for r in found] == ["Gift 10", "Gift 9", "Gift 8"]
    assert found.backup
    assert {r.reason for r in found} == {"New in the shop"}


def test_who_answered_is_said(guest: str) -> None:
    made = builders.products(12)
    ids = builders.id_map(made)
    builders.popular(made)
    neighbors = builders.neighbors(ids, {made[0]: made[10:12]})
    builders.publish("for_you", ids, neighbors, builders.HISTORY_CONTEXT)
    builders.did(guest, "purchase", made[0])
    found = service.recommend(None, block="home-for-you", visitor_key=guest, limit=4)
    assert [r.recommender for r in found] == [
        "for_you",
        "for_you",
        "popular",
        "popular",
    ]
    assert [r.is_backup for r in found] == [False, False, True, True]
    assert not found.backup
    assert [r.position for r in found] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("purchase", "Because you bought Gift 1"),
        ("view", "Because you viewed Gift 1"),
        ("add_to_cart", "Because you chose Gift 1"),
    ],
)
def test_reasons_name_the_product_that_led_here(
    guest: str, kind: str, words: str
) -> None:
    made = builders.products(12)
    ids = builders.id_map(made)
    neighbors = builders.neighbors(ids, {made[0]: made[8:12]})
    builders.publish("for_you", ids, neighbors, builders.HISTORY_CONTEXT)
    builders.did(guest, kind, made[0])
    found = service.recommend(None, block="home-for-you", visitor_key=guest, limit=4)
    assert {r.reason for r in found} == {words}
    assert {str(r.because) for r in found} == {"Gift 1"}

"""The shopper's own page: what it says, and that each button works at once."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest
from django.test import Client
from django.urls import reverse

from shop_personalize.models import Interaction, Visitor
from shop_personalize.training import retention, snapshot
from tests.core.recommend import builders
from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db
PAGE = "/personalize/me/page/"
API = "/personalize/"


def post(client: Client, **data: str) -> str:
    answer = client.post(PAGE, data, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def visitor(client: Client) -> Client:
    """Somebody who has looked at two products."""
    made = builders.products()
    builders.popular(made)
    client.get("/")
    for product in made[:2]:
        client.get(f"/product/{product.pk}/")
    assert kinds() == ["view", "view"]
    return client


def kinds() -> list[str]:
    return sorted(Interaction.objects.values_list("kind", flat=True))


def learned() -> list[str]:
    tables = [pq.read_table(path)["kind"].to_pylist() for path in snapshot.files()]
    return sorted(kind for table in tables for kind in table)


def test_a_stranger_reads_that_nothing_is_known(client: Client) -> None:
    page = client.get(PAGE)
    assert "Nothing yet." in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    assert "Cookie" in page["Vary"]
    assert page["X-Robots-Tag"] == "noindex"


def test_it_counts_in_words_and_links_what_was_looked_at(visitor: Client) -> None:
    page = visitor.get(PAGE).content.decode()
    assert "<li>2 products looked at</li>" in page
    looked = page.split("What you looked at lately")[1].split("</section>")[0]
    assert looked.count("<li>") == 2
    assert page.count('type="radio"') == 3
    assert 'value="full" checked' in page


def test_not_for_me_is_felt_by_the_next_page_and_can_be_taken_back(
    visitor: Client,
) -> None:
    first = visitor.get(API + "recommendations/?block=home-popular&n=3").json()
    item = first["items"][0]["id"]
    page = post(visitor, action="hide", item=item)
    assert 'value="show_again"' in page
    after = visitor.get(API + "recommendations/?block=home-popular&n=3").json()
    assert item not in [each["id"] for each in after["items"]]
    page = post(visitor, action="show_again", item=item)
    assert 'value="show_again"' not in page
    again = visitor.get(API + "recommendations/?block=home-popular&n=3").json()
    assert item in [each["id"] for each in again["items"]]


def test_hiding_through_the_api_does_not_wait_for_a_buffer(visitor: Client) -> None:
    assert visitor.post(API + "me/hide/1/").status_code == 204
    assert Interaction.objects.filter(kind="hide", item_id="1").count() == 1
    assert visitor.delete(API + "me/hide/1/").status_code == 204
    assert not Interaction.objects.filter(kind="hide").exists()
    assert visitor.post(API + "me/hide/" + "x" * 65 + "/").status_code == 400


def test_starting_anew_keeps_orders_and_what_was_hidden(visitor: Client) -> None:
    builders.did(Visitor.objects.get().key, "purchase", Product.objects.all()[2])
    post(visitor, action="hide", item="4")
    page = post(visitor, action="start_anew")
    assert kinds() == ["hide", "purchase"]
    assert "products looked at" not in page
    assert visitor.post(API + "me/reset/").status_code == 204


def test_files_for_training_lose_what_was_looked_at_before_a_reset(
    visitor: Client,
) -> None:
    builders.did(Visitor.objects.get().key, "purchase", Product.objects.all()[2])
    snapshot.refresh()
    assert learned() == ["purchase", "view", "view"]
    post(visitor, action="start_anew")
    visitor.get(Product.objects.all()[4].get_absolute_url())
    snapshot.refresh()
    retention.purge()
    assert learned() == ["purchase", "view"]


def test_erasing_needs_a_tick(visitor: Client) -> None:
    assert "tick the box" in post(visitor, action="erase")
    assert Interaction.objects.count() == 2
    assert "Everything we knew of you is deleted." in post(
        visitor, action="erase", sure="1"
    )
    assert not Interaction.objects.exists()


def test_a_choice_of_nothing_ends_the_cookie_and_the_noting(visitor: Client) -> None:
    page = post(visitor, action="consent", consent="none")
    assert 'value="none" checked' in page
    before = Interaction.objects.count()
    visitor.get("/product/1/")
    assert Interaction.objects.count() == before
    assert post(visitor, action="consent", consent="forever")
    assert "sp_consent" in visitor.cookies
    assert visitor.cookies["sp_consent"].value == "none"


def test_nonsense_changes_nothing(visitor: Client) -> None:
    for data in ({}, {"action": "x"}, {"action": "hide", "item": "\x00"}):
        assert visitor.post(PAGE, data).status_code == 302
    assert Interaction.objects.count() == 2


def test_another_page_cannot_post_for_a_visitor(visitor: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = visitor.cookies
    assert strict.post(PAGE, {"action": "start_anew"}).status_code == 403
    assert reverse("shop_personalize:own_page") == PAGE


def test_old_rows_of_others_stay(visitor: Client) -> None:
    builders.did("o" * 43, "view", Product.objects.all()[0], days_ago=3)
    post(visitor, action="start_anew")
    assert Interaction.objects.get().visitor.key == "o" * 43

"""Who is held out sees no recommendations anywhere, and a page that is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from shop_personalize.attribution.assignment import is_held
from shop_personalize.capture.identity import personalize_of
from shop_personalize.models import Interaction, Visitor
from shop_personalize.models.visitor import visitor_key
from shop_personalize.recommend import service
from tests.core.recommend import builders
from tests.core.trials.people import BROWSER, HALF, browser, held, key_of, served, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django.fixtures import SettingsWrapper

    from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def half(hold_out: Callable[[float], None]) -> None:
    hold_out(HALF)


@pytest.fixture
def gifts() -> list[Product]:
    made = builders.products()
    builders.popular(made)
    return made


def request_of(name: str) -> Any:
    request = RequestFactory(headers={"user-agent": BROWSER}).get("/")
    request.COOKIES["sp_vid"] = browser(name).cookies["sp_vid"].value
    personalize_of(request)
    return request


@pytest.mark.parametrize("path", ["/", "/search/?q=gift", "/basket/"])
def test_no_tag_shows_anything(gifts: list[Product], path: str) -> None:
    assert len(shown(browser(served()).get(path))) >= 8
    page = browser(held()).get(path)
    assert page.status_code == 200
    visible = page.content.decode().split("<noscript>")[0]
    assert shown(visible) == []
    assert "sp-block" not in visible
    assert "personalize.js" in page.content.decode()


def test_a_lazy_block_stays_empty(gifts: list[Product]) -> None:
    path = "/personalize/blocks/home-popular/"
    found = browser(served()).get(path)
    assert len(shown(found)) == 8
    empty = browser(held()).get(path)
    assert (empty.status_code, empty.content) == (200, b"")


def test_the_api_says_nothing_and_why(gifts: list[Product]) -> None:
    path = "/personalize/recommendations/?block=home-popular"
    assert len(browser(served()).get(path).json()["items"]) == 8
    answer = browser(held()).get(path).json()
    assert answer["items"] == []
    assert answer["block"] == "home-popular"
    assert answer["variant"] == "holdout:held"


def test_a_list_keeps_the_shops_order(gifts: list[Product]) -> None:
    ids = builders.id_map(gifts)
    last = builders.ranking(ids, gifts[::-1])
    builders.publish("for_you", ids, last, builders.HISTORY_CONTEXT)
    for name, is_ranked in ((served(), True), (held(), False)):
        builders.did(key_of(name), "view", gifts[-1])
        found = service.rank(request_of(name), gifts)
        assert (found != gifts) is is_ranked


def test_the_first_page_is_drawn_by_the_id_the_browser_is_about_to_get(
    gifts: list[Product],
) -> None:
    kinds = set()
    for _n in range(12):
        client = browser()
        first = shown(client.get("/"))
        name = client.cookies["sp_vid"].value.split(":")[0]
        assert bool(first) is not is_held(key_of(name), HALF)
        assert shown(client.get("/")) == first
        kinds.add(bool(first))
    assert kinds == {True, False}


def test_after_a_login_the_account_is_drawn(gifts: list[Product]) -> None:
    people = [get_user_model().objects.create_user(f"u{n}") for n in range(12)]
    for name in (held(), served()):
        found = {}
        for person in people:
            client = browser(name)
            client.force_login(person)
            found[person.pk] = bool(shown(client.get("/")))
        expected = {
            person.pk: not is_held(visitor_key("user", person.pk), HALF)
            for person in people
        }
        assert found == expected
        assert len(set(found.values())) == 2


def test_staff_robots_and_who_gave_no_consent_are_never_held_out(
    gifts: list[Product],
) -> None:
    accounts = get_user_model().objects
    for n in range(8):
        client = browser()
        client.force_login(accounts.create_user(f"s{n}", is_staff=True))
        assert len(shown(client.get("/"))) == 8
    assert len(shown(browser(held(), **{"user-agent": "Googlebot/2.1"}).get("/"))) == 8
    silent = browser(held())
    silent.cookies["sp_consent"] = "none"
    assert len(shown(silent.get("/"))) == 8


def test_a_developer_sees_every_block(
    gifts: list[Product], settings: SettingsWrapper
) -> None:
    settings.DEBUG = True
    assert len(shown(browser(held()).get("/"))) == 8


def test_what_is_not_for_the_page_itself_is_never_held_out(
    gifts: list[Product],
) -> None:
    request = request_of(held())
    block = {"block": "home-popular", "remember": False}
    assert not service.recommend(request, **block)
    assert len(service.recommend(None, **block)) == 8
    assert len(service.recommend(request, personal=False, **block)) == 8
    assert len(service.recommend(request, visitor_key=key_of(held()), **block)) == 8
    assert service.explain(request, item=gifts[0], **block)["shown"] is not None


def test_a_page_that_is_the_same_for_all_stays_cacheable(gifts: list[Product]) -> None:
    request = request_of(held())
    assert len(service.recommend(request, block="home-popular", personal=False)) == 8
    assert request.personalize.accessed is False


def test_it_costs_no_query_and_writes_nothing(gifts: list[Product]) -> None:
    client = browser(held())
    with CaptureQueriesContext(connection) as sent:
        client.get("/")
    assert [q["sql"] for q in sent if "SAVEPOINT" not in q["sql"]] == []
    assert not Visitor.objects.exists()
    assert not Interaction.objects.exists()


def test_more_share_frees_nobody(
    gifts: list[Product], hold_out: Callable[[float], None]
) -> None:
    name = held(0.2)
    for share in (0.2, 0.5, 0.9):
        hold_out(share)
        assert shown(browser(name).get("/")) == []


def test_doctor_says_that_there_is_a_holdout(
    gifts: list[Product],
    hold_out: Callable[[float], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    call_command("personalize", "doctor")
    assert "50 % of the visitors see no recommendations" in capsys.readouterr().out
    hold_out(0)
    call_command("personalize", "doctor")
    assert "see no recommendations" not in capsys.readouterr().out

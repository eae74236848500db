"""For whom a rule is: told from what the request and the history already know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import get_user_model

from shop_personalize.models import Rule, Visitor
from shop_personalize.models.visitor import visitor_key
from shop_personalize.recommend import service
from tests.core.recommend import builders
from tests.core.recommend.merchandise import rule, shown
from tests.core.recommend.test_block import shown as titles
from tests.projects.gifts.models import Product

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> list[Product]:
    found = builders.products()
    builders.popular(found)
    return found


def hide_first_for(audience: str, made: list[Product]) -> None:
    rule("exclude", items=made[:1], audience=audience)


def is_hit(key: str) -> bool:
    return shown_of(visitor_key=key) != 1


def shown_of(**wish: Any) -> int:
    return shown("home-popular", limit=1, minimum=1, **wish)[0]


@pytest.mark.parametrize(
    ("audience", "new", "earlier", "bought"),
    [
        ("everyone", True, True, True),
        ("new", True, False, False),
        ("returning", False, True, True),
        ("buyers", False, False, True),
        ("no_buyers", True, True, False),
    ],
)
def test_by_what_a_visitor_did(
    made: list[Product], audience: str, new: bool, earlier: bool, bought: bool
) -> None:
    hide_first_for(audience, made)
    builders.did("now", "view", made[3])
    builders.did("earlier", "view", made[3], days_ago=1)
    builders.did("bought", "purchase", made[3], days_ago=1)
    assert is_hit("nobody yet") is new
    assert is_hit("now") is new
    assert is_hit("earlier") is earlier
    assert is_hit("bought") is bought


def test_who_gave_everything_back_has_not_bought(made: list[Product]) -> None:
    hide_first_for("buyers", made)
    builders.did("one", "purchase", made[3], days_ago=2)
    builders.did("one", "refund", made[3], days_ago=1)
    assert not is_hit("one")


def test_a_long_visit_is_one_visit(made: list[Product]) -> None:
    hide_first_for("returning", made)
    builders.did("one", "view", *[made[3]] * 50)  # one a minute
    assert not is_hit("one")


@pytest.mark.parametrize("audience", ["customers", "guests"])
def test_by_whether_somebody_is_logged_in(
    client: Client, made: list[Product], audience: str, reads: Callable[[], Any]
) -> None:
    hide_first_for(audience, made)
    first = titles(client.get("/"))[0]
    user = get_user_model().objects.create_user("ann")
    client.force_login(user)
    with reads() as sent:
        second = titles(client.get("/"))[0]
    wanted = ["Gift 1", "Gift 2"]
    assert [first, second] == (wanted if audience == "customers" else wanted[::-1])
    ours = [sql for sql in sent.selects if "auth_user" not in sql]
    assert len([sql for sql in ours if "django_session" not in sql]) == 3


def test_another_visitors_kind_is_read_with_the_history(made: list[Product]) -> None:
    hide_first_for("customers", made)
    user = get_user_model().objects.create_user("ann")
    key = visitor_key("user", user.pk)
    Visitor.objects.create(key=key, kind="user")
    builders.did(key, "view", made[5])
    builders.did("a guest", "view", made[5])
    assert is_hit(key)
    assert not is_hit("a guest")
    # Who never did anything is neither: nobody asks the database for it.
    assert not is_hit("nobody yet")
    Rule.objects.update(audience="guests")
    assert not is_hit("nobody yet")
    assert is_hit("a guest")


def test_what_is_the_same_for_everyone_is_made_for_no_audience(
    made: list[Product],
) -> None:
    hide_first_for("new", made)
    assert shown_of() == 2
    assert shown_of(personal=False) == 1
    found = service.recommend(None, block="home-popular", personal=False)
    assert found[0].title == "Gift 1"

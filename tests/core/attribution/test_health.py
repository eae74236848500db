"""What an owner is told when tokens do not come back as they should."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from shop_personalize.admin import health as admin_health
from shop_personalize.attribution.health import TokenHealth, token_health
from shop_personalize.attribution.rollup import catch_up
from tests.core.attribution.events import did, token, visitor

pytestmark = pytest.mark.django_db


def clicks(count: int, reason: str = "", **more: Any) -> None:
    who = visitor(f"{reason}{len(more)}{more.get('flag', '')}")
    when = timezone.now() - timedelta(hours=1)
    for _ in range(count):
        given = {"context": {"refused": reason}} if reason else {}
        rid = "" if reason else token("7", when)
        did(who, "click", when, rid, **{**given, **more})


def test_refused_clicks_are_counted_with_the_reason() -> None:
    clicks(70)
    clicks(25, "other_visitor")
    clicks(5, "forged")
    clicks(9, "forged", flag="bot")
    clicks(9, "forged", received_at=timezone.now() - timedelta(days=8))
    catch_up()
    found = token_health()
    assert found == TokenHealth(70, {"other_visitor": 25, "forged": 5}, ("home",))
    assert found.refused_share == 0.3
    assert "a page cache may give one visitor's page to all" in str(found.why)


@pytest.mark.parametrize(
    ("followed", "refused", "told"),
    [(179, 21, True), (180, 20, False), (10, 19, False), (10, 20, True), (0, 0, False)],
)
def test_a_few_are_not_worth_a_word(followed: int, refused: int, told: bool) -> None:
    found = TokenHealth(followed, {"too_fast": refused})
    assert (found.why is not None) is told


def test_the_admin_and_the_doctor_say_what_to_do() -> None:
    clicks(30)
    clicks(30, "too_fast")
    catch_up()
    expected = [
        "50 % of the clicks on recommendations are not counted, mostly this way: it "
        "came sooner than a hand can click: robots.",
        "“home” is clicked but never seen. Is {% personalize_js %} in the page that "
        "shows it?",
    ]
    assert admin_health.findings(admin_health.measure())[-2:] == expected
    out = StringIO()
    call_command("personalize", "doctor", stdout=out, stderr=StringIO())
    assert "50% of last week's clicks on recommendations are not" in out.getvalue()
    assert "The block 'home' is clicked but never seen." in out.getvalue()


def test_nothing_is_said_where_all_is_well() -> None:
    when = timezone.now() - timedelta(hours=1)
    did(visitor(), "rec_view", when, token("7", when))
    clicks(30)
    catch_up()
    assert token_health() == TokenHealth(30)

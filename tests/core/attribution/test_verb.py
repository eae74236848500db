"""``personalize rollup``, as a person or cron runs it."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from shop_personalize.models import BlockDay, VisitorDay
from tests.core.attribution.events import FIRST, at, bought, did, token, visitor

pytestmark = pytest.mark.django_db


def say(*words: str) -> str:
    out = StringIO()
    call_command("personalize", "rollup", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


def ask(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(say(*words, "--json"))
    assert found.pop("seconds") < 60
    return found


@pytest.fixture(autouse=True)
def _two_days() -> None:
    ann = visitor()
    did(ann, "click", at(), token("7"))
    bought(ann, at(30), "A")


def test_rebuild_counts_everything() -> None:
    assert ask("--rebuild") == {
        "first": f"{FIRST}",
        "days": 41,
        "blocks": 1,
        "visitors": 2,
    }
    assert "41 days from" in say("--rebuild")


def test_since_counts_from_a_day_on() -> None:
    day = FIRST + timedelta(days=30)
    assert ask("--since", f"{day}")["visitors"] == 1
    assert list(VisitorDay.objects.values_list("day", flat=True)) == [day]
    with pytest.raises(CommandError, match="is no date; write it as 2026-01-31"):
        say("--since", "yesterday")


def test_alone_it_counts_what_has_changed() -> None:
    assert ask()["days"] == 41
    assert BlockDay.objects.get().clicked == 1
    did(visitor("bob"), "click", at(), token("7"), received_at=timezone.now())
    assert ask()["days"] == 3 + 8
    assert BlockDay.objects.get().clicked == 2


def test_an_event_of_1970_does_not_take_half_a_century() -> None:
    did(visitor("bob"), "view", at() - timedelta(days=50 * 365))
    assert ask("--rebuild")["visitors"] == 3

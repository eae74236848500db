"""``personalize recommend`` and ``explain``: what a person and a script read."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.core.recommend import builders

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = StringIO()
    call_command("personalize", *words, stdout=out)
    return out.getvalue()


def test_recommend_prints_a_table_or_json() -> None:
    made = builders.products(9)
    builders.popular(made)
    text = run("recommend", "--block", "home-popular", "-n", "2")
    assert [line.split()[:4] for line in text.splitlines()[1:3]] == [
        ["1", str(made[0].pk), "Gift", "1"],
        ["2", str(made[1].pk), "Gift", "2"],
    ]
    data = json.loads(run("recommend", "--block", "home-popular", "-n", "2", "--json"))
    assert [item["title"] for item in data["items"]] == ["Gift 1", "Gift 2"]


def test_a_wrong_block_names_the_right_ones() -> None:
    with pytest.raises(CommandError, match=r"there are: .*home-for-you"):
        run("recommend", "--block", "hom")


def test_explain_says_why_and_why_not(guest: str) -> None:
    made = builders.products(9)
    builders.popular(made)
    builders.did(guest, "purchase", made[1])
    where = ("--block", "home-for-you", "--visitor", guest)
    assert "is shown at place 1" in run("explain", str(made[0].pk), *where)
    assert "is not shown: bought" in run("explain", str(made[1].pk), *where)
    with pytest.raises(CommandError, match="no product '999999'"):
        run("explain", "999999", *where)


def test_explain_says_where_a_score_comes_from(guest: str) -> None:
    made = builders.products(9)
    ids = builders.id_map(made)
    near = builders.neighbors(ids, {made[0]: [made[5]], made[1]: [made[6], made[5]]})
    builders.publish("for_you", ids, near, builders.HISTORY_CONTEXT)
    builders.did(guest, "view", made[1])
    builders.did(guest, "purchase", made[0])
    where = ("--block", "home-for-you", "--visitor", guest)
    lines = [
        " ".join(line.split())
        for line in run("explain", str(made[5].pk), *where).splitlines()
    ]
    assert f"86 % goes with {made[0].pk} Gift 1" in lines
    assert f"14 % goes with {made[1].pk} Gift 2" in lines
    data = json.loads(run("explain", str(made[5].pk), *where, "--json"))
    assert data["account"]["exact"] is True
    # A purchase weighs 3 and leads to a first neighbor, a view 1 and to a second.
    assert data["account"]["sources"] == [
        {"kind": "item", "item": str(made[0].pk), "share": 0.8571},
        {"kind": "item", "item": str(made[1].pk), "share": 0.1429},
    ]
    assert data["account"]["people"] == 9


def test_what_is_not_shown_is_accounted_for_too(guest: str) -> None:
    made = builders.products(9)
    builders.popular(made)
    builders.did(guest, "purchase", made[1])
    where = ("--block", "home-popular", "--visitor", guest)
    data = json.loads(run("explain", str(made[8].pk), *where, "--json"))
    assert data["shown"] is None
    assert data["why_not"] == "ranked below the last place"
    assert data["account"]["sources"] == [{"kind": "list", "item": "", "share": 1.0}]

"""A block as the visitor's arm has it: what changes, for whom, what the token says."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop_personalize.attribution import assignment, unsign
from shop_personalize.models import Block, Rule, Trial
from tests.core.recommend import builders
from tests.core.trials.people import (
    browser,
    in_arm,
    key_of,
    named,
    rids,
    shown,
    trial,
)

if TYPE_CHECKING:
    from tests.projects.gifts.models import Product

BACKWARDS: dict[str, Any] = {"chain": ["new"]}
KEYS = [f"key {n}" for n in range(20_000)]
ARMS = [{"key": "a", "weight": 0.7}, {"key": "b", "weight": 0.3}]


@pytest.fixture
def gifts(db: None) -> list[Product]:
    """Best sellers in their order, new ones backwards."""
    made = builders.products()
    ids = builders.id_map(made)
    builders.popular(made, ids)
    backwards = builders.ranking(ids, made[::-1])
    builders.publish("new", ids, backwards, builders.NO_CONTEXT)
    return made


def numbers(page: Any) -> list[int]:
    return [int(title.split()[1]) for title in shown(page)]


def variants(page: Any) -> set[str]:
    return {token.variant for rid in rids(page) if (token := unsign(rid))}


def test_each_arm_has_its_changes_and_its_token(gifts: list[Product]) -> None:
    found = trial("order", {}, BACKWARDS)
    control, treatment = (browser(in_arm(found, number)).get("/") for number in (0, 1))
    assert numbers(control) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert numbers(treatment) == [12, 11, 10, 9, 8, 7, 6, 5]
    assert variants(control) == {"order:a"}
    assert variants(treatment) == {"order:b"}


def test_the_api_names_the_arm(gifts: list[Product]) -> None:
    found = trial("order", {}, {"limit": 3})
    path = "/personalize/recommendations/?block=home-for-you"
    for number, (variant, count) in enumerate((("order:a", 8), ("order:b", 3))):
        answer = browser(in_arm(found, number)).get(path).json()
        assert answer["variant"] == variant
        assert len(answer["items"]) == count
        token = unsign(answer["rid"])
        assert token is not None
        assert token.variant == variant


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"limit": 4}, [1, 2, 3, 4]),
        ({"hidden": True}, []),
        ({"title": "Just for you"}, [1, 2, 3, 4, 5, 6, 7, 8]),
        ({"limit": "many", "diversity": None, "slug": "x"}, [1, 2, 3, 4, 5, 6, 7, 8]),
        ({"chain": ["gone"]}, [1, 2, 3, 4, 5, 6, 7, 8]),
        ({"is_active": False, "nonsense": 1}, [1, 2, 3, 4, 5, 6, 7, 8]),
    ],
)
def test_changes_of_an_arm(
    gifts: list[Product], changes: dict[str, Any], expected: list[int]
) -> None:
    """What makes no sense changes nothing, and never breaks a page."""
    Block.objects.exclude(slug="home-for-you").filter(page="home").update(
        is_active=False
    )
    found = trial("change", {}, changes)
    page = browser(in_arm(found, 1)).get("/")
    assert numbers(page) == expected
    assert ("Just for you" in page.content.decode()) is ("title" in changes)


def test_what_a_template_asks_for_goes_before_the_arm(gifts: list[Product]) -> None:
    found = trial("size", {}, {"limit": 7})
    path = "/personalize/recommendations/?block=home-for-you&n=2"
    answer = browser(in_arm(found, 1)).get(path).json()
    assert len(answer["items"]) == 2


def test_an_arm_is_sticky_and_more_share_moves_nobody(gifts: list[Product]) -> None:
    found = trial("order", {}, BACKWARDS, share=0.3)
    name = in_arm(found, 1)
    outside = named(lambda key: not assignment.takes_part(key, found.salt, 0.3))
    for share in (0.3, 0.6, 1.0):
        Trial.objects.update(share=share)
        assert variants(browser(name).get("/")) == {"order:b"}
        is_in = assignment.takes_part(key_of(outside), found.salt, share)
        assert (variants(browser(outside).get("/")) == {""}) is not is_in


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    low=st.floats(0, 1), high=st.floats(0, 1), key=st.text(max_size=43), salt=st.text()
)
def test_who_takes_part_stays_and_keeps_the_arm(
    low: float, high: float, key: str, salt: str
) -> None:
    low, high = sorted((low, high))
    if assignment.takes_part(key, salt, low):
        assert assignment.takes_part(key, salt, high)
    (number,) = assignment.arm_numbers([key], salt, 1.0, ARMS)
    assert number == assignment.arm_number(key, salt, ARMS)


def test_trials_are_drawn_independently_of_each_other_and_of_the_holdout() -> None:
    one = assignment.arm_numbers(KEYS, "one", 1.0, ARMS)
    two = assignment.arm_numbers(KEYS, "two", 1.0, ARMS)
    held = assignment.are_held(KEYS, 0.5)
    n = len(KEYS)
    for arm, share in ((0, 0.7), (1, 0.3)):
        assert abs((one == arm).mean() - share) < 4 * (0.21 / n) ** 0.5
        both, half = ((one == arm) & (two == 0)).mean(), ((one == arm) & held).mean()
        assert abs(both - share * 0.7) < 4 * (0.25 / n) ** 0.5
        assert abs(half - share * 0.5) < 4 * (0.25 / n) ** 0.5


def test_an_arm_outlives_a_change_of_the_secret() -> None:
    before = [assignment.is_held(key, 0.5) for key in KEYS[:100]]
    with override_settings(SECRET_KEY="another"):
        assert [assignment.is_held(key, 0.5) for key in KEYS[:100]] == before


def test_arms_without_weight_get_nobody() -> None:
    arms = [{"key": "a", "weight": 0.0}, {"key": "b", "weight": 1.0}]
    assert {assignment.arm_number(key, "s", arms) for key in KEYS[:200]} == {1}
    nobody = [{"key": "a", "weight": 0.0}]
    assert assignment.arm_number("k", "s", nobody) is None
    assert list(assignment.arm_numbers(["k"], "s", 1.0, nobody)) == [-1]


def test_a_block_is_in_one_trial_the_first_by_name(gifts: list[Product]) -> None:
    first = trial("a-first", {}, {"limit": 5})
    trial("b-second", {}, {"limit": 6})
    page = browser(in_arm(first, 1)).get("/")
    assert (len(shown(page)), variants(page)) == (5, {"a-first:b"})


def test_a_trial_of_all_blocks(gifts: list[Product]) -> None:
    found = trial("all", {}, {"limit": 4}, block="")
    name = in_arm(found, 1)
    for block in ("home-for-you", "home-popular"):
        path = f"/personalize/recommendations/?block={block}"
        answer = browser(name).get(path).json()
        assert (answer["variant"], len(answer["items"])) == ("all:b", 4)


def test_audience_and_consent(gifts: list[Product]) -> None:
    found = trial("order", {}, BACKWARDS, audience="no_buyers")
    name = in_arm(found, 1)
    assert variants(browser(name).get("/")) == {"order:b"}
    silent = browser(name)
    silent.cookies["sp_consent"] = "none"
    assert variants(silent.get("/")) == {""}
    builders.did(key_of(name), "purchase", gifts[11])
    assert variants(browser(name).get("/")) == {""}


def test_what_no_longer_runs_changes_nothing(gifts: list[Product]) -> None:
    found = trial("order", {}, BACKWARDS, is_running=False)
    assert variants(browser(in_arm(found, 1)).get("/")) == {""}


def test_a_hidden_block_leaves_its_place_to_the_next(gifts: list[Product]) -> None:
    found = trial("without", {}, {"hidden": True})
    page = browser(in_arm(found, 1)).get("/")
    assert 'data-sp-block="home-for-you"' not in page.content.decode()
    assert page.content.decode().count("data-sp-block=") == 1


def test_interleaving_tells_each_product_s_side(gifts: list[Product]) -> None:
    trial("sides", {}, BACKWARDS, kind="interleaved")
    page = browser("somebody").get("/")
    titles = numbers(page)
    sides = [token.variant for rid in rids(page) if (token := unsign(rid))]
    assert len(set(titles)) == len(titles) == 8
    assert Counter(sides) == {"sides:a": 4, "sides:b": 4}
    for side, best in (("sides:a", [1, 2, 3, 4]), ("sides:b", [12, 11, 10, 9])):
        own = [n for n, each in zip(titles, sides, strict=True) if each == side]
        assert own == best
    assert numbers(browser("somebody").get("/")) == titles
    others = {tuple(numbers(browser(f"b{n}").get("/"))) for n in range(8)}
    assert len(others) > 1


def test_interleaving_two_equal_rankings_blames_neither(gifts: list[Product]) -> None:
    trial("sides", {}, {}, kind="interleaved")
    page = browser("somebody").get("/")
    assert numbers(page) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert variants(page) == {"sides:both"}


def test_a_pinned_product_keeps_its_place_in_a_list_of_both(
    gifts: list[Product],
) -> None:
    own = Block.objects.get(slug="home-for-you")
    Rule.objects.create(
        name="Gift 6 third",
        action="pin",
        block=own,
        items=[str(gifts[5].pk)],
        position=3,
    )
    trial("sides", {}, BACKWARDS, kind="interleaved")
    for name in ("one", "two", "three"):
        page = browser(name).get("/")
        assert numbers(page)[2] == 6
        sides = [token.variant for rid in rids(page) if (token := unsign(rid))]
        assert sides[2] == "sides:both"
        assert len(set(numbers(page))) == 8


def test_rules_of_an_arm(gifts: list[Product]) -> None:
    no_first, no_second = (
        Rule.objects.create(name=f"no {n}", action="exclude", items=[str(gifts[n].pk)])
        for n in (0, 1)
    )
    without = {"without": [no_first.pk]}
    only = {"only": [no_second.pk]}
    found = trial("rules", {}, without, only, {"only": []})
    expected = [[3, 4], [1, 3], [1, 3], [1, 2]]
    for number, first in enumerate(expected):
        page = browser(in_arm(found, number)).get("/")
        assert numbers(page)[:2] == first


def test_a_page_with_four_blocks_rules_and_trials_keeps_below_six_queries(
    db: None,
) -> None:
    """Two rankings of one block cost no query more, nor what another block fetched."""
    made = builders.products(160)
    ids = builders.id_map(made)
    for at, slug in enumerate(("popular", "new", "trending")):
        order = made[40 * at :] + made[: 40 * at]
        builders.publish(slug, ids, builders.ranking(ids, order), builders.NO_CONTEXT)
    trial("sides", {"chain": ["trending"]}, {"chain": ["new"]}, kind="interleaved")
    size = trial("size", {}, {"limit": 5}, block="home-popular")
    own = Block.objects.get(slug="home-for-you")
    Rule.objects.create(
        name="pin", action="pin", block=own, items=[str(made[150].pk)], position=3
    )
    Rule.objects.create(name="no", action="exclude", items=[str(made[0].pk)])
    name = in_arm(size, 1)
    builders.did(key_of(name), "view", made[2])
    blocks = ("home-for-you", "home-popular", "home-trending", "home-new")
    client = browser(name)
    with CaptureQueriesContext(connection) as sent:
        answers = client.post(
            "/personalize/recommendations/batch/",
            {"requests": [{"block": block} for block in blocks]},
            content_type="application/json",
        ).json()["answers"]
    told = [(answer["variant"], len(answer["items"])) for answer in answers]
    assert told == [("sides:both", 8), ("size:b", 5), ("", 8), ("", 8)]
    asked = [q["sql"] for q in sent if "SAVEPOINT" not in q["sql"]]
    assert len(asked) == 4

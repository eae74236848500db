"""Sums of trials: who met the block, in which arm first, and what is counted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from shop_personalize.attribution import assignment
from shop_personalize.attribution.arms import roll_up_trials
from shop_personalize.models import Trial, TrialDay, Visitor
from tests.core.trials.days import (
    DAY,
    START,
    bought,
    came,
    event,
    moment,
    row,
    running,
    stored,
    sums,
    token,
    visitor,
)
from tests.core.trials.people import in_arm, key_of

if TYPE_CHECKING:
    from collections.abc import Callable


pytestmark = pytest.mark.django_db


def test_who_met_the_block_counts_from_that_day_on() -> None:
    own = running()
    one, two, absent = (visitor(name) for name in ("one", "two", "absent"))
    for who in (one, two, absent):
        came(who, START - DAY)
        bought(who, START - DAY, 2)
        came(who, START, views=4)
        bought(who, START, 100)
        came(who, START + DAY, views=1)
        bought(who, START + DAY, 10)
    event(one, "rec_view", token(own, "a"), moment(START))
    event(two, "rec_shown", token(own, "b"), moment(START + DAY))
    roll_up_trials(START + DAY)
    assert sums("order", START, "revenue", "GBP") == {
        "a": row(1, 100, 10000, before=2, value_before=200),
        "b": row(0, 0, 0),
    }
    assert sums("order", START + DAY, "revenue", "GBP") == {
        "a": row(1, 110, 12100, before=2, value_before=220),
        "b": row(1, 10, 100, before=2, value_before=20),
    }
    assert sums("order", START + DAY, "views")["b"] == row(1, 1, 1)


def test_who_met_both_arms_counts_in_the_first() -> None:
    """A browser sees one, the customer it becomes the other: nobody is left out."""
    own = running()
    who = visitor("both")
    came(who, START)
    event(who, "rec_view", token(own, "b"), moment(START, 10))
    event(who, "rec_view", token(own, "a"), moment(START, 11))
    roll_up_trials(START)
    units = {arm: each["units"] for arm, each in sums("order", START, "views").items()}
    assert units == {"a": 0, "b": 1}


def test_clicks_are_those_of_the_trials_own_block() -> None:
    own, other = running(), Trial(slug="another")
    who = visitor("v")
    came(who, START, seen=9, clicked=9)
    for at, item in enumerate(("7", "8", "9")):
        rid = token(own, "a", item, position=at + 1)
        event(who, "rec_view", rid, moment(START, 10), item)
        event(who, "rec_view", token(other, "a", item), moment(START, 10), item)
        event(who, "click", token(other, "a", item), moment(START, 11), item)
    for kind in ("click", "view"):
        event(who, kind, token(own, "a", "7", position=1), moment(START, 11))
    roll_up_trials(START)
    found = sums("order", START, "click_rate")["a"]
    assert (found["value"], found["per"]) == (1, 3)


def test_a_trial_that_hides_its_block_counts_everybody(
    hold_out: Callable[[float], None],
) -> None:
    hold_out(0.2)
    own = running({}, {"hidden": True}, share=0.9)
    keys = [f"key {n}" for n in range(60)]
    for key in keys:
        who = visitor(key)
        came(who, START)
        bought(who, START, 10)
    roll_up_trials(START)
    numbers = assignment.arm_numbers(keys, own.salt, 0.9, own.arms)
    numbers[assignment.are_held(keys, 0.2)] = -1
    units = {arm: each["units"] for arm, each in sums("order", START, "orders").items()}
    assert units == {"a": (numbers == 0).sum(), "b": (numbers == 1).sum()}
    assert 30 < sum(units.values()) < 55


def test_an_audience_of_customers(hold_out: Callable[[float], None]) -> None:
    own = running({}, {"hidden": True}, audience="customers")
    came(visitor(key_of(in_arm(own, 0)), kind="user"), START)
    came(visitor("a guest"), START)
    roll_up_trials(START)
    units = {arm: each["units"] for arm, each in sums("order", START, "orders").items()}
    assert units == {"a": 1, "b": 0}


def test_who_clicks_more_of_one_side_prefers_it() -> None:
    own = running(kind="interleaved")
    clicks = {"a only": "a", "b twice": "abb", "a draw": "ab", "both": "", "none": ""}
    for name, sides in clicks.items():
        who = visitor(name)
        came(who, START)
        event(who, "rec_view", token(own, "a", "1"), moment(START, 9), "1")
        for at, side in enumerate(sides):
            item = f"{at}"
            rid = token(own, side, item, position=at + 1)
            event(who, "click", rid, moment(START, 10), item)
    event(Visitor.objects.get(key="both"), "click", token(own, "both"), moment(START))
    roll_up_trials(START)
    assert sums("order", START, "preference") == {
        "a": row(3, 1.5, 1.25),
        "b": row(3, 1.5, 1.25),
    }


def test_counted_again_it_is_the_same_and_what_comes_late_is_found(half: None) -> None:
    own = running()
    days = [START + timedelta(days=k) for k in range(6)]
    for n in range(30):
        who = visitor(key_of(f"v{n}"))
        for day in days[n % 3 :: 2]:
            came(who, day, views=n)
            bought(who, day, n)
        event(who, "rec_view", token(own, "ab"[n % 2]), moment(days[n % 6]))
    for day in days:
        roll_up_trials(day)
    daily = stored()
    assert {each[4] for each in daily} == set(days)
    roll_up_trials(days[-1], since=START)
    assert stored() == daily
    TrialDay.objects.all().delete()
    roll_up_trials(days[-1])
    assert stored() == daily
    bought(Visitor.objects.get(key=key_of("v0")), days[-3], 50)
    roll_up_trials(days[-1])
    late = stored()
    assert late != daily
    roll_up_trials(days[-1], since=START)
    assert stored() == late


def test_a_trial_that_ended_is_counted_to_its_end() -> None:
    own = running(is_running=False, ended_at=moment(START + DAY))
    who = visitor("v")
    came(who, START)
    event(who, "rec_view", token(own, "a"), moment(START))
    roll_up_trials(START + 3 * DAY)
    days = set(TrialDay.objects.values_list("day", flat=True))
    assert days == {START, START + DAY}
    roll_up_trials(START + 30 * DAY)
    assert set(TrialDay.objects.values_list("day", flat=True)) == days


def test_an_adaptive_trial_is_judged_by_its_block() -> None:
    running(kind="adaptive")
    assert roll_up_trials(START) == 0

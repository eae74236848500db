"""Sums of the holdout: who counts, on which side, and since when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from shop_personalize.attribution.arms import roll_up_trials
from shop_personalize.models import Checkpoint, TrialDay
from shop_personalize.models.visitor import visitor_key
from tests.core.trials.days import (
    DAY,
    START,
    bought,
    came,
    event,
    moment,
    row,
    sums,
    visitor,
)
from tests.core.trials.people import held, key_of, served

if TYPE_CHECKING:
    from collections.abc import Callable


pytestmark = pytest.mark.django_db


def test_sums_of_the_holdout(half: None) -> None:
    without, with_ = visitor(key_of(held())), visitor(key_of(served()))
    for who in (without, with_):
        came(who, START, views=3, carts=1)
    bought(with_, START, 40)
    bought(with_, START + DAY, 20)
    bought(without, START, 10)
    bought(without, START, 7, currency="EUR")
    roll_up_trials(START + DAY)
    assert sums("holdout", START, "revenue", "GBP") == {
        "held": row(1, 10, 100),
        "served": row(1, 40, 1600),
    }
    assert sums("holdout", START + DAY, "revenue", "GBP") == {
        "held": row(1, 10, 100),
        "served": row(1, 60, 3600),
    }
    assert sums("holdout", START, "revenue", "EUR")["held"] == row(1, 7, 49)
    assert sums("holdout", START + DAY, "orders")["served"] == row(1, 2, 4)
    assert sums("holdout", START + DAY, "converted")["served"] == row(1, 1, 1)
    assert sums("holdout", START, "views")["held"] == row(1, 3, 9)
    value = sums("holdout", START + DAY, "order_value", "GBP")["served"]
    assert (value["value"], value["per"]) == (60, 2)
    assert sums("holdout", START, "revenue") == {}


def test_the_holdout_looks_back_28_days(half: None) -> None:
    who = visitor(key_of(served()))
    for back in (28, 27, 0):
        came(who, START + timedelta(days=40 - back))
        bought(who, START + timedelta(days=40 - back), 10)
    roll_up_trials(START + timedelta(days=40))
    day = START + timedelta(days=40)
    assert sums("holdout", day, "revenue", "GBP")["served"] == row(1, 20, 400)


def test_what_was_before_is_older_than_the_draw(half: None) -> None:
    """The same people are held out for ever: what they did four weeks ago they did
    without recommendations, and would hide the difference."""
    who = visitor(key_of(held()))
    today = START + timedelta(days=60)
    for day, revenue in ((START - DAY, 5), (START + DAY, 70), (today, 30)):
        came(who, day)
        bought(who, day, revenue)
    roll_up_trials(today)
    found = sums("holdout", today, "revenue", "GBP")["held"]
    assert found == row(1, 30, 900, before=5, value_before=150)


def test_bots_the_erased_staff_and_orders_from_elsewhere_count_nowhere(
    half: None,
) -> None:
    came(visitor("bot", is_bot=True), START)
    came(visitor("gone", is_erased=True), START)
    clerk = get_user_model().objects.create_user("clerk", is_staff=True)
    came(visitor(visitor_key("user", clerk.pk), kind="user"), START)
    came(visitor("mail", kind="email"), START)
    bought(visitor("by phone", kind="user"), START, 90)
    came(visitor(key_of(served())), START)
    roll_up_trials(START)
    assert sums("holdout", START, "revenue") == {
        "held": row(0, 0, 0),
        "served": row(1, 0, 0),
    }


def test_a_browser_and_the_customer_it_became_count_each_in_their_own_arm(
    half: None,
) -> None:
    customer = visitor(key_of(served()), kind="user")
    came(customer, START + DAY)
    bought(customer, START + DAY, 30)
    merged = {"merged_into": customer, "merged_at": moment(START + DAY)}
    visitor(key_of(held()), **merged)
    old = {**merged, "merged_at": moment(START - DAY)}
    visitor(key_of(held(0.1)), **old, first_seen=moment(START - 9 * DAY))
    roll_up_trials(START + DAY)
    assert sums("holdout", START + DAY, "revenue", "GBP") == {
        "held": row(1, 30, 900),
        "served": row(1, 30, 900),
    }


def test_a_new_share_begins_anew(half: None, hold_out: Callable[[float], None]) -> None:
    who = visitor(key_of(served()))
    came(who, START)
    bought(who, START, 40)
    roll_up_trials(START)
    hold_out(0.25)
    came(who, START + DAY)
    bought(who, START + DAY, 5)
    roll_up_trials(START + DAY)
    state = Checkpoint.objects.get(name="holdout").state
    assert state == {"share": 0.25, "since": "2026-03-03"}
    found = sums("holdout", START + DAY, "revenue", "GBP")["served"]
    assert found == row(1, 5, 25, before=40, value_before=200)


def test_without_holdout_and_trials_nothing_is_counted() -> None:
    came(visitor("v"), START)
    assert roll_up_trials(START) == 0
    assert not TrialDay.objects.exists()


def test_tick_counts_trials_too(hold_out: Callable[[float], None]) -> None:
    from shop_personalize.tasks import tick

    hold_out(0.5)
    now = timezone.now()
    who = visitor(key_of(served()))
    event(who, "view", "", now)
    tick()
    assert sums("holdout", now.date(), "views")["served"]["value"] == 1

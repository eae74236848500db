"""Sums of the arms: who counts, in which arm, from when on."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from shop_personalize.attribution import Token, assignment, sign
from shop_personalize.attribution.arms import roll_up_trials
from shop_personalize.models import (
    Checkpoint,
    Interaction,
    Trial,
    TrialDay,
    Visitor,
    VisitorDay,
)
from shop_personalize.models.visitor import visitor_key
from tests.core.trials.people import held, in_arm, key_of, served, trial

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

START = date(2026, 3, 2)
DAY = timedelta(days=1)
Row = dict[str, Any]


def moment(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def visitor(key: str, **facts: Any) -> Visitor:
    first_seen = facts.pop("first_seen", moment(START))
    found = Visitor.objects.create(key=key, **facts)
    Visitor.objects.filter(pk=found.pk).update(first_seen=first_seen)
    return found


def came(who: Visitor, day: date, **did: Any) -> None:
    VisitorDay.objects.create(visitor=who, day=day, is_present=True, **did)


def bought(who: Visitor, day: date, revenue: int, orders: int = 1, **more: Any) -> None:
    given = {"currency": "GBP", "orders": orders, "revenue": Decimal(revenue), **more}
    VisitorDay.objects.create(visitor=who, day=day, **given)


def sums(slug: str, day: date, metric: str, currency: str = "") -> dict[str, Row]:
    rows = TrialDay.objects.filter(
        trial=slug, day=day, metric=metric, currency=currency
    )
    names = ("units", "value", "value_value", "per", "before", "value_before")
    return {row.arm: {name: getattr(row, name) for name in names} for row in rows}


def stored() -> list[tuple[Any, ...]]:
    names = [f.name for f in TrialDay._meta.concrete_fields if f.name != "id"]
    return sorted(TrialDay.objects.values_list(*names))


@pytest.fixture
def half(hold_out: Callable[[float], None]) -> None:
    hold_out(0.5)
    Checkpoint.objects.create(
        name="holdout", state={"share": 0.5, "since": START.isoformat()}
    )


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


def row(units: int, value: float, squares: float, **more: float) -> Row:
    nothing = {"per": 0, "before": 0, "value_before": 0}
    return {"units": units, "value": value, "value_value": squares, **nothing, **more}


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


def token(trial_: Trial, arm: str, item: str = "", **more: Any) -> str:
    given = {"block": "home-for-you", "recommender": "popular", **more}
    return sign(Token(variant=f"{trial_.slug}:{arm}", item=item, **given))


def event(who: Visitor, kind: str, rid: str, at: datetime, item: str = "7") -> None:
    Interaction.objects.create(
        event_id=uuid.uuid4(),
        visitor=who,
        kind=kind,
        item_id=item,
        rid=rid,
        occurred_at=at,
        received_at=at,
    )


def running(*arms: Row, **more: Any) -> Trial:
    facts = {"started_at": moment(START, 9), **more}
    return trial("order", *(arms or ({}, {})), **facts)


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


def test_tick_counts_trials_too(hold_out: Callable[[float], None]) -> None:
    from shop_personalize.tasks import tick

    hold_out(0.5)
    now = timezone.now()
    who = visitor(key_of(served()))
    event(who, "view", "", now)
    tick()
    assert sums("holdout", now.date(), "views")["served"]["value"] == 1

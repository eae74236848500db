"""What blocks led to: exact, the same twice and after a rebuild from nothing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from shop_personalize.attribution.rollup import catch_up, rebuild, rollup
from shop_personalize.capture.merging import merge
from shop_personalize.models import BlockDay, Interaction
from shop_personalize.training import retention
from tests.core.attribution.events import (
    COUNTS,
    FIRST,
    NAMES,
    TODAY,
    at,
    bought,
    did,
    sums,
    token,
    visitor,
)

pytestmark = pytest.mark.django_db
POUND = Decimal("5.25")


def test_from_the_page_to_the_order() -> None:
    ann = visitor()
    places = [["popular", "", [1, 2]], ["new", "t:b", [3]]]
    did(ann, "rec_shown", at(), token(), item_id="", context={"places": places})
    for place, item in ((1, "7"), (2, "8")):
        did(ann, "rec_view", at(), token(item, position=place), item_id=item)
    did(ann, "click", at(), token("7"))
    did(ann, "add_to_cart", at(1))
    bought(ann, at(2), "A", quantity=2)
    rollup(FIRST)
    assert sums(*NAMES, *COUNTS) == [
        (0, "new", "t:b", 3, "", 1, 0, 0, 0, 0, 0),
        (0, "popular", "", 1, "", 1, 1, 1, 0, 0, 0),
        (0, "popular", "", 2, "", 1, 1, 0, 0, 0, 0),
        (1, "popular", "", 1, "", 0, 0, 0, 1, 0, 0),
        (2, "popular", "", 1, "GBP", 0, 0, 0, 0, 1, 2 * POUND),
    ]


def test_what_comes_twice_counts_once() -> None:
    ann = visitor()
    shown = {"item_id": "", "context": {"places": [["popular", "", [1]]]}}
    for _ in range(2):
        did(ann, "rec_shown", at(), token(), **shown)
        did(ann, "rec_view", at(), token("7"))
        did(ann, "click", at(0, 13), token("7"))
        did(ann, "click", at(3), token("7", at()))
        did(ann, "view", at(0, 14), token("7"))
        did(ann, "add_to_cart", at(0, 15))
    rollup(FIRST)
    assert sums() == [(0, 1, 1, 1, 1, 0, 0)]
    rollup(FIRST + timedelta(days=3))
    assert sums() == [(0, 1, 1, 1, 1, 0, 0)]


def test_each_visitor_counts_on_a_page_that_a_cache_gave_to_all() -> None:
    for key in ("ann", "bob"):
        who = visitor(key)
        did(who, "rec_view", at(), token("7"))
        did(who, "click", at(), token("7"))
    rollup(FIRST)
    assert sums() == [(0, 2, 2, 2, 0, 0, 0)]


def test_what_was_seen_had_been_shown_though_nothing_said_so() -> None:
    ann = visitor()
    did(ann, "rec_view", at(), token("7"))
    did(ann, "rec_view", at(), token(block="list"), item_id="8")
    rollup(FIRST)
    assert sums("block", "position", "shown", "seen") == [
        (0, "list", 0, 1, 1),
        (0, "home", 1, 1, 1),
    ]


def test_midnight_makes_no_second_page() -> None:
    ann, when = visitor(), at(1) - timedelta(hours=12, seconds=1)
    rids = {"rid": token("7", when), "item_id": "7"}
    places = {"places": [["popular", "", [1]]]}
    did(ann, "rec_shown", when, token("", when), item_id="", context=places)
    did(ann, "rec_view", when + timedelta(seconds=2), **rids)
    rollup(FIRST)
    assert sums("shown", "seen") == [(0, 1, 0), (1, 0, 1)]


def test_without_the_script_the_visit_through_a_link_is_the_click() -> None:
    ann = visitor()
    did(ann, "view", at(), token("7"))
    bought(ann, at(0, 13), "A")
    rollup(FIRST)
    assert sums("clicked", "bought") == [(0, 1, 0), (0, 0, 1)]


def test_an_order_counts_its_lines_once_whoever_told_of_them() -> None:
    ann, shop = visitor(), visitor("mail", kind="email")
    did(ann, "click", at(), token("7"))
    bought(ann, at(1), "A", flag="shadow", source="native", value="999")
    bought(shop, at(1), "A", quantity=1)
    bought(shop, at(1), "A", quantity=2)
    bought(ann, at(1), "forged", flag="shadow", source="native", value="999")
    rollup(FIRST)
    assert sums("bought", "revenue", bought__gt=0) == [(1, 2, 3 * POUND)]


def test_where_only_browsers_tell_one_of_them_does() -> None:
    ann = visitor()
    did(ann, "click", at(), token("7"))
    for source in ("native", "native", "ga4"):
        bought(ann, at(1), "A", source=source)
    rollup(FIRST)
    assert sums("bought", "revenue", bought__gt=0) == [(1, 1, POUND)]


def test_what_came_back_was_not_sold() -> None:
    ann = visitor()
    did(ann, "click", at(), token("7"))
    bought(ann, at(1), "A", quantity=3)
    did(ann, "refund", at(20), order_id="A", quantity=2)
    rollup(FIRST)
    assert sums("bought", "revenue", bought__gt=0) == [(1, 1, POUND)]
    did(ann, "refund", at(21), order_id="A")
    rollup(FIRST)
    assert sums("bought", "revenue", bought__gt=0) == []


def test_bots_and_nothing_else_change_nothing() -> None:
    ann = visitor()
    for kind in ("rec_view", "click", "add_to_cart"):
        did(ann, kind, at(), token("7"), flag="bot")
    bought(ann, at(), "A", rid=token("7"), flag="bot")
    done = rollup(FIRST)
    assert (done.first, done.days, done.blocks, done.visitors) == (FIRST, 41, 0, 0)


def test_a_way_leads_across_the_login_and_devices() -> None:
    phone, laptop = visitor("phone"), visitor("laptop")
    visitor("ann", kind="user")
    did(phone, "click", at(), token("7"))
    did(laptop, "view", at())
    for guest in ("phone", "laptop"):
        assert merge(guest, "ann")
    laptop.refresh_from_db()
    assert laptop.merged_into is not None
    bought(laptop.merged_into, at(1), "A")
    rollup(FIRST)
    assert sums("bought", bought__gt=0) == [(1, 1)]


def story() -> None:
    """Six weeks of two visitors, with ways that cross every border between days."""
    for key, hour in (("ann", 1), ("bob", 23)):
        who = visitor(key)
        for day in range(0, 40, 3):
            when = at(day, hour)
            did(who, "rec_view", when, token("7", when))
            did(who, "click", when, token("7", when))
            did(who, "add_to_cart", when + timedelta(hours=2))
            bought(who, when + timedelta(days=1), f"{key}{day}")


def test_from_wherever_it_is_counted_the_days_are_the_same() -> None:
    story()
    rebuild()
    whole = sums(*NAMES, *COUNTS)
    assert len(whole) > 40
    for back in (0, 5, 39):
        rollup(TODAY - timedelta(days=back))
        assert sums(*NAMES, *COUNTS) == whole
    BlockDay.objects.all().delete()
    rebuild()
    assert sums(*NAMES, *COUNTS) == whole


def test_what_comes_late_is_counted_where_it_belongs() -> None:
    ann = visitor()
    did(ann, "click", at(), token("7"))
    bought(ann, at(1), "A", quantity=2)
    catch_up()
    before = sums()
    late = {"received_at": timezone.now()}
    did(ann, "refund", at(30), order_id="A", **late)
    bought(ann, at(2), "B", **late)
    did(ann, "click", at(10), token("7", at(10)), **late)
    bought(ann, at(12), "C")
    catch_up()
    after = sums()
    assert before == [(0, 0, 0, 1, 0, 0, 0), (1, 0, 0, 0, 0, 1, 2 * POUND)]
    assert after == [
        before[0],
        (1, 0, 0, 0, 0, 1, POUND),
        (2, 0, 0, 0, 0, 1, POUND),
        (10, 0, 0, 1, 0, 0, 0),
        (12, 0, 0, 0, 0, 1, POUND),
    ]
    rebuild()
    assert sums() == after


def test_a_login_of_today_moves_what_was_bought_this_month(settings: Any) -> None:
    ann, guest = visitor("ann", kind="user"), visitor("guest")
    when = timezone.now() - timedelta(days=20)
    did(guest, "click", when, token("7", when))
    bought(ann, when, "A")
    catch_up()
    assert merge("guest", "ann")
    catch_up()
    assert not BlockDay.objects.filter(bought=1).exists()
    _a_day_passes()
    catch_up()
    assert BlockDay.objects.filter(bought=1).count() == 1


def _a_day_passes() -> None:
    from shop_personalize.models import Checkpoint

    row = Checkpoint.objects.get(name="rollup")
    row.state["deep_at"] = (timezone.now() - timedelta(days=1)).isoformat()
    row.save()


def test_sums_outlive_their_events() -> None:
    ann = visitor()
    moments = {n: timezone.now() - timedelta(days=n) for n in (98, 91, 85, 80)}
    for when in moments.values():
        did(ann, "rec_view", when, token("7", when))
        did(ann, "click", when, token("7", when))
    bought(ann, moments[91] + timedelta(days=1), "A")
    rebuild()
    before = sums(*COUNTS)
    assert len(before) == 5
    retention.purge()
    assert Interaction.objects.filter(kind="rec_view").count() == 2
    rebuild()
    assert sums(*COUNTS) == before


def test_days_whose_clicks_are_gone_are_not_counted_without_them(
    settings: Any,
) -> None:
    settings.SHOP_PERSONALIZE = {
        **settings.SHOP_PERSONALIZE,
        "RETENTION_DAYS": {"click": 10, "view": 10},
    }
    ann = visitor()
    clicked, sold = (timezone.now() - timedelta(days=n) for n in (12, 8))
    did(ann, "click", clicked, token("7", clicked))
    bought(ann, sold, "A")
    rebuild()
    before = sums(*COUNTS)
    assert len(before) == 2
    retention.purge()
    assert not Interaction.objects.filter(kind="click").exists()
    rebuild()
    assert sums(*COUNTS) == before

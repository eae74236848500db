"""What visitors did, day by day: exact, the same twice, and only where all is known."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone

from shop_personalize.api.erasure import erase, start_anew
from shop_personalize.attribution.visitor_days import roll_up_visitors
from shop_personalize.capture.merging import merge
from shop_personalize.models import Interaction, Visitor, VisitorDay
from shop_personalize.tasks import tick
from shop_personalize.training import retention

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
FIRST = TODAY - timedelta(days=40)
COUNTS = ("views", "searches", "carts", "checkouts", "seen", "clicked")
MONEY = ("orders", "units", "revenue")
Row = tuple[Any, ...]


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def did(visitor: Visitor, kind: str, when: datetime, **more: Any) -> None:
    Interaction.objects.create(
        event_id=uuid.uuid4(),
        visitor=visitor,
        kind=kind,
        occurred_at=when,
        received_at=when,
        **{"item_id": "7", **more},
    )


def bought(visitor: Visitor, when: datetime, order: str, **more: Any) -> None:
    given = {"value": Decimal("5.25"), "currency": "GBP", **more}
    did(visitor, "purchase", when, order_id=order, **given)


def rows(*fields: str, **which: Any) -> list[Row]:
    found = VisitorDay.objects.filter(**which).order_by("day", "currency", "visitor_id")
    return list(found.values_list("day", *fields))


def test_everything_a_visitor_did_is_one_row_and_what_was_bought_another() -> None:
    ann = Visitor.objects.create(key="ann")
    for kind, count in (("view", 3), ("search", 2), ("add_to_cart", 1)):
        for _ in range(count):
            did(ann, kind, at(FIRST))
    did(ann, "checkout", at(FIRST), item_id="")
    for rid in ("one", "one", "two"):
        did(ann, "rec_view", at(FIRST), rid=rid)
        did(ann, "click", at(FIRST), rid=rid)
    did(ann, "click", at(FIRST))
    did(ann, "view", at(FIRST), flag="bot")
    bought(ann, at(FIRST), "A", quantity=2)
    bought(ann, at(FIRST), "A", item_id="8")
    bought(ann, at(FIRST), "A", flag="shadow")
    bought(ann, at(FIRST), "B", currency="EUR", value=Decimal("0.105"))
    bought(ann, at(FIRST), "", currency="EUR", value=None)
    roll_up_visitors(FIRST)
    assert rows("currency", *COUNTS, "is_present", *MONEY) == [
        (FIRST, "", 3, 2, 1, 1, 2, 2, True, 0, 0, 0),
        (FIRST, "EUR", *[0] * 6, False, 2, 2, Decimal("0.11")),
        (FIRST, "GBP", *[0] * 6, False, 1, 3, Decimal("15.75")),
    ]


def test_recommendations_alone_make_nobody_present() -> None:
    """Who is held out of them cannot see one; present must mean the same for both."""
    ann, bob = (Visitor.objects.create(key=key) for key in ("ann", "bob"))
    for kind in ("rec_shown", "rec_view", "click"):
        did(ann, kind, at(FIRST), rid="one")
    did(bob, "click", at(FIRST))
    roll_up_visitors(FIRST)
    assert rows("visitor_id", "seen", "clicked", "is_present") == [
        (FIRST, ann.pk, 1, 1, False),
        (FIRST, bob.pk, 0, 0, True),
    ]
    roll_up_visitors(FIRST)
    assert len(rows()) == 2


def test_a_refund_is_subtracted_on_its_own_day() -> None:
    ann = Visitor.objects.create(key="ann")
    bought(ann, at(FIRST), "A", quantity=2)
    later = FIRST + timedelta(days=33)
    did(ann, "refund", at(later), order_id="A", value="5.25", currency="GBP")
    roll_up_visitors(FIRST)
    assert rows(*MONEY, "is_present") == [
        (FIRST, 1, 2, Decimal("10.50"), False),
        (later, 0, 0, Decimal("-5.25"), False),
    ]


def test_days_are_counted_anew_and_never_added_to() -> None:
    ann, bob = (Visitor.objects.create(key=key) for key in ("ann", "bob"))
    for day in range(0, 41, 5):
        did(ann, "view", at(FIRST + timedelta(days=day)))
        bought(bob, at(FIRST + timedelta(days=day)), f"{day}")
    roll_up_visitors(FIRST)
    before = rows("visitor_id", "views", *MONEY)
    assert len(before) == 18
    roll_up_visitors(at(FIRST + timedelta(days=20)))
    assert rows("visitor_id", "views", *MONEY) == before
    VisitorDay.objects.all().delete()
    roll_up_visitors(FIRST)
    assert rows("visitor_id", "views", *MONEY) == before
    did(ann, "view", at(FIRST))
    did(ann, "view", at(FIRST + timedelta(days=20)))
    roll_up_visitors(FIRST + timedelta(days=20))
    assert VisitorDay.objects.aggregate(n=Sum("views"))["n"] == 10


@pytest.mark.parametrize(
    ("zone", "first"), [("UTC", 1), ("America/New_York", 0), ("Asia/Shanghai", 2)]
)
def test_a_day_is_the_shops(settings: Any, zone: str, first: int) -> None:
    settings.TIME_ZONE = zone
    ann = Visitor.objects.create(key="ann")
    for hour in (1, 23):
        did(ann, "view", at(FIRST + timedelta(days=1), hour))
    roll_up_visitors(FIRST)
    found = {(day - FIRST).days: views for day, views in rows("views")}
    assert found == {1: {1: 2}, 0: {0: 1, 1: 1}, 2: {1: 1, 2: 1}}[first]


def test_a_day_is_left_alone_once_some_of_its_events_are_gone() -> None:
    ann = Visitor.objects.create(key="ann")
    old, young = TODAY - timedelta(days=90), TODAY - timedelta(days=89)
    for day in (old, young):
        did(ann, "view", at(day))
        did(ann, "search", at(day, 0), item_id="")
        bought(ann, at(day), f"{day}")
    roll_up_visitors(old)
    before = rows("views", "searches", *MONEY)
    retention.purge()
    assert Interaction.objects.filter(kind="search").count() == 1
    Interaction.objects.filter(kind="view").delete()
    bought(ann, at(old), "late")
    roll_up_visitors(old - timedelta(days=3))
    after = rows("views", "searches", *MONEY)
    assert before[:2] == [(old, 1, 1, 0, 0, 0), (old, 0, 0, 1, 1, Decimal("5.25"))]
    assert after == [
        (old, 1, 1, 0, 0, 0),
        (old, 0, 0, 2, 2, Decimal("10.50")),
        (young, 0, 1, 0, 0, 0),
        before[3],
    ]


def test_a_purge_that_keeps_longer_brings_nothing_back(settings: Any) -> None:
    given = settings.SHOP_PERSONALIZE
    settings.SHOP_PERSONALIZE = {**given, "RETENTION_DAYS": {"view": 10}}
    ann = Visitor.objects.create(key="ann")
    day = TODAY - timedelta(days=20)
    did(ann, "view", at(day))
    roll_up_visitors(day)
    retention.purge()
    settings.SHOP_PERSONALIZE = {**given, "RETENTION_DAYS": {"view": 365}}
    retention.purge()
    roll_up_visitors(day)
    assert rows("views") == [(day, 1)]


def test_a_merge_takes_the_days_along_and_sums_hold() -> None:
    guest, ann = (
        Visitor.objects.create(key="guest"),
        Visitor.objects.create(key="ann", kind="user"),
    )
    for visitor in (guest, ann):
        did(visitor, "view", at(FIRST))
        bought(visitor, at(FIRST), visitor.key)
    roll_up_visitors(FIRST)
    assert merge("guest", "ann")
    assert set(rows("visitor_id")) == {(FIRST, ann.pk)}
    sums = {"views": Sum("views"), "revenue": Sum("revenue")}
    assert VisitorDay.objects.aggregate(**sums) == {"views": 2, "revenue": 10.5}
    roll_up_visitors(FIRST)
    assert rows("views", "orders") == [(FIRST, 2, 0), (FIRST, 0, 2)]


def test_who_starts_anew_or_leaves_takes_the_days_along() -> None:
    ann = Visitor.objects.create(key="ann")
    did(ann, "view", at(FIRST))
    bought(ann, at(FIRST), "A")
    roll_up_visitors(FIRST)
    start_anew("ann")
    assert rows("orders") == [(FIRST, 1)]
    erase("ann")
    assert rows() == []


def test_the_schedule_counts_them() -> None:
    ann = Visitor.objects.create(key="ann")
    did(ann, "view", timezone.now() - timedelta(hours=1))
    tick()
    assert VisitorDay.objects.aggregate(n=Sum("views"))["n"] == 1

"""A shop small enough to be counted by hand, on days that stand still."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from shop_personalize.attribution import Token, sign
from shop_personalize.attribution.rollup import rollup as roll_up_core
from shop_personalize.insight.selectors.period import Period
from shop_personalize.insight.services import rollup
from shop_personalize.models import Interaction, Visitor

LAST = date(2026, 3, 29)
WEEK, MONTH = Period(7, LAST), Period(28, LAST)

Happen = Callable[..., Interaction]


def moment(days_ago: int, hour: int = 12, minute: int = 0) -> datetime:
    day = LAST - timedelta(days=days_ago)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def person(name: str, kind: str = "user") -> Visitor:
    key = name.ljust(43, "x")
    return Visitor.objects.get_or_create(key=key, defaults={"kind": kind})[0]


def happen(
    who: str, kind: str, item: object = "", days_ago: int = 0, **fields: Any
) -> Interaction:
    """One event; ``hour`` and ``minute`` say when, the rest are its fields."""
    at = moment(days_ago, fields.pop("hour", 12), fields.pop("minute", 0))
    given = {
        "event_id": uuid.uuid4(),
        "occurred_at": at,
        "received_at": at,
        "item_id": str(item),
        **fields,
    }
    return Interaction.objects.create(visitor=person(who), kind=kind, **given)


def buy(who: str, order: str, *items: object, days_ago: int = 0, **fields: Any) -> None:
    """An order, a line an item; a price of 10 pounds unless ``value`` says another."""
    given = {"value": Decimal(10), "currency": "GBP", "source": "orders", **fields}
    for item in items:
        happen(who, "purchase", item, days_ago, order_id=order, **given)


def see(who: str, item: object, place: int, days_ago: int = 0, **fields: Any) -> None:
    """A recommendation comes into view, and is clicked with ``click=True``."""
    at = int(moment(days_ago).timestamp())
    token = Token("home", "for_you", 1, place, str(item), at)
    clicked = fields.pop("click", False)
    happen(who, "rec_view", item, days_ago, rid=sign(token), **fields)
    if clicked:
        happen(who, "click", item, days_ago, rid=sign(token), **fields)


def count() -> None:
    """All that the schedule counts."""
    oldest = Interaction.objects.order_by("occurred_at").first()
    assert oldest is not None
    roll_up_core(oldest.occurred_at)
    rollup.roll_up()


@pytest.fixture(autouse=True)
def days_stand_still(settings: Any) -> None:
    """These days are long ago for the clock; what was typed is kept all the same."""
    kept = {"RETENTION_DAYS": {"search": None}}
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, **kept}


@pytest.fixture
def boss(db: Any) -> Client:
    users = get_user_model().objects
    client = Client()
    client.force_login(users.create_superuser("boss", "boss@example.com", "pw"))
    return client

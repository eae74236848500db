"""Days of visitors, and the sums that come of them."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from shop_personalize.attribution import Token, sign
from shop_personalize.models import (
    Interaction,
    Trial,
    TrialDay,
    Visitor,
    VisitorDay,
)
from tests.core.trials.people import trial

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


def row(units: int, value: float, squares: float, **more: float) -> Row:
    nothing = {"per": 0, "before": 0, "value_before": 0}
    return {"units": units, "value": value, "value_value": squares, **nothing, **more}


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

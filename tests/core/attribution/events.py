"""Events as they stand in the database, and tokens of pages shown before them."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone

from shop_personalize.attribution import Token, sign
from shop_personalize.models import BlockDay, Interaction, Visitor

TODAY = timezone.localdate()
FIRST = TODAY - timedelta(days=40)
NAMES = ("recommender", "variant", "position", "currency")
COUNTS = ("shown", "seen", "clicked", "carted", "bought", "revenue")


def at(day: int = 0, hour: float = 12) -> datetime:
    """So many days after the first."""
    return _midnight(FIRST) + timedelta(days=day, hours=hour)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def visitor(key: str = "ann", **more: Any) -> Visitor:
    return Visitor.objects.create(key=key, **more)


def token(item: str = "", when: datetime | None = None, **more: Any) -> str:
    """Of a page made ten minutes before ``when``."""
    moment = int((when or at()).timestamp()) - 600
    given = {"block": "home", "recommender": "popular", "position": 1, "at": moment}
    if not item:
        given["position"] = 0
    return sign(Token(item=item, **{**given, **more}))


def did(
    who: Visitor, kind: str, when: datetime, rid: str = "", **more: Any
) -> Interaction:
    return Interaction.objects.create(
        event_id=uuid.uuid4(),
        visitor=who,
        kind=kind,
        rid=rid,
        occurred_at=when,
        **{"item_id": "7", "received_at": when, **more},
    )


def bought(who: Visitor, when: datetime, order: str, **more: Any) -> Interaction:
    given = {"value": "5.25", "currency": "GBP", "source": "orders", **more}
    return did(who, "purchase", when, order_id=order, **given)


def sums(*names: str, **which: Any) -> list[tuple[Any, ...]]:
    """``(day, …)`` with days counted from the first."""
    rows = BlockDay.objects.filter(**which).order_by("day", *NAMES, "block")
    found = rows.values_list("day", *(names or COUNTS))
    return [((day - FIRST).days, *rest) for day, *rest in found]

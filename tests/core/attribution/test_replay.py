"""Attribution replayed: the same sums twice, from nothing, and beside forgeries.

``REPLAY_EVENTS=100000 REPLAY_FORGED=10000`` runs it at full size.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count, islice
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from shop_personalize.attribution import Token, mark_of, sign
from shop_personalize.attribution.rollup import rebuild
from shop_personalize.capture.event import Event
from shop_personalize.capture.event_ids import event_id_for
from shop_personalize.capture.service import record
from shop_personalize.models import BlockDay, Checkpoint, Interaction, VisitorDay

EVENTS = int(os.environ.get("REPLAY_EVENTS", "3000"))
FORGED = int(os.environ.get("REPLAY_FORGED", "500"))
DAYS, VISITORS, ITEMS = 45, max(20, EVENTS // 50), 300
pytestmark = pytest.mark.django_db
Sums = list[tuple[Any, ...]]


def visits(rnd: random.Random) -> Iterator[Event]:
    """Visitors who are shown eight products, see some, and follow few to an order."""
    start = timezone.now() - timedelta(days=DAYS)
    step = timedelta(days=DAYS) / EVENTS
    for n in count():
        at = start + n * step
        yield from visit(rnd, f"visitor-{rnd.randrange(VISITORS)}", at, n)


def visit(rnd: random.Random, key: str, at: datetime, n: int) -> Iterator[Event]:
    shown = int(at.timestamp()) - 10
    page = Token("home", "popular", 3, at=shown, mark=mark_of(key, shown))
    items = [str(item) for item in rnd.sample(range(ITEMS), 8)]
    cards = [
        replace(page, position=place, item=item) for place, item in enumerate(items, 1)
    ]

    def event(kind: str, after: int, **more: Any) -> Event:
        moment = at + timedelta(seconds=after)
        name = event_id_for(f"{n}:{kind}:{after}", moment)
        return Event(
            kind=kind, event_id=name, visitor_key=key, occurred_at=moment, **more
        )

    rids = {"rids": [sign(card) for card in cards]}
    yield event("rec_shown", 0, rid=sign(page), context=rids)
    for place, card in enumerate(cards[: rnd.randint(1, 8)]):
        yield event("rec_view", place, item_id=card.item, rid=sign(card))
    card = rnd.choice(cards)
    if rnd.random() < 0.3:
        yield event("click", 20, item_id=card.item, rid=sign(card))
        yield event("add_to_cart", 30, item_id=card.item)
    if rnd.random() < 0.2:
        price = Decimal(rnd.randrange(100, 9999)) / 100
        order = {"order_id": f"order-{n}", "value": price, "currency": "EUR"}
        yield event("purchase", 40, item_id=card.item, **order)


def forgeries(rnd: random.Random, honest: list[Event]) -> Iterator[Event]:
    """Somebody who saw all those tokens, and would like them to count for more."""
    told = [event for event in honest if event.kind in {"click", "rec_view"}]
    for n in count():
        event = rnd.choice(told)
        rid, item, key = event.rid, event.item_id, event.visitor_key
        trick = n % 7
        if trick == 0:
            rid = rid[:-1] + ("A" if rid[-1] != "A" else "B")
        elif trick == 1:
            rid = rid.replace(".popular.", ".for_you.")
        elif trick == 2:
            item = f"{int(item) + ITEMS}"
        elif trick == 3:
            key = f"thief-{n}"
        elif trick == 4:
            rid = sign(Token("home", "popular", 3, 1, item, at=1))
        elif trick == 5:
            rid = "2.home.popular.." + "A" * rnd.randrange(150)
        yield replace(
            event,
            event_id=UUID(int=rnd.getrandbits(128), version=4),
            rid=rid,
            item_id=item,
            visitor_key=key,
        )


def keep(events: list[Event]) -> None:
    for start in range(0, len(events), 2000):
        batch = events[start : start + 2000]
        kept = record(batch, source="orders", historical=True)
        assert kept.quarantined == 0


def sums() -> tuple[Sums, Sums]:
    blocks = BlockDay.objects.order_by("day", "recommender", "position", "currency")
    visitors = VisitorDay.objects.order_by("day", "visitor", "currency", "is_present")
    columns = ("seen", "clicked", "carts", "orders", "revenue", "is_present")
    return (
        list(blocks.values_list(*_fields(BlockDay))),
        list(visitors.values_list("day", "visitor", *columns)),
    )


def _fields(model: Any) -> list[str]:
    return [f.name for f in model._meta.concrete_fields if not f.primary_key]


def test_events_replayed_and_forged_leave_the_sums_as_they_are() -> None:
    rnd = random.Random(4)
    honest = list(islice(visits(rnd), EVENTS))
    keep(honest)
    rebuild()
    first = sums()
    totals = {n: sum(getattr(row, n) for row in BlockDay.objects.all()) for n in NAMES}
    assert totals == expected(honest)

    rebuild()
    assert sums() == first

    for model in (BlockDay, VisitorDay, Checkpoint):
        model._default_manager.all().delete()
    rebuild()
    assert sums() == first

    again = rnd.sample(honest, FORGED)
    keep(again)
    assert Interaction.objects.count() == EVENTS
    keep(list(islice(forgeries(rnd, honest), FORGED)))
    assert Interaction.objects.count() == EVENTS + FORGED
    rebuild()
    assert sums()[0] == first[0]


NEVER = datetime(1, 1, 1, tzinfo=UTC)
NAMES = ("shown", "seen", "clicked", "carted", "bought", "revenue")


def expected(events: list[Event]) -> dict[str, Any]:
    """Counted by hand; the events are in the order in which they happened."""
    kinds = {
        "shown": "rec_shown",
        "seen": "rec_view",
        "clicked": "click",
        "carted": "add_to_cart",
    }
    counts: dict[str, Any] = {
        name: sum(event.kind == kind for event in events)
        for name, kind in kinds.items()
    }
    counts["shown"] *= 8
    clicked: dict[tuple[str, str], datetime] = {}
    counts |= {"bought": 0, "revenue": Decimal(0)}
    window = timedelta(days=7)
    for event in events:
        who, at = (event.visitor_key, event.item_id), event.occurred_at
        assert at is not None
        if event.kind == "click":
            clicked[who] = at
        elif event.kind == "purchase" and at - window <= clicked.get(who, NEVER):
            counts["bought"] += 1
            counts["revenue"] += event.value
    return counts

"""From judged events to rows: visitors, flags, one bulk insert, the news of it."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from django.db import IntegrityError, router, transaction

from shop_personalize.capture import store, visitors
from shop_personalize.capture.bots import HUMAN_KINDS, rate_watch
from shop_personalize.capture.event_ids import time_of
from shop_personalize.capture.safety import harmless
from shop_personalize.catalog import get_orders
from shop_personalize.models import Interaction
from shop_personalize.signals import interactions_recorded, recommendation_clicked
from shop_personalize.telemetry import measured

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from shop_personalize.capture.event import Event

BOUGHT = frozenset({"purchase", "refund"})
OWN_SOURCES = frozenset({"orders", "import"})
MILLI = Decimal("0.001")
TENTH_OF_MILLI = Decimal("0.0001")


def write(
    events: Sequence[Event], *, source: str, received: datetime, durable: bool = True
) -> tuple[set[UUID], set[UUID]]:
    """Store the events; return the ids that were new and those of erased visitors."""
    with measured("record", source=source, events=len(events)):
        return _write(events, source, received, durable)


def _write(
    events: Sequence[Event], source: str, received: datetime, durable: bool
) -> tuple[set[UUID], set[UUID]]:
    work = partial(_store, events, source, received, durable)
    try:
        new, erased = store.patiently(work)
    except IntegrityError:
        # A remembered visitor is gone: merged or erased by another process.
        visitors.forget(event.visitor_key for event in events)
        new, erased = work()
    if new:
        using = router.db_for_write(Interaction)
        transaction.on_commit(partial(_announce, new, source), using=using, robust=True)
    return {row.event_id for row in new}, erased


def _store(
    events: Sequence[Event], source: str, received: datetime, durable: bool
) -> tuple[list[Interaction], set[UUID]]:
    rows, erased = _rows(events, source, received)
    return store.insert_new(rows, durable=durable), erased


def _rows(
    events: Sequence[Event], source: str, received: datetime
) -> tuple[list[Interaction], set[UUID]]:
    keys = {event.visitor_key: event.visitor_kind for event in events}
    bots = {event.visitor_key for event in events if event.flag == "bot"}
    site = events[0].site if events else ""
    ids = visitors.visitor_ids(keys, bots=bots, site=site, cached=True)
    hasty = _hasty(events) if source not in OWN_SOURCES else set()
    shadow = source not in OWN_SOURCES and _orders_tell(events)
    rows, erased = [], set()
    for event in events:
        visitor = ids.get(event.visitor_key)
        if visitor is None:
            erased.add(event.event_id)
            continue
        flag = event.flag or _flag(event, hasty, shadow)
        rows.append(_row(event, visitor, flag, source, received))
    return rows, erased


def _row(
    event: Event, visitor: int, flag: str, source: str, received: datetime
) -> Interaction:
    received = event.received_at or received
    return Interaction(
        event_id=event.event_id,
        visitor_id=visitor,
        kind=event.kind,
        item_id=event.item_id,
        quantity=event.quantity.quantize(MILLI),
        value=None if event.value is None else event.value.quantize(TENTH_OF_MILLI),
        currency=event.currency.upper(),
        order_id=event.order_id,
        rid=event.rid,
        flag=flag,
        source=source,
        site=event.site,
        context=dict(event.context),
        occurred_at=event.occurred_at or time_of(event.event_id) or received,
        received_at=received,
    )


def _flag(event: Event, hasty: set[str], shadow: bool) -> str:
    if event.visitor_key in hasty:
        return Interaction.Flag.BOT
    if shadow and event.kind in BOUGHT:
        return Interaction.Flag.SHADOW
    return Interaction.Flag.NONE


def _hasty(events: Iterable[Event]) -> set[str]:
    acts = Counter(e.visitor_key for e in events if e.kind in HUMAN_KINDS)
    return {key for key, count in acts.items() if rate_watch.too_fast(key, count)}


def _orders_tell(events: Iterable[Event]) -> bool:
    """Whether purchases come from the shop's orders, which a browser cannot forge."""
    if not any(event.kind in BOUGHT for event in events):
        return False
    with harmless("the shop's orders"):
        return get_orders() is not None
    return True


def _announce(new: list[Interaction], source: str) -> None:
    with harmless("interactions_recorded"):
        if interactions_recorded.has_listeners():
            interactions_recorded.send_robust(None, interactions=new, source=source)
        if recommendation_clicked.has_listeners():
            _announce_clicks(new)


def _announce_clicks(new: list[Interaction]) -> None:
    from shop_personalize.attribution.token import unsign

    for row in new:
        token = unsign(row.rid) if row.kind == "click" and row.rid else None
        if token is not None:
            recommendation_clicked.send_robust(None, interaction=row, token=token)

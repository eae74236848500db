"""The ways in: ``track`` one event of the shop's code, ``record`` many, ``receive``."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone

from shop_personalize.capture import (
    buffer,
    intake,
    items,
    outbox,
    quarantine,
    tokens,
    values,
)
from shop_personalize.capture.consent import NONE
from shop_personalize.capture.event import Event, Receipt, RefusalError, Refused
from shop_personalize.capture.event_ids import uuid7
from shop_personalize.capture.identity import Personalize, current, personalize_of
from shop_personalize.capture.judge import judge
from shop_personalize.capture.safety import harmless
from shop_personalize.conf import app_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.http import HttpRequest

    from shop_personalize.capture.dialects import Read


@dataclass(frozen=True, slots=True)
class Sent:
    """One event as it was sent, and what it says: often one row, at times many."""

    payload: Any
    events: Sequence[Event] = ()
    refused: RefusalError | None = None


def track(
    kind: str,
    product: Any = None,
    *,
    request: HttpRequest | None = None,
    visitor_key: str | None = None,
    quantity: Any = 1,
    value: Any = None,
    currency: str = "",
    order_id: str = "",
    rid: str = "",
    context: Mapping[str, Any] | None = None,
    occurred_at: datetime | None = None,
    event_id: UUID | None = None,
) -> None:
    """Note that something happened; written after the shop's transaction commits.

    Without ``request`` the request under way is taken; outside of any, name the
    visitor. Raises nothing into the shop.
    """
    with harmless(f"track({kind!r})"):
        state = personalize_of(request) if request is not None else current.get()
        if not app_settings.ENABLED or not (visitor_key or _may_track(state)):
            return
        event = draft(
            kind,
            product,
            visitor_key=visitor_key or "",
            quantity=quantity,
            value=value,
            currency=currency,
            order_id=str(order_id),
            rid=rid,
            context=context or {},
            occurred_at=occurred_at,
            event_id=event_id or uuid7(occurred_at),
        )
        outbox.add(event, state, record_waiting)


def draft(
    kind: str, product: Any, *, quantity: Any = 1, value: Any = None, **details: Any
) -> Event:
    """An event of the shop's own code, its visitor filled in when it is written."""
    return Event(
        kind=str(kind),
        item_id=items.item_id(product),
        quantity=values.quantity(quantity),
        value=values.decimal(value, "bad_value"),
        **details,
    )


def record(
    events: Sequence[Event], *, source: str, historical: bool = False
) -> Receipt:
    """Store events, each counted once; one that is bad is quarantined, alone.

    ``historical`` takes any time; else an event must be of the last 72 hours.
    Raises only what the database raises: a receipt means the events are kept.
    """
    sent = [Sent(event, [event]) for event in events]
    return _settle(sent, source=source, historical=historical)


def receive(
    payloads: Sequence[Any], *, read: Read, state: Personalize, source: str
) -> Receipt:
    """Take what a browser sent; the visitor is the request's, never the payload's."""
    if not app_settings.ENABLED:
        return _none_of(payloads, "disabled")
    if state.consent == NONE:
        return _none_of(payloads, "no_consent")
    key = state.key or ""
    sent = [_read(payload, read, key) for payload in payloads]
    ids = items.canonical(event.item_id for one in sent for event in one.events)
    signed = [
        replace(one, events=[_of(state, key, event, ids) for event in one.events])
        for one in sent
    ]
    receipt = _settle(signed, source=source)
    state.recorded = True
    return receipt


def _none_of(payloads: Sequence[Any], reason: str) -> Receipt:
    """What may not even be looked at is counted, and nothing of it is stored."""
    return Receipt(quarantined=len(payloads), reasons={reason: len(payloads)})


def flush(state: Personalize) -> None:
    """Write what a request left behind, when it ends."""
    if state.queue:
        record_waiting(outbox.take(state), outbox.SOURCE)


def record_waiting(events: Sequence[Event], source: str) -> None:
    ids = items.canonical(event.item_id for event in events)
    known = [replace(e, item_id=ids.get(e.item_id, e.item_id)) for e in events]
    # Nobody was told that these are kept; the shopper waits, so the disk need not.
    _settle([Sent(event, [event]) for event in known], source=source, durable=False)


def _may_track(state: Personalize | None) -> bool:
    return state is not None and state.consent != NONE


def _read(payload: Any, read: Read, scope: str) -> Sent:
    try:
        return Sent(payload, read(payload, scope))
    except RefusalError as refusal:
        return Sent(payload, refused=refusal)
    except Exception as error:  # noqa: BLE001  one bad event never sinks its batch
        return Sent(payload, refused=RefusalError("unreadable", type(error).__name__))


def _of(state: Personalize, key: str, event: Event, ids: Mapping[str, str]) -> Event:
    return replace(
        event,
        item_id=ids.get(event.item_id, event.item_id),
        visitor_key=key,
        visitor_kind=state.kind,
        flag="bot" if state.is_bot else "",
        site=state.site,
    )


def _settle(
    sent: Sequence[Sent],
    *,
    source: str,
    historical: bool = False,
    durable: bool = True,
) -> Receipt:
    received = timezone.now()
    judged = [_judged(one, received, historical) for one in sent]
    good = [one.events for one in judged if one.refused is None]
    bad = [_refused(one, one.refused) for one in judged if one.refused is not None]
    events = tokens.vetted([event for group in good for event in group], received)
    new, erased = set[UUID](), set[UUID]()
    if events and not historical and buffer.push(events, source, received):
        new = {event.event_id for event in events}
    elif events:
        new, erased = intake.write(
            events, source=source, received=received, durable=durable
        )
    quarantine.keep(bad, source=source, received=received)
    return _receipt(good, bad, new, erased)


def _judged(one: Sent, received: datetime, historical: bool) -> Sent:
    if one.refused is not None:
        return one
    try:
        for event in one.events:
            judge(event, received, historical=historical)
    except RefusalError as refusal:
        return replace(one, events=(), refused=refusal)
    return one


def _refused(one: Sent, refusal: RefusalError) -> Refused:
    payload = one.payload
    if isinstance(payload, Event):
        # Who it was stays out of the quarantine.
        payload = asdict(replace(payload, visitor_key=""))
    text = json.dumps(payload, ensure_ascii=False, default=str)
    return Refused(refusal.reason, refusal.detail, text[: quarantine.MAX_PAYLOAD])


def _receipt(
    sent: Sequence[Sequence[Event]],
    refused: Sequence[Refused],
    new: set[UUID],
    erased: set[UUID],
) -> Receipt:
    accepted = duplicates = forgotten = 0
    for events in sent:
        ids = {event.event_id for event in events}
        if not ids or ids & new:
            accepted += 1
        elif ids & erased:
            forgotten += 1
        else:
            duplicates += 1
        new -= ids
    reasons = Counter(one.reason for one in refused)
    if forgotten:
        reasons["erased"] += forgotten
    return Receipt(accepted, duplicates, len(refused) + forgotten, dict(reasons))

"""Buffered intake: a batch is one entry of a Redis stream, flushed to rows in bulk.

An entry is acknowledged after its rows are committed; a flusher that dies in between
has its entries flushed again by another, and the event ids keep the count exact.
"""

from __future__ import annotations

import json
import logging
import os
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import DatabaseError, OperationalError
from django.utils import timezone

from shop_personalize.capture import intake, quarantine, redis_door
from shop_personalize.capture.event import Event, Refused
from shop_personalize.conf import app_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

logger = logging.getLogger("shop_personalize")
STREAM = "shop_personalize:events"
GROUP = "flush"
ENTRIES = 200
STALE_MS = 60_000
TEXTS = (
    "kind",
    "item_id",
    "visitor_key",
    "visitor_kind",
    "currency",
    "order_id",
    "rid",
    "flag",
    "site",
)
Entry = tuple[bytes, dict[bytes, bytes]]


def push(events: Sequence[Event], source: str, received: datetime) -> bool:
    """Put a batch into the stream; ``False`` if it must be written directly."""
    if app_settings.INTAKE != "buffered":
        return False
    batch = {
        "source": source,
        "received": received.isoformat(),
        "events": [_dump(event) for event in events],
    }
    entry = {"batch": json.dumps(batch, separators=(",", ":"))}
    try:
        redis_door.ask(lambda redis: redis.xadd(STREAM, entry))
    except redis_door.RedisGoneError:
        return False
    return True


def flush(*, stale_ms: int = STALE_MS, entries: int = ENTRIES) -> int:
    """Write everything that waits; return how many events were new."""
    if not app_settings.REDIS_URL:
        return 0
    redis = redis_door.client(app_settings.REDIS_URL, redis_door.PATIENT)
    consumer = f"flusher-{os.getpid()}"
    _ensure_group(redis)
    written = 0
    while waiting := _claimed(redis, consumer, stale_ms, entries) or _read(
        redis, consumer, entries
    ):
        written += _write(waiting)
        ids = [entry_id for entry_id, _fields in waiting]
        redis.xack(STREAM, GROUP, *ids)
        redis.xdel(STREAM, *ids)
    return written


def waiting() -> int:
    """How many batches are in the stream, written or not yet."""
    if app_settings.INTAKE != "buffered":
        return 0
    try:
        return int(redis_door.ask(lambda redis: redis.xlen(STREAM)))
    except redis_door.RedisGoneError:
        return 0


def _ensure_group(redis: Any) -> None:
    from redis.exceptions import ResponseError

    try:
        redis.xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise


def _claimed(redis: Any, consumer: str, stale_ms: int, count: int) -> list[Entry]:
    """Entries another flusher took and never acknowledged."""
    found = redis.xautoclaim(STREAM, GROUP, consumer, stale_ms, count=count)
    return [entry for entry in found[1] if entry[1]]


def _read(redis: Any, consumer: str, count: int) -> list[Entry]:
    found = redis.xreadgroup(GROUP, consumer, {STREAM: ">"}, count=count)
    return [entry for _stream, entries in found or () for entry in entries]


def _write(entries: Sequence[Entry]) -> int:
    batches = [batch for entry in entries if (batch := _load(entry)) is not None]
    written = 0
    for source in sorted({source for source, _events in batches}):
        events = [e for named, group in batches if named == source for e in group]
        written += _store(events, source)
    return written


def _store(events: list[Event], source: str) -> int:
    """In bulk; if a row is at fault, one by one, so that it stands alone."""
    now = timezone.now()
    try:
        return len(intake.write(events, source=source, received=now)[0])
    except OperationalError:
        raise
    except DatabaseError:
        if len(events) > 1:
            return sum(_store([event], source) for event in events)
        refused = Refused("unstorable", payload=json.dumps(_dump(events[0])))
        quarantine.keep([refused], source=source, received=now)
        return 0


def _load(entry: Entry) -> tuple[str, list[Event]] | None:
    try:
        batch = json.loads(entry[1][b"batch"])
        received = datetime.fromisoformat(batch["received"])
        return batch["source"], [_event(raw, received) for raw in batch["events"]]
    except (KeyError, ValueError, TypeError) as error:
        refused = Refused("unreadable", str(error), repr(entry[1]))
        quarantine.keep([refused], source="buffer", received=timezone.now())
        return None


def _dump(event: Event) -> dict[str, Any]:
    dumped: dict[str, Any] = {
        name: getattr(event, name) for name in TEXTS if getattr(event, name)
    }
    dumped["id"] = str(event.event_id)
    dumped["quantity"] = str(event.quantity)
    if event.value is not None:
        dumped["value"] = str(event.value)
    if event.context:
        dumped["context"] = dict(event.context)
    if event.occurred_at is not None:
        dumped["at"] = event.occurred_at.isoformat()
    return dumped


def _event(raw: dict[str, Any], received: datetime) -> Event:
    value, at = raw.get("value"), raw.get("at")
    return Event(
        **{name: raw[name] for name in TEXTS if name in raw},
        event_id=UUID(raw["id"]),
        quantity=Decimal(raw["quantity"]),
        value=None if value is None else Decimal(value),
        context=raw.get("context", {}),
        occurred_at=None if at is None else datetime.fromisoformat(at),
        received_at=received,
    )

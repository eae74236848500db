"""Whether an event can be accepted; if not, why, in one word and the field's name."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from shop_personalize.capture.event import Event, RefusalError
from shop_personalize.capture.event_ids import time_of
from shop_personalize.conf import app_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

OLDEST = timedelta(hours=72)
NEWEST = timedelta(minutes=5)
WITHOUT_ITEM = frozenset(
    {"search", "view_cart", "checkout", "list_view", "purchase", "rec_shown"}
)
OF_TOKENS = frozenset({"rec_shown"})
LENGTHS = {"kind": 20, "item_id": 64, "order_id": 64, "rid": 200, "site": 32}
MAX_QUANTITY = Decimal(1_000_000)
MAX_VALUE = Decimal(1_000_000_000)
MAX_CONTEXT = 4096


def judge(event: Event, received: datetime, *, historical: bool = False) -> None:
    """Raise :class:`RefusalError` for an event that cannot be counted."""
    if event.kind not in app_settings.events:
        raise RefusalError("unknown_kind", event.kind[:60])
    if not event.item_id and event.kind not in WITHOUT_ITEM:
        raise RefusalError("missing_item")
    if not event.rid and event.kind in OF_TOKENS:
        raise RefusalError("missing_rid")
    _judge_texts(event)
    _judge_numbers(event)
    if event.context:
        _judge_context(event.context)
    if not historical:
        _judge_clock(event, received)


def _judge_texts(event: Event) -> None:
    for name, limit in LENGTHS.items():
        text = getattr(event, name)
        if not text:
            continue
        if len(text) > limit:
            raise RefusalError("too_long", name)
        if not is_clean(text):
            raise RefusalError("bad_text", name)
    code = event.currency
    if code and not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise RefusalError("bad_currency", code[:20])


def _judge_numbers(event: Event) -> None:
    quantity, value = event.quantity, event.value
    if not (quantity.is_finite() and 0 < quantity <= MAX_QUANTITY):
        raise RefusalError("bad_quantity", str(quantity)[:40])
    if value is not None and not (value.is_finite() and 0 <= value <= MAX_VALUE):
        raise RefusalError("bad_value", str(value)[:40])


def _judge_context(context: Mapping[str, Any]) -> None:
    try:
        text = json.dumps(context, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise RefusalError("bad_context", str(error)[:100]) from error
    if len(text) > MAX_CONTEXT:
        raise RefusalError("too_long", "context")
    if "\\u0000" in text or not is_clean(text):
        raise RefusalError("bad_text", "context")


def _judge_clock(event: Event, received: datetime) -> None:
    received = event.received_at or received
    for moment in (time_of(event.event_id), event.occurred_at):
        if moment is None:
            continue
        if moment < received - OLDEST:
            raise RefusalError("too_old", moment.isoformat())
        if moment > received + NEWEST:
            raise RefusalError("in_future", moment.isoformat())


def is_clean(text: str) -> bool:
    """Whether every database can store the text: no NUL, no half of a character."""
    if text.isascii():
        return "\x00" not in text
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text

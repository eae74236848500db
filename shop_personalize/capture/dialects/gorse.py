"""Gorse feedback: ``{"FeedbackType": "read", "ItemId": "7", "Timestamp": …}``."""

from __future__ import annotations

from typing import Any

from shop_personalize.capture import values
from shop_personalize.capture.event import Event, RefusalError
from shop_personalize.capture.event_ids import uuid7

KINDS = {
    "read": "view",
    "like": "wishlist",
    "star": "wishlist",
    "cart": "add_to_cart",
    "buy": "purchase",
}


def read(payload: Any, scope: str) -> list[Event]:
    body = values.mapping(payload, "feedback")
    name = values.text(body.get("FeedbackType"), "FeedbackType")
    if not name:
        raise RefusalError("missing_event")
    at = values.moment(body.get("Timestamp"))
    return [
        Event(
            kind=KINDS.get(name, name),
            event_id=values.event_id(body.get("Id"), scope) or uuid7(at),
            item_id=values.text(body.get("ItemId"), "ItemId"),
            occurred_at=at,
        )
    ]

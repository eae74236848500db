"""Our own words: ``{"event": "view", "product": "7", "id": …, "at": …}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shop_personalize.capture import values
from shop_personalize.capture.event import Event, RefusalError
from shop_personalize.capture.event_ids import uuid7

MAX_QUERY = 200


def read(payload: Any, scope: str) -> list[Event]:
    if not isinstance(payload, Mapping):
        raise RefusalError("not_an_object")
    kind = values.text(values.first(payload, "event", "kind", "type"), "event")
    if not kind:
        raise RefusalError("missing_event")
    at = values.moment(values.first(payload, "at", "occurred_at", "timestamp"))
    product = values.first(payload, "product", "item_id", "product_id", "item")
    event_id = values.event_id(values.first(payload, "id", "event_id"), scope)
    return [
        Event(
            kind=kind,
            event_id=event_id or uuid7(),
            item_id=values.text(product, "product"),
            quantity=values.quantity(payload.get("quantity")),
            value=values.decimal(values.first(payload, "value", "price"), "bad_value"),
            currency=values.text(payload.get("currency"), "currency"),
            order_id=values.text(payload.get("order_id"), "order_id"),
            rid=values.text(payload.get("rid"), "rid"),
            context=_context(payload),
            occurred_at=at,
        )
    ]


def _context(payload: Mapping[str, Any]) -> dict[str, Any]:
    context = dict(values.mapping(payload.get("context"), "context"))
    query = values.text(payload.get("query"), "query")
    if query:
        context["query"] = query[:MAX_QUERY]
    results = payload.get("results")
    if isinstance(results, int):
        context["results"] = results
    return context

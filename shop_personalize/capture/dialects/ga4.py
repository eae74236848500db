"""Google Analytics 4 e-commerce events, in every form pages push them.

``{"event": "view_item", "ecommerce": {…}}`` (dataLayer), ``{"name": …, "params": {…}}``
(Measurement Protocol) and ``["event", "view_item", {…}]`` (gtag). Lists of ours are
told by ``item_list_id`` = ``sp:<block>:<rid>``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shop_personalize.capture import values
from shop_personalize.capture.event import Event, RefusalError
from shop_personalize.capture.event_ids import (
    event_id_for,
    time_of,
    timeless_id,
    uuid7,
)

if TYPE_CHECKING:
    from datetime import datetime

KINDS = {
    "view_item": "view",
    "view_item_list": "list_view",
    "select_item": "click",
    "add_to_cart": "add_to_cart",
    "remove_from_cart": "remove_from_cart",
    "view_cart": "view_cart",
    "begin_checkout": "checkout",
    "purchase": "purchase",
    "refund": "refund",
    "add_to_wishlist": "wishlist",
    "search": "search",
    "view_search_results": "search",
}
OF_A_PAGE = frozenset({"list_view", "view_cart", "checkout"})
"""Kinds of which one row is kept, with the products in its context."""
OF_AN_ORDER = frozenset({"purchase", "refund"})
MAX_ITEMS = 200
MAX_LISTED = 50
MAX_NAME = 100


def read(payload: Any, scope: str) -> list[Event]:
    name, params = _form(payload)
    kind = KINDS.get(name)
    if kind is None:
        return []
    drafts = _search(params) if kind == "search" else _ecommerce(kind, params)
    return _identified(drafts, payload, params, scope, name)


def _form(payload: Any) -> tuple[str, Mapping[str, Any]]:
    if isinstance(payload, Mapping) and "0" in payload:
        payload = [payload.get(str(place)) for place in range(3)]
    if isinstance(payload, list):
        payload = _of_gtag(payload)
    if not isinstance(payload, Mapping):
        raise RefusalError("not_an_object")
    name = values.text(values.first(payload, "event", "name"), "event")
    if not name and "ecommerce" not in payload:
        raise RefusalError("missing_event")
    inner = values.first(payload, "ecommerce", "params", "eventModel")
    return name, values.mapping(payload if inner is None else inner, "ecommerce")


def _of_gtag(words: Sequence[Any]) -> Mapping[str, Any]:
    if len(words) < 2 or words[0] != "event":
        return {"event": "gtag"}
    return {"event": words[1], "params": words[2] if len(words) > 2 else {}}


def _search(params: Mapping[str, Any]) -> list[Event]:
    query = values.text(values.first(params, "search_term", "query"), "search_term")
    if not query:
        return []
    return [_draft("search", context={"query": query[:MAX_NAME]})]


def _ecommerce(kind: str, params: Mapping[str, Any]) -> list[Event]:
    value = values.decimal(params.get("value"), "bad_value")
    currency = values.text(params.get("currency"), "currency")
    if value is not None and not currency:
        raise RefusalError("missing_currency")
    order_id = values.text(params.get("transaction_id"), "transaction_id")
    if kind in OF_AN_ORDER and not order_id:
        raise RefusalError("missing_transaction_id")
    items = _items(params, kind)
    if kind in OF_A_PAGE:
        return _page(kind, params, items)
    return [_item(kind, item, params, currency, order_id) for item in items]


def _items(params: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    items = params.get("items")
    if items is None and kind in {"refund", *OF_A_PAGE}:
        return []
    if not isinstance(items, list) or not (items or kind in OF_A_PAGE):
        raise RefusalError("missing_items")
    if len(items) > MAX_ITEMS:
        raise RefusalError("too_many_items", str(len(items)))
    for item in items:
        if not values.first(values.mapping(item, "items"), "item_id", "item_name"):
            raise RefusalError("missing_item", "item_id or item_name")
    return items


def _page(
    kind: str, params: Mapping[str, Any], items: list[Mapping[str, Any]]
) -> list[Event]:
    """A list or a basket is one row; a list of ours is one impression an item."""
    ours = [item for item in items if _rid(item, params)]
    if kind == "list_view" and ours:
        return [_item("rec_view", item, params, "", "") for item in ours]
    listed = values.first(params, "item_list_id", "item_list_name")
    context: dict[str, Any] = {
        "items": [_item_id(item)[:64] for item in items[:MAX_LISTED]]
    }
    if listed is not None:
        context["list"] = values.text(listed, "item_list_id")[:MAX_NAME]
    return [_draft(kind, context=context)]


def _item(
    kind: str,
    item: Mapping[str, Any],
    params: Mapping[str, Any],
    currency: str,
    order_id: str,
) -> Event:
    return replace(
        _draft(kind),
        item_id=_item_id(item),
        quantity=values.quantity(item.get("quantity")),
        value=values.decimal(item.get("price"), "bad_value"),
        currency=currency or values.text(item.get("currency"), "currency"),
        order_id=order_id,
        rid=_rid(item, params),
    )


def _item_id(item: Mapping[str, Any]) -> str:
    return values.text(values.first(item, "item_id", "item_name"), "item_id")


def _rid(item: Mapping[str, Any], params: Mapping[str, Any]) -> str:
    listed = values.first(item, "item_list_id") or params.get("item_list_id")
    parts = str(listed or "").split(":", 2)
    return parts[2] if len(parts) == 3 and parts[0] == "sp" else ""


def _draft(kind: str, context: dict[str, Any] | None = None) -> Event:
    return Event(kind=kind, event_id=UUID(int=0), context=context or {})


def _identified(
    drafts: list[Event],
    payload: Any,
    params: Mapping[str, Any],
    scope: str,
    name: str,
) -> list[Event]:
    outer = payload if isinstance(payload, Mapping) else {}
    sent = values.first(outer, "event_id", "id") or params.get("event_id")
    at = values.moment(values.first(outer, "timestamp_micros", "at"))
    first = values.event_id(sent, scope)
    if first is None and drafts and drafts[0].order_id:
        # A thank-you page that is opened again tells the same order again.
        first = timeless_id(f"{scope}:{name}:{drafts[0].order_id}")
    first = first or uuid7(at)
    if len(drafts) == 1:
        return [replace(drafts[0], event_id=first, occurred_at=at)]
    return [
        replace(draft, event_id=_numbered(first, place), occurred_at=at)
        for place, draft in enumerate(drafts)
    ]


def _numbered(first: UUID, place: int) -> UUID:
    at: datetime | None = time_of(first)
    text = f"{first}:{place}"
    return timeless_id(text) if at is None else event_id_for(text, at)

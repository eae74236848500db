"""Google Retail user events: ``{"eventType": "detail-page-view", …}``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shop_personalize.capture import values
from shop_personalize.capture.event import Event, RefusalError
from shop_personalize.capture.event_ids import timeless_id, uuid7

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = {
    "detail-page-view": "view",
    "category-page-view": "list_view",
    "add-to-cart": "add_to_cart",
    "remove-from-cart": "remove_from_cart",
    "shopping-cart-page-view": "view_cart",
    "purchase-complete": "purchase",
    "search": "search",
}
WHOLE_PAGES = frozenset({"list_view", "view_cart", "search"})


def read(payload: Any, scope: str) -> list[Event]:
    body = values.mapping(payload, "event")
    name = values.text(body.get("eventType"), "eventType")
    if not name:
        raise RefusalError("missing_event")
    kind = KINDS.get(name)
    if kind is None:
        return []
    order = values.mapping(body.get("purchaseTransaction"), "purchaseTransaction")
    order_id = values.text(order.get("id"), "purchaseTransaction.id")
    if kind == "purchase" and not order_id:
        raise RefusalError("missing_transaction_id")
    lines = [{}] if kind in WHOLE_PAGES else _lines(body)
    at = values.moment(body.get("eventTime"))
    return [
        Event(
            kind=kind,
            event_id=timeless_id(f"{scope}:{order_id}:{n}") if order_id else uuid7(at),
            item_id=_item_id(line),
            quantity=values.quantity(line.get("quantity")),
            currency=values.text(order.get("currencyCode"), "currencyCode"),
            order_id=order_id,
            rid=values.text(body.get("attributionToken"), "attributionToken"),
            context=_context(body),
            occurred_at=at,
        )
        for n, line in enumerate(lines)
    ]


def _lines(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    lines = body.get("productDetails")
    if not isinstance(lines, list) or not lines:
        raise RefusalError("missing_items")
    return [values.mapping(line, "productDetails") for line in lines]


def _item_id(line: Mapping[str, Any]) -> str:
    product = values.mapping(line.get("product"), "product")
    return values.text(product.get("id"), "product.id")


def _context(body: Mapping[str, Any]) -> dict[str, Any]:
    query = values.text(body.get("searchQuery"), "searchQuery")
    return {"query": query[:200]} if query else {}

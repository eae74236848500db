"""From a row of a file to events, by the names other systems give their columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_naive, make_aware

from shop_personalize.capture.dialects.ga4 import KINDS as GA4_KINDS
from shop_personalize.capture.event import Event, RefusalError
from shop_personalize.capture.event_ids import event_id_for
from shop_personalize.models.visitor import visitor_key

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = {
    "kind": ("kind", "event", "event_type", "event_name", "type", "action", "behavior"),
    "item": (
        "item",
        "item_id",
        "product",
        "product_id",
        "sku",
        "stockcode",
        "itemid",
        "asin",
        "product_sku",
    ),
    "user": ("user", "user_id", "customer", "customer_id", "customerid", "account_id"),
    "email": ("email", "customer_email", "e-mail"),
    "visitor": (
        "visitor",
        "visitor_id",
        "visitorid",
        "client_id",
        "session",
        "session_id",
        "user_pseudo_id",
        "anonymous_id",
    ),
    "key": ("visitor_key",),
    "time": (
        "time",
        "timestamp",
        "occurred_at",
        "date",
        "datetime",
        "event_time",
        "event_timestamp",
        "created_at",
        "invoicedate",
        "order_date",
    ),
    "quantity": ("quantity", "qty", "count", "amount"),
    "value": ("value", "price", "unit_price", "unitprice"),
    "currency": ("currency",),
    "order": (
        "order",
        "order_id",
        "invoice",
        "invoiceno",
        "transaction_id",
        "transactionid",
    ),
    "query": ("query", "search_term", "q"),
    "id": ("event_id", "uuid"),
}
ALIASES = {
    **GA4_KINDS,
    "pageview": "view",
    "pv": "view",
    "detail": "view",
    "cart": "add_to_cart",
    "addtocart": "add_to_cart",
    "fav": "wishlist",
    "buy": "purchase",
    "transaction": "purchase",
    "order": "purchase",
    "return": "refund",
}
KEY_LENGTH = 43
UNITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
"""Seconds since 1970 in nano-, micro- and milliseconds, told by their size."""


@dataclass(frozen=True)
class Row:
    """How a file is read: its one kind, if it has but one, and renamed columns."""

    kind: str = ""
    columns: dict[str, str] = field(default_factory=dict)

    def text(self, data: Mapping[str, Any], name: str) -> str:
        """The cell for one of our names, "" if the file has none."""
        own = self.columns.get(name)
        for column in (own.lower(), own) if own else NAMES[name]:
            value = data.get(column)
            if value is not None and value != "":
                return str(value).strip()
        return ""


def read_row(row: Row, data: Mapping[str, Any], mark: str) -> list[Event]:
    """A flat row: one event."""
    kind = row.text(data, "kind").lower() or row.kind
    if not kind:
        raise RefusalError("missing_kind", "kind")
    key, sort = _visitor(row, data)
    at = moment(row.text(data, "time"))
    query = row.text(data, "query")
    quantity = _number(row.text(data, "quantity") or "1", "quantity")
    kind = ALIASES.get(kind, kind)
    if quantity < 0 and kind == "purchase":
        kind, quantity = "refund", -quantity
    price = row.text(data, "value")
    return [
        Event(
            kind=kind,
            event_id=_event_id(row.text(data, "id"), mark, at),
            item_id=row.text(data, "item"),
            visitor_key=key,
            visitor_kind=sort,
            quantity=quantity,
            value=_number(price, "value") if price else None,
            currency=row.text(data, "currency").upper(),
            order_id=row.text(data, "order"),
            context={"query": query[:200]} if query else {},
            occurred_at=at,
        )
    ]


def read_ga4(row: Row, data: Mapping[str, Any], mark: str) -> list[Event]:
    """A row of GA4's BigQuery export: an event for each of its items."""
    kind = GA4_KINDS.get(str(data.get("event_name", "")))
    if kind is None:
        # Page views, scrolls and sessions are in every export and of no use here.
        return []
    at = moment(str(data.get("event_timestamp", "")))
    key, sort = _visitor(row, data)
    shared: dict[str, Any] = {
        "kind": kind,
        "visitor_key": key,
        "visitor_kind": sort,
        "occurred_at": at,
        "currency": str(_parameter(data, "currency") or "").upper(),
        "order_id": _transaction(data),
    }
    query = str(_parameter(data, "search_term") or "")
    if kind == "search":
        context = {"query": query[:200]}
        return [Event(event_id=event_id_for(mark, at), context=context, **shared)]
    return [
        Event(
            event_id=event_id_for(f"{mark}:{place}", at),
            item_id=str(item.get("item_id") or item.get("item_name") or ""),
            quantity=_number(str(item.get("quantity") or 1), "quantity"),
            value=_number(str(price), "price")
            if (price := item.get("price"))
            else None,
            **shared,
        )
        for place, item in enumerate(data.get("items") or ())
    ]


def _visitor(row: Row, data: Mapping[str, Any]) -> tuple[str, str]:
    if user := row.text(data, "user"):
        return visitor_key("user", user.removesuffix(".0")), "user"
    if email := row.text(data, "email"):
        return visitor_key("email", email), "email"
    if len(key := row.text(data, "key")) == KEY_LENGTH:
        # Our own export: the pseudonym as it is.
        return key, "guest"
    if visitor := row.text(data, "visitor"):
        return visitor_key("guest", f"import:{visitor}"), "guest"
    if order := row.text(data, "order"):
        return visitor_key("guest", f"order:{order}"), "guest"
    raise RefusalError("missing_visitor", "visitor")


def _event_id(given: str, mark: str, at: datetime) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        return event_id_for(f"import:{mark}", at)


def _transaction(data: Mapping[str, Any]) -> str:
    ecommerce = data.get("ecommerce")
    inner = ecommerce.get("transaction_id") if isinstance(ecommerce, dict) else None
    return str(inner or _parameter(data, "transaction_id") or "")


def _parameter(data: Mapping[str, Any], name: str) -> Any:
    for one in data.get("event_params") or ():
        if one.get("key") == name:
            return next(
                (v for v in one.get("value", {}).values() if v is not None), None
            )
    return None


def _number(text: str, name: str) -> Decimal:
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise RefusalError("bad_number", name) from error


def moment(text: str) -> datetime:
    """A time in any of the usual spellings; without a zone, the project's own."""
    if not text:
        raise RefusalError("missing_time", "time")
    try:
        found = _from_number(float(text), text)
    except ValueError:
        found = _from_text(text)
    if found is None:
        raise RefusalError("bad_time", text[:60])
    return make_aware(found) if is_naive(found) else found


def _from_number(number: float, text: str) -> datetime | None:
    if len(text) == 8 and text.isdecimal():
        return _from_text(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    unit = next((unit for least, unit in UNITS if number >= least), 1)
    try:
        return datetime.fromtimestamp(number / unit, tz=UTC)
    except (OverflowError, OSError):
        return None


def _from_text(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
        day = None if found else parse_date(text)
    except ValueError:
        return None
    return datetime(day.year, day.month, day.day) if day else found  # noqa: DTZ001

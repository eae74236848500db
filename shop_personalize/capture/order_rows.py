"""From a line of an order to the row it is counted as."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from shop_personalize.capture.event_ids import event_id_for
from shop_personalize.models import Interaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from shop_personalize.catalog.types import OrderLine

PURCHASE, REFUND = "purchase", "refund"
PREFIX = {PURCHASE: "line:", REFUND: "refund:"}
LEAST = Decimal("0.001")
MOST = Decimal(10) ** 9


class Buyer(NamedTuple):
    """Whose a line is, and the recommendations that led to it, by item."""

    visitor_id: int
    rids: dict[str, str]


def id_of(line: OrderLine, kind: str) -> UUID:
    return event_id_for(PREFIX[kind] + line.key, line.placed_at)


def row_of(line: OrderLine, kind: str, buyer: Buyer, received: datetime) -> Interaction:
    price = line.unit_price
    values: dict[str, Any] = {
        "id": None,
        "event_id": id_of(line, kind),
        "visitor_id": buyer.visitor_id,
        "kind": kind,
        "item_id": line.item_id[:64],
        "quantity": min(max(round(abs(line.quantity), 3), LEAST), MOST - 1),
        "value": None if price is None else _amount(price.amount),
        "currency": price.currency[:3] if price else "",
        "order_id": line.order_id[:64],
        "rid": buyer.rids.get(line.item_id, "") if kind == PURCHASE else "",
        "flag": "",
        "source": "orders",
        "site": line.site[:32],
        "context": {"variant": line.variant_id} if line.variant_id else {},
        "occurred_at": line.placed_at,
        "received_at": received,
    }
    # By position Django sets a row up in a third of the time; there may be a million.
    make: Callable[..., Interaction] = Interaction
    return make(*[values[name] for name in _names()])


@cache
def _names() -> tuple[str, ...]:
    return tuple(field.attname for field in Interaction._meta.concrete_fields)


def _amount(amount: Decimal) -> Decimal | None:
    """Discounts as lines of their own are negative; the column ends at ten digits."""
    return round(amount, 4) if 0 <= amount < MOST else None

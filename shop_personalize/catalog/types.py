"""What the host shop's products and order lines look like from inside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A product as the models see it; ``id`` is text, of the canonical product."""

    id: str
    title: str
    text: str = ""
    image: str = ""
    price: Money | None = None
    categories: tuple[tuple[str, ...], ...] = ()
    brand: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    variants: tuple[str, ...] = ()
    visible: bool = True
    available: bool = True
    stock: int | None = None
    created: datetime | None = None
    updated: datetime | None = None
    site: str = ""


class LineState(StrEnum):
    OPEN = "open"
    PURCHASED = "purchased"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line of an order; ``key`` is unique and stable: the idempotency key."""

    key: str
    order_id: str
    item_id: str
    variant_id: str = ""
    quantity: Decimal = Decimal(1)
    unit_price: Money | None = None
    placed_at: datetime
    state: LineState = LineState.PURCHASED
    user_id: str = ""
    email: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a block shows of a product, read at render time."""

    url: str
    title: str
    image: str = ""
    price: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What rules and objectives know of a product; what was not asked for is empty.

    ``cost`` is what a unit costs the shop, in the currency of ``price``.
    """

    price: Money | None = None
    categories: tuple[str, ...] = ()
    """The main one first; with those above it, where they form a tree."""
    brand: str = ""
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stock: int | None = None
    created: datetime | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """``source_id`` is tied to ``target_id``; both are ids of accounts of the shop.

    ``kind`` is "follow", "household" or "gift"; ``weight`` > 0 says how strongly.
    """

    source_id: str
    target_id: str
    kind: str = "follow"
    weight: float = 1.0
    created: datetime | None = None

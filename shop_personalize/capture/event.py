"""An event on its way in, and what became of those that were sent."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

ONE = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing a visitor did, in our words; ids are text, the visitor a pseudonym."""

    kind: str
    event_id: UUID
    item_id: str = ""
    visitor_key: str = ""
    visitor_kind: str = "guest"
    quantity: Decimal = ONE
    value: Decimal | None = None
    currency: str = ""
    order_id: str = ""
    rid: str = ""
    flag: str = ""
    site: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    occurred_at: datetime | None = None
    """``None``: when it was received."""
    received_at: datetime | None = None
    """``None``: now; set when an event has waited in the buffer."""


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that cannot be accepted: why, which field, and what was sent."""

    reason: str
    detail: str = ""
    payload: str = ""


class RefusalError(Exception):
    """Raised while reading one event; caught before it can reach its batch."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of the events sent; the three numbers add up to them."""

    accepted: int = 0
    duplicates: int = 0
    quarantined: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: Receipt) -> Receipt:
        return Receipt(
            self.accepted + other.accepted,
            self.duplicates + other.duplicates,
            self.quarantined + other.quarantined,
            dict(Counter(self.reasons) + Counter(other.reasons)),
        )

"""Interactions as CSV that a spreadsheet cannot mistake for formulas."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    from shop_personalize.models import Interaction

COLUMNS = (
    "event_id",
    "occurred_at",
    "received_at",
    "visitor",
    "kind",
    "item_id",
    "quantity",
    "value",
    "currency",
    "order_id",
    "rid",
    "flag",
    "source",
    "site",
)
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(value: Any) -> str:
    """Text a spreadsheet would compute gets an apostrophe; numbers stay."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(DANGEROUS):
        return f"'{value}"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


class _Echo:
    """A file that hands every line back instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def lines(interactions: QuerySet[Interaction]) -> Iterator[str]:
    """CSV line by line: an export of any size in constant memory."""
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    rows = interactions.select_related("visitor").iterator(chunk_size=2000)
    for row in _rows(rows):
        yield writer.writerow(row)


def _rows(interactions: Iterable[Interaction]) -> Iterator[list[str]]:
    for one in interactions:
        yield [
            harmless(one.visitor.key if name == "visitor" else getattr(one, name))
            for name in COLUMNS
        ]

"""Interactions as CSV or JSON lines, for other systems and for importing again."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from typing import IO, TYPE_CHECKING, Any

from shop_personalize.models import Interaction

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

COLUMNS = (
    "event_id",
    "kind",
    "item_id",
    "visitor_key",
    "quantity",
    "value",
    "currency",
    "order_id",
    "query",
    "source",
    "flag",
    "site",
    "occurred_at",
)
STORED = (
    "event_id",
    "kind",
    "item_id",
    "visitor__key",
    "quantity",
    "value",
    "currency",
    "order_id",
    "context",
    "source",
    "flag",
    "site",
    "occurred_at",
)
QUERY = COLUMNS.index("query")
CHUNK = 5000
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet runs what begins so; a product id or a search may be hostile."""
TEXTS = frozenset(
    {"kind", "item_id", "currency", "order_id", "query", "source", "site"}
)
Progress = Callable[[float, str], None]


def selected(
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    kinds: Iterable[str] = (),
) -> QuerySet[Interaction]:
    rows = Interaction.objects.exclude(visitor__is_erased=True)
    if since is not None:
        rows = rows.filter(occurred_at__gte=since)
    if until is not None:
        rows = rows.filter(occurred_at__lt=until)
    wanted = list(kinds)
    return rows.filter(kind__in=wanted) if wanted else rows


def write_csv(
    rows: QuerySet[Interaction], out: IO[str], progress: Progress | None = None
) -> int:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for count, row in enumerate(_rows(rows, progress), 1):  # noqa: B007
        cells = zip(COLUMNS, row, strict=True)
        writer.writerow([guarded(c) if name in TEXTS else c for name, c in cells])
    return count


def write_jsonl(
    rows: QuerySet[Interaction], out: IO[str], progress: Progress | None = None
) -> int:
    count = 0
    for count, row in enumerate(_rows(rows, progress), 1):  # noqa: B007
        filled = {
            k: v for k, v in zip(COLUMNS, row, strict=True) if v not in (None, "")
        }
        out.write(json.dumps(filled, ensure_ascii=False, default=str) + "\n")
    return count


def guarded(cell: Any) -> Any:
    """A text no spreadsheet takes for a formula."""
    if isinstance(cell, str) and cell.startswith(RISKY):
        return "'" + cell
    return cell


def _rows(
    rows: QuerySet[Interaction], progress: Progress | None
) -> Iterator[list[Any]]:
    """By keyset, so that a large export holds no cursor and little memory."""
    total = rows.count() if progress else 0
    done, last = 0, 0
    while True:
        part = (
            rows.filter(pk__gt=last).order_by("pk").values_list("pk", *STORED)[:CHUNK]
        )
        found = list(part)
        for pk, *cells in found:
            last = pk
            cells[QUERY] = cells[QUERY].get("query", "") if cells[QUERY] else ""
            cells[-1] = cells[-1].isoformat()
            yield cells
        done += len(found)
        if progress and total:
            progress(done / total, "interactions")
        if len(found) < CHUNK:
            return

"""Prices as CSV, with plain numbers; a line a suggestion."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from shop_personalize.admin.export import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shop_personalize.pricing.models import PriceSuggestion

COLUMNS = (
    "item_id",
    "title",
    "category",
    "currency",
    "price_now",
    "suggested",
    "cost",
    "aim",
    "units",
    "units_change",
    "units_low",
    "units_high",
    "revenue_change",
    "revenue_low",
    "revenue_high",
    "profit_change",
    "profit_low",
    "profit_high",
    "elasticity",
    "elasticity_low",
    "elasticity_high",
    "source",
    "state",
    "due",
    "made_at",
    "decided_at",
)


def respond(rows: Iterable[PriceSuggestion], name: str) -> HttpResponse:
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.csv"',
            "Cache-Control": "private, no-store",
        },
    )
    # The mark by which a spreadsheet knows UTF-8.
    response.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(getattr(row, name)) for name in COLUMNS] for row in rows)
    return response


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return repr(round(value, 4))
    if hasattr(value, "normalize"):
        return f"{value.normalize():f}"
    return harmless(value)

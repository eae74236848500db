"""Purchase orders: what was approved of a supplier, and the file to send."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, FloatField, Sum

from shop_personalize.admin.export import harmless
from shop_personalize.supply.models import Reorder, Supplier
from shop_personalize.supply.selectors.overview import titles_of

State = Reorder.State
APPROVED = (State.APPROVED, State.CHANGED)
COLUMNS = (
    "item_id",
    "title",
    "quantity",
    "unit_cost",
    "total",
    "currency",
    "order_by",
)


@dataclass(frozen=True)
class Order:
    """What is approved of one supplier; ``missing`` to its minimum order value."""

    supplier: Supplier | None
    lines: int
    units: int
    value: float
    currency: str

    @property
    def missing(self) -> float:
        if self.supplier is None:
            return 0.0
        return max(float(self.supplier.minimum_order_value) - self.value, 0.0)


def pending() -> list[Order]:
    """Approved and not yet ordered, by supplier; two queries."""
    rows = Reorder.objects.filter(state__in=APPROVED).order_by()
    sums = rows.values("supplier", "currency").annotate(
        lines=Count("pk"),
        units=Sum("quantity"),
        worth=Sum(F("quantity") * F("unit_cost"), output_field=FloatField()),
    )
    found: list[Any] = list(sums)
    known = Supplier.objects.in_bulk([one["supplier"] for one in found])
    orders = [
        Order(
            known.get(one["supplier"]),
            one["lines"],
            one["units"],
            one["worth"] or 0.0,
            one["currency"],
        )
        for one in found
    ]
    return sorted(orders, key=lambda one: one.supplier.name if one.supplier else "~")


def lines(supplier: Supplier | None) -> list[Reorder]:
    rows = Reorder.objects.filter(state__in=APPROVED, supplier=supplier)
    return list(rows.order_by("item_id"))


def as_csv(supplier: Supplier | None) -> str:
    """The approved lines; words are harmless to a spreadsheet."""
    rows = lines(supplier)
    titles = titles_of([row.item_id for row in rows])
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        value = row.value
        writer.writerow(
            harmless(cell)
            for cell in (
                row.item_id,
                titles.get(row.item_id, ""),
                row.quantity,
                row.unit_cost,
                None if value is None else f"{value:.2f}",
                row.currency,
                row.order_by,
            )
        )
    return out.getvalue()

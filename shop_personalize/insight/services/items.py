"""Products by day: looked at, and sold."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import (
    Case,
    Count,
    DecimalField,
    F,
    Q,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Round

from shop_personalize.insight.models import ItemDay, ItemSale
from shop_personalize.insight.services.inserting import insert_from, of_days

LOOKED = ("view", "add_to_cart")
SOLD = ("purchase", "refund")
DECIMAL: DecimalField[Any, Any] = DecimalField(max_digits=20, decimal_places=4)


def count_looked(first: date, last: date, using: str) -> int:
    rows = of_days(first, last).filter(flag="", kind__in=LOOKED).exclude(item_id="")
    sums = rows.values("item_id", "day").annotate(
        views=Count("pk", filter=Q(kind="view")),
        carts=Count("pk", filter=Q(kind="add_to_cart")),
    )
    return insert_from(ItemDay, sums, ("item_id", "day", "views", "carts"), using)


def count_sold(first: date, last: date, using: str) -> int:
    """An order counts once for a product, however many of its lines hold it."""
    bought, back = Q(kind="purchase"), Q(kind="refund")
    price = Coalesce("value", Value(0), output_field=DECIMAL)
    sign = Case(When(bought, then=Value(1)), default=Value(-1), output_field=DECIMAL)
    rows = of_days(first, last).filter(flag="", kind__in=SOLD).exclude(item_id="")
    sums = rows.values("item_id", "day", "currency").annotate(
        orders=Count("order_id", filter=bought & ~Q(order_id=""), distinct=True)
        + Count("pk", filter=bought & Q(order_id="")),
        units=_quantity(bought),
        returned=_quantity(back),
        revenue=Round(Sum(sign * F("quantity") * price, output_field=DECIMAL), 2),
    )
    columns = ("item_id", "day", "currency", "orders", "units", "returned", "revenue")
    return insert_from(ItemSale, sums, columns, using)


def _quantity(of: Q) -> Coalesce:
    return Coalesce(Sum("quantity", filter=of), Value(0), output_field=DECIMAL)

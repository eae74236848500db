"""Orders by day, as they were placed: what came back later changes no basket."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Exists, F, OuterRef, Sum, Value
from django.db.models.functions import Coalesce, Round

from shop_personalize.insight.models import Basket
from shop_personalize.insight.services.inserting import insert_from, of_days
from shop_personalize.insight.services.items import DECIMAL
from shop_personalize.models import OrderVisitor

COLUMNS = ("day", "currency", "products", "units", "value", "is_linked")


def count_baskets(first: date, last: date, using: str) -> int:
    price = Coalesce("value", Value(0), output_field=DECIMAL)
    rows = of_days(first, last).filter(flag="", kind="purchase").exclude(order_id="")
    placed = OrderVisitor.objects.filter(order_id=OuterRef("order_id"))
    sums = (
        # The amount of a basket must not be taken for the price of a line.
        rows.annotate(amount=F("quantity") * price)
        .values("order_id", "day", "currency")
        .annotate(
            products=Count("item_id", distinct=True),
            pieces=Sum("quantity"),
            total=Round(Sum("amount", output_field=DECIMAL), 2),
            linked=Exists(placed),
        )
    )
    picked = ("day", "currency", "products", "pieces", "total", "linked")
    return insert_from(Basket, sums, COLUMNS, using, picked=picked)

"""Invented suppliers and stock for the demo, so that its supply has something to tell.

The orders of the demo are real, its suppliers, costs and stock are not: nobody told
them. Stock is made from what sells, so that some runs out, some lies and most is well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from zlib import crc32

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from example_project.shop.models import Category, OrderLine, Product
from shop_personalize.supply.models import Event, ItemSupply, Supplier

SUPPLIERS = (
    ("Harbour & Hale (invented)", 3, 0.5, 7, 100, "GBP"),
    ("Lindqvist Papper (invented)", 9, 2.0, 14, 250, "GBP"),
    ("Moreau Frères (invented)", 6, 1.0, 7, 150, "GBP"),
    ("Old Mill Ceramics (invented)", 12, 3.0, 14, 300, "GBP"),
    ("Kestrel Trading (invented)", 16, 4.0, 14, 500, "GBP"),
    ("Jade Lantern Imports (invented)", 21, 5.0, 21, 800, "GBP"),
)
"""Name, lead time and its spread, days between orders, minimum order value."""
PACKS = (1, 1, 6, 12, 24)
YEARLY = (
    ("Christmas", "holiday", (12, 24), (12, 26)),
    ("New Year", "holiday", (1, 1), (1, 1)),
)
COVER_WEEKS = (0.0, 1.5, 4.0, 6.0, 7.0, 8.0, 9.0, 10.0, 12.0, 40.0)
"""Weeks of sales in stock: one product in ten is sold out, one lies for long."""
WEEKS = 8
BULK = 500
"""Units of a line that no shelf is filled for."""
SHARE_OF_PRICE = (Decimal("0.42"), Decimal("0.48"), Decimal("0.55"))


@dataclass(frozen=True)
class Supplied:
    suppliers: int
    products: int
    events: int


@transaction.atomic
def supply() -> Supplied:
    """Make what is missing; suppliers, costs and events that are there stay."""
    suppliers = [_supplier(each) for each in SUPPLIERS]
    rows = list(_items(suppliers))
    known = set(ItemSupply.objects.values_list("item_id", flat=True))
    new = [row for row in rows if row.item_id not in known]
    ItemSupply.objects.bulk_create(new, batch_size=1000)
    _stock()
    return Supplied(len(suppliers), len(new), _events())


def _supplier(told: tuple[str, int, float, int, int, str]) -> Supplier:
    name, lead, sd, review, minimum, currency = told
    return Supplier.objects.get_or_create(
        name=name,
        defaults={
            "lead_time_days": lead,
            "lead_time_sd": sd,
            "review_days": review,
            "minimum_order_value": minimum,
            "order_cost": 15,
            "currency": currency,
            "email": f"orders-{crc32(name.encode()) % 1000}@example.com",
        },
    )[0]


def _items(suppliers: list[Supplier]) -> Iterator[ItemSupply]:
    """A category comes mostly from one supplier; one product in fifty from nobody."""
    places = {
        pk: at for at, pk in enumerate(Category.objects.values_list("pk", flat=True))
    }
    for product in Product.objects.filter(available=True):
        lot = crc32(product.sku.encode())
        at = places.get(product.category_id, 0) + (lot % 7 == 0)
        cost = product.cost or product.price * SHARE_OF_PRICE[lot % 3]
        yield ItemSupply(
            item_id=str(product.pk),
            supplier=None if lot % 50 == 0 else suppliers[at % len(suppliers)],
            unit_cost=None if lot % 71 == 0 else round(cost, 4),
            pack=PACKS[lot // 7 % len(PACKS)],
        )


def _stock() -> None:
    """By what was sold a week lately; what is not sold any more keeps a little."""
    since = timezone.now() - timedelta(weeks=WEEKS)
    lines = OrderLine.objects.filter(order__placed_at__gte=since, returned=False)
    usual = Sum("quantity", filter=Q(quantity__lt=BULK))
    sold = dict(lines.values_list("product").annotate(units=usual).order_by())
    products = list(Product.objects.filter(available=True))
    for product in products:
        lot = crc32(product.sku.encode())
        units = sold.get(product.pk)
        weeks = COVER_WEEKS[lot // 11 % len(COVER_WEEKS)]
        a_week = float(units or 0) / WEEKS
        product.stock = round(a_week * weeks) if units else 2 + lot % 20
    Product.objects.bulk_update(products, ["stock"], batch_size=500)


def _events() -> int:
    year = timezone.localdate().year
    made = 0
    for name, kind, first, last in YEARLY:
        begin, end = date(year, *first), date(year, *last)
        _row, is_new = Event.objects.get_or_create(
            name=name,
            defaults={
                "kind": kind,
                "first": begin,
                "last": end if end > begin else None,
                "yearly": True,
            },
        )
        made += is_new
    return made

"""Rows for the tests of training: a small shop with a clear pattern in it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from shop_personalize.models import Interaction, Visitor
from shop_personalize.models.visitor import visitor_key
from tests.projects.gifts.models import Category, Product


def products(n: int) -> list[str]:
    category = Category.objects.create(name="Mugs")
    made = Product.objects.bulk_create(
        Product(name=f"Mug {at}", price=Decimal(at + 1), category=category)
        for at in range(n)
    )
    return [str(product.pk) for product in made]


def visitors(n: int) -> list[Visitor]:
    return Visitor.objects.bulk_create(
        Visitor(key=visitor_key("guest", f"{uuid.uuid4()}")) for _ in range(n)
    )


def event(
    visitor: Visitor,
    item: str,
    *,
    kind: str = "purchase",
    days_ago: float = 1.0,
    order: str = "",
    received: datetime | None = None,
    **fields: object,
) -> Interaction:
    now = timezone.now()
    return Interaction(
        event_id=uuid.uuid4(),
        visitor=visitor,
        kind=kind,
        item_id=item,
        order_id=order,
        value=Decimal("2.50"),
        occurred_at=now - timedelta(days=days_ago),
        received_at=received or now,
        **fields,
    )


def pairs(n_visitors: int = 60, n_items: int = 12, *, orders: int = 4) -> list[str]:
    """Every customer buys products 2k and 2k+1 together, again and again."""
    items = products(n_items)
    rows = []
    for at, visitor in enumerate(visitors(n_visitors)):
        for number in range(orders):
            pair = (at + number) % (n_items // 2)
            days = 3.0 + 13.0 * number + at % 11
            order = f"{at}-{number}"
            for item in items[2 * pair : 2 * pair + 2]:
                rows.append(event(visitor, item, days_ago=days, order=order))
    Interaction.objects.bulk_create(rows)
    return items

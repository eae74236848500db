"""Products whose demand is known, and the weeks in which they were sold."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
from django.utils import timezone

from shop_personalize.catalog.types import Money
from shop_personalize.models import Interaction, Visitor
from shop_personalize.pricing.models import (
    Elasticity,
    PriceChange,
    PricedItem,
    PriceSuggestion,
    PriceWeek,
)
from shop_personalize.pricing.selectors.series import last_week
from shop_personalize.pricing.services import learning, suggesting
from tests.projects.gifts.models import Category, Product

WEEK = timedelta(days=7)
COSTS: dict[str, float] = {}
"""What products cost the shop, by id: the test shop has no field for it."""


def cost(product: Any) -> float | None:
    return COSTS.get(str(product.pk))


def written(item_id: str, price: Money) -> None:
    """A shop's own way of taking over a price."""
    Product.objects.filter(pk=item_id).update(price=price.amount)


def product(name: str = "Cake stand", price: str = "10.00", **given: Any) -> Product:
    """With ``cost``, what it costs the shop."""
    paid = given.pop("cost", 4.0)
    category, _made = Category.objects.get_or_create(name=given.pop("category", "Cake"))
    made = Product.objects.create(name=name, price=price, category=category, **given)
    if paid is not None:
        COSTS[str(made.pk)] = paid
    return made


def monday(weeks_ago: int = 1) -> date:
    """Of the last week that is over, or of one before it."""
    return last_week() - (weeks_ago - 1) * WEEK


def sold(
    item: Product,
    prices: Sequence[float],
    units: Sequence[float],
    *,
    currency: str = "GBP",
    until: int = 1,
) -> None:
    """One row a week, the last of them ``until`` weeks ago; 0 units make no row."""
    n = len(prices)
    PriceWeek.objects.bulk_create(
        PriceWeek(
            item_id=str(item.pk),
            week=monday(until + n - 1 - at),
            currency=currency,
            price=Decimal(str(price)),
            low=Decimal(str(price)),
            high=Decimal(str(price)),
            units=Decimal(str(count)),
            revenue=Decimal(str(round(price * count, 2))),
            orders=max(int(count), 1),
        )
        for at, (price, count) in enumerate(zip(prices, units, strict=True))
        if count
    )


def answering(
    item: Product,
    elasticity: float,
    *,
    level: float = 40.0,
    weeks: int = 40,
    seed: int = 0,
) -> None:
    """Weeks at prices about the product's, sold as a constant elasticity says."""
    rng = np.random.default_rng(seed)
    now = float(item.price)
    prices = np.round(now * rng.choice([0.8, 0.9, 1.0, 1.1, 1.2], weeks), 2)
    prices[-13:] = now
    units = np.round(level * (prices / now) ** elasticity, 3)
    sold(item, prices.tolist(), units.tolist())


def learned(price: str = "10.00", **given: Any) -> Product:
    item = product(price=price, **given)
    answering(item, -2.0)
    suggesting.suggest(learning.learn())
    return item


def bought(
    item: object,
    day: date,
    price: str | None = "10.00",
    quantity: str = "1",
    **given: Any,
) -> Interaction:
    """A line of an order, or with ``kind="refund"`` of one that came back."""
    at = datetime.combine(day, time(12), UTC)
    visitor, _made = Visitor.objects.get_or_create(key="somebody".ljust(43, "x"))
    fields = {
        "kind": "purchase",
        "currency": "GBP",
        "order_id": uuid.uuid4().hex,
        "source": "orders",
        **given,
    }
    return Interaction.objects.create(
        event_id=uuid.uuid4(),
        visitor=visitor,
        item_id=str(item),
        value=None if price is None else Decimal(price),
        quantity=Decimal(quantity),
        occurred_at=at,
        received_at=at,
        **fields,
    )


def changed(item: Product, *, days_ago: int) -> PriceChange:
    """A price that was approved then, by nobody in particular."""
    return PriceChange.objects.create(
        item_id=str(item.pk),
        old=9,
        new=10,
        verb=PriceChange.Verb.APPROVED,
        at=timezone.now() - timedelta(days=days_ago),
    )


def known(item: Product, *, units: float = 40.0, value: float = -2.0) -> None:
    """What a renewal would have stored of a product."""
    now = timezone.now()
    PricedItem.objects.create(
        item_id=str(item.pk),
        title=item.name,
        category=str(item.category),
        price=item.price,
        currency="GBP",
        cost=None if cost(item) is None else Decimal(str(cost(item))),
        stock=item.stock,
        units=units,
        units_now=units,
        paid=float(item.price),
        noise=units**0.5,
        renewed_at=now,
    )
    Elasticity.objects.create(
        kind="item",
        key=str(item.pk),
        value=value,
        error=0.25,
        low=value - 0.32,
        high=value + 0.32,
        source="own",
        weeks=40,
        prices=5,
        renewed_at=now,
    )


def suggested(item: Product, price: str = "9.50", **given: Any) -> PriceSuggestion:
    fields = {
        "item_id": str(item.pk),
        "title": item.name,
        "category": str(item.category),
        "currency": "GBP",
        "price_now": Decimal(item.price),
        "suggested": Decimal(price),
        "cost": Decimal(4),
        "units": 40.0,
        "units_change": 4.0,
        "units_low": 3.0,
        "units_high": 5.0,
        "revenue_change": 18.0,
        "revenue_low": 10.0,
        "revenue_high": 26.0,
        "profit_change": 2.0,
        "profit_low": -3.0,
        "profit_high": 7.0,
        "gain": 2.0,
        "elasticity": -2.0,
        "elasticity_low": -2.3,
        "elasticity_high": -1.7,
        "source": "own",
        "made_at": timezone.now(),
        **given,
    }
    return PriceSuggestion.objects.create(**fields)

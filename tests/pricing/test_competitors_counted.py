"""Which competitor's price counts in a shop that leaves its currency unsaid."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from shop_personalize.catalog.types import Money
from shop_personalize.pricing.models import CompetitorPrice, PriceRule
from shop_personalize.pricing.selectors import catalog
from shop_personalize.pricing.selectors.competitors import compared
from shop_personalize.pricing.selectors.judging import broken_by, standing
from tests.pricing.builders import product

pytestmark = pytest.mark.django_db


def asked(item: object, price: str, currency: str = "GBP") -> None:
    CompetitorPrice.objects.create(
        item_id=str(item),
        competitor=currency + price,
        price=Decimal(price),
        currency=currency,
        seen_at=timezone.now(),
    )


def test_a_shop_without_a_said_currency_is_held_to_competitors_too() -> None:
    item = product()
    asked(item.pk, "9.00")
    PriceRule.objects.create(name="Band", above=5)
    known = catalog.Product(
        id=str(item.pk),
        title=item.name,
        category="",
        brand="",
        price=Money(Decimal("9.20"), ""),
        cost=None,
        stock=None,
    )
    assert standing(known).theirs == 9.0
    assert [each.limit for each in broken_by(known, 9.6)] == ["above"]
    assert broken_by(known, 9.4) == []


@pytest.mark.parametrize(
    ("currency", "lowest"), [("GBP", "9.50"), ("EUR", "9.00"), ("USD", None), ("", "9")]
)
def test_where_currencies_are_said_each_is_compared_with_its_own(
    currency: str, lowest: str | None
) -> None:
    asked("1", "9.00", "EUR")
    asked("1", "9.50", "GBP")
    assert compared(["1"])("1", currency) == (lowest and Decimal(lowest))

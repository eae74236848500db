"""Prices that were only recorded, of another currency, or that no field can keep."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from shop_personalize.pricing.models import PriceChange
from shop_personalize.pricing.services import deciding
from shop_personalize.pricing.services.refused import RefusedError
from tests.pricing.builders import product, suggested
from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("price", "is_refused"), [("9.50", 0), ("10.00", 0), ("8", 1)])
def test_what_was_only_recorded_is_not_put_back_over_a_newer_price(
    boss: Any, pricing: Any, price: str, is_refused: int
) -> None:
    """The shop took it over, has not yet, or went on to another price."""
    pricing(apply=None)
    item = product()
    row = deciding.approve(suggested(item), user=boss)
    Product.objects.update(price=price)
    if is_refused:
        with pytest.raises(RefusedError, match=r"costs £8\.00 now, not £9\.50"):
            deciding.put_back(row, user=boss)
        assert PriceChange.objects.get().verb == "approved"
    else:
        deciding.put_back(row, user=boss)
        newest = PriceChange.objects.first()
        assert newest is not None
        assert (newest.verb, newest.new) == ("reverted", Decimal("10.00"))


def in_euros(settings: Any) -> None:
    own = settings.SHOP_PERSONALIZE
    catalog = {**own["CATALOG"], "currency": "=EUR"}
    settings.SHOP_PERSONALIZE = {**own, "CATALOG": catalog}


@pytest.mark.parametrize("origin", ["learned", "markdown"])
def test_a_price_in_another_currency_is_another_price(
    boss: Any, settings: Any, origin: str
) -> None:
    item = product()
    row = suggested(item, origin=origin)
    in_euros(settings)
    with pytest.raises(RefusedError, match="is priced in EUR by now, not in GBP"):
        deciding.approve(row, user=boss)
    item.refresh_from_db()
    assert item.price == Decimal("10.00")


def test_an_applied_price_is_not_put_back_in_another_currency(
    boss: Any, settings: Any
) -> None:
    item = product()
    row = deciding.approve(suggested(item), user=boss)
    in_euros(settings)
    with pytest.raises(RefusedError, match="is priced in EUR by now, not in GBP"):
        deciding.put_back(row, user=boss)
    item.refresh_from_db()
    assert item.price == Decimal("9.50")


def test_a_price_is_not_rounded_to_what_the_field_can_keep(
    boss: Any, settings: Any
) -> None:
    item = product()
    own = settings.SHOP_PERSONALIZE
    settings.SHOP_PERSONALIZE = {**own, "PRICING": {"apply": "field"}}
    row = suggested(item, price="9.505")
    with pytest.raises(RefusedError, match="its field keeps 2 decimals"):
        deciding.approve(row, user=boss)
    item.refresh_from_db()
    assert item.price == Decimal("10.00")
    assert not PriceChange.objects.exists()

"""A product's workbench shows of each thing what its reader may see."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from shop_personalize.pricing.models import CompetitorPrice, PriceChange
from tests.pricing.addresses import url
from tests.pricing.builders import known, product, suggested

pytestmark = pytest.mark.django_db
SHOWN = {
    "view_pricesuggestion": "£9.37",
    "view_pricechange": "dearer by hand",
    "view_competitorprice": "Rival &amp; Sons",
}


def shown(staff: Any, *rights: str) -> set[str]:
    item = product()
    known(item)
    suggested(item, price="9.37")
    PriceChange.objects.create(
        item_id=str(item.pk),
        old=12,
        new=11,
        verb="approved",
        why="dearer by hand",
        at=timezone.now(),
    )
    CompetitorPrice.objects.create(
        item_id=str(item.pk), competitor="Rival & Sons", price=10, currency="GBP"
    )
    page = staff("view_priceditem", *rights).get(url("workbench", item.pk))
    assert page.status_code == 200
    return {right for right, text in SHOWN.items() if text in page.content.decode()}


@pytest.mark.parametrize("right", SHOWN)
def test_each_right_shows_its_own(staff: Any, right: str) -> None:
    assert shown(staff, right) == {right}


def test_who_may_see_products_alone_sees_their_figures(staff: Any) -> None:
    assert shown(staff) == set()


def test_who_may_see_all_sees_all(staff: Any) -> None:
    assert shown(staff, *SHOWN) == set(SHOWN)

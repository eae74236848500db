"""The workbench of a product: what other prices would bring, and how sure that is."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from shop_personalize.pricing.models import CompetitorPrice, Elasticity, PriceWeek
from shop_personalize.pricing.services import learning, suggesting
from tests.pricing.addresses import url
from tests.pricing.builders import answering, known, learned, product, sold
from tests.projects.gifts.models import Product
from tests.reading import text, title

pytestmark = pytest.mark.django_db


def test_the_workbench_says_what_other_prices_bring(admin: Client) -> None:
    item = learned()
    page = text(admin, url("workbench", item.pk))
    assert title(page).startswith(
        "£9.00 instead of £10.00 would earn £6.91 a week more ("
    )
    assert "About 23 % more are sold" in page
    assert "<strong>10 % cheaper sells about 23 % more (" in page
    assert "cost £4.00, margin 60 %" in page
    assert page.count('<figure class="sp-figure">') == 3
    assert page.count('class="sp-allowed"') == 3
    assert page.count('class="sp-seen"') == 40
    assert "at most 10 % from today&#x27;s price" in page
    assert "<script>" not in page


def test_a_price_is_tried_without_changing_anything(admin: Client) -> None:
    item = learned()
    page = text(admin, url("workbench", item.pk) + "?price=8.00")
    assert '<th scope="row">tried' in page
    assert "✖ at most 10 % from today&#x27;s price" in page
    assert "62.5 (+22.5, " in page
    assert re.search(r"£250 \(\+£(9\.9\d|10(\.00)?), ", page)
    assert Product.objects.get().price == 10
    page = text(admin, url("workbench", item.pk) + "?price=abc")
    assert "Enter a number." in page


def test_without_a_cost_the_workbench_shows_no_profit(admin: Client) -> None:
    item = learned(cost=None)
    page = text(admin, url("workbench", item.pk))
    assert "The catalog tells no cost above 0" in page
    assert "cost not known" in page
    assert page.count('<figure class="sp-figure">') == 2
    assert "Profit a week" not in page


@pytest.mark.parametrize(
    ("weeks", "told"),
    [
        (0, "It was never sold, so nothing tells how demand answers its price."),
        (3, "It was sold in too few weeks to say which price is best."),
    ],
)
def test_what_is_not_known_is_said(admin: Client, weeks: int, told: str) -> None:
    item = product()
    other = product("Other")
    answering(other, -2.0)
    sold(item, [10.0] * weeks, [5] * weeks)
    suggesting.suggest(learning.learn())
    page = text(admin, url("workbench", item.pk))
    assert told in page
    assert told in text(admin, url("priceditem_changelist"))


def test_the_workbench_tells_of_a_price_nobody_paid_lately(admin: Client) -> None:
    item = product(price="10.00", cost=4.0)
    answering(item, -2.0)
    Product.objects.update(price="12.50")
    suggesting.suggest(learning.learn())
    page = text(admin, url("workbench", item.pk))
    assert "the 40 units a week count as 25.6 at today&#x27;s price." in page


def test_the_workbench_tells_of_an_answer_nobody_is_sure_of(admin: Client) -> None:
    item = product()
    known(item, value=-0.1)
    page = text(admin, url("workbench", item.pk))
    assert "It is not even sure that cheaper sells more of it" in page
    assert "<strong>10 % cheaper sells about 1.1 % more (−2.3 % to 4.5 %)" in page


def test_an_unknown_product_is_no_error(admin: Client) -> None:
    page = text(admin, url("workbench", "no-such-thing"))
    assert "Nothing is known of this product yet" in page
    assert text(admin, url("workbench", "a/b"))


def test_the_workbench_tells_of_discounts_within_weeks(admin: Client) -> None:
    item = product()
    known(item)
    sold(item, [10.0, 10.1] * 5, [40] * 10)
    assert "discounts for large orders" not in text(admin, url("workbench", item.pk))
    PriceWeek.objects.update(low=6)
    assert "discounts for large orders" in text(admin, url("workbench", item.pk))


def test_the_workbench_tells_of_neighbors_and_competitors(admin: Client) -> None:
    item, other = product(), product("Doormat")
    known(item)
    cross = [{"key": str(other.pk), "value": 1.0, "error": 0.2}]
    Elasticity.objects.update(cross=cross)
    CompetitorPrice.objects.create(
        item_id=str(item.pk), competitor="Rival", price=Decimal("9.80"), currency="GBP"
    )
    page = text(admin, url("workbench", item.pk))
    assert "When “Doormat” is 10 % dearer: +10 % sold (+7.3 % to +13 %)" in page
    assert "Rival" in page
    assert "£9.80" in page


def test_the_workbench_reads_few_queries(
    admin: Client, django_assert_num_queries: Any
) -> None:
    item = learned()
    text(admin, url("workbench", item.pk))
    with django_assert_num_queries(14):
        text(admin, url("workbench", item.pk))

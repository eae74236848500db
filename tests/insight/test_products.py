"""What sells, what is passed by, what deserves more eyes; baskets and pairs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shop_personalize.insight.admin import products as page
from shop_personalize.insight.models import ItemDay, ItemSale
from shop_personalize.insight.selectors import baskets, products
from shop_personalize.insight.selectors.baskets import Pair
from shop_personalize.insight.selectors.period import Period
from shop_personalize.insight.selectors.wilson import wilson
from tests.insight.conftest import LAST, MONTH, WEEK, buy, count, happen
from tests.projects.gifts.models import Category, Product

pytestmark = pytest.mark.django_db


def test_wilson_bounds_as_published() -> None:
    # Newcombe 1998, table I: 81 of 263 and 15 of 148.
    assert [round(end, 4) for end in wilson(81, 263)] == [0.2553, 0.3662]
    assert [round(end, 4) for end in wilson(15, 148)] == [0.0624, 0.1605]
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 20)[0] == 0.0
    assert wilson(20, 20)[1] == 1.0


def sums(item: str, views: int, orders: int, revenue: int = 0) -> None:
    ItemDay.objects.create(item_id=item, day=LAST, views=views)
    if orders:
        ItemSale.objects.create(
            item_id=item, day=LAST, orders=orders, units=orders, revenue=revenue
        )


def test_revenue_beside_the_period_before_by_product_and_category() -> None:
    mugs = Category.objects.create(name="Mugs")
    mug = Product.objects.create(name="Mug", price=10, category=mugs)
    bag = Product.objects.create(name="Bag", price=10)
    buy("ann", "A", mug.pk, bag.pk)
    buy("bob", "B", mug.pk, days_ago=6, value=Decimal(30))
    buy("bob", "C", mug.pk, days_ago=7)
    buy("eve", "D", bag.pk, currency="EUR", value=Decimal(7))
    happen("ann", "refund", bag.pk, order_id="A", value=Decimal(4), currency="GBP")
    happen("ann", "view", bag.pk)
    count()
    answer = products.measure(WEEK)
    assert (answer.currency, answer.others) == ("GBP", (("EUR", Decimal(7)),))
    assert (answer.revenue, answer.before) == (46, 10)
    assert (answer.sold, answer.catalog) == (2, 2)
    first, second = answer.top
    assert (first.item_id, first.orders, first.revenue) == (str(mug.pk), 2, 40)
    assert first.trend == (30.0, 0.0, 0.0, 0.0, 0.0, 0.0, 10.0)
    # Two orders, one in euros; less what came back; one view says nothing of either.
    assert (second.orders, second.revenue, second.rate) == (2, 6, None)
    named = [(g.name, g.products, g.revenue, g.before) for g in answer.categories]
    assert named == [("Mugs", 1, 40, 10), ("", 1, 6, 0)]
    assert page.headline(answer, WEEK) == (
        "2 products brought £46 in 7 days, 360 % more than before"
    )


def test_passed_by_and_hidden_gems_are_told_when_it_is_sure() -> None:
    sums("usual", 1000, 100, 900)
    sums("passed", 500, 5)
    sums("gem", 60, 30)
    sums("chance", 29, 29)
    sums("elsewhere", 40, 50)
    answer = products.measure(WEEK)
    # What is sold where nobody looks is left out: 164 orders of 1,589 views.
    assert answer.rate == 164 / 1589
    assert [one.item_id for one in answer.passed_by] == ["passed"]
    assert [one.item_id for one in answer.gems] == ["gem"]
    passed = answer.passed_by[0]
    assert (passed.low, passed.high) == wilson(5, 500)
    step = page.show(answer, WEEK).step
    assert step is not None
    assert step.text.startswith("Look at “passed”: seen 500 times, ordered 5 times.")


def test_a_period_in_parts_of_whole_days() -> None:
    parts = Period(28, LAST).parts(12)
    assert sum(part.days for part in parts) == 28
    assert (parts[0].first, parts[-1].until) == (MONTH.first, LAST)
    days = [day for part in parts for day in part.all_days()]
    assert days == list(MONTH.all_days())


def test_sizes_values_and_pairs_of_orders() -> None:
    for n in range(10):
        buy(f"p{n}", f"pair{n}", "mug", "plate")
    for n in range(9):
        buy(f"p{n}", f"few{n}", "mug", "bowl")
    buy("ann", "big", *range(12))
    buy("ann", "dear", "lamp", value=Decimal(200))
    buy("ann", "old", "lamp", days_ago=7, value=Decimal(5))
    buy("ann", "euro", "lamp", currency="EUR")
    count()
    answer = baskets.measure(WEEK)
    assert (answer.orders, answer.before, answer.single) == (21, 1, 1)
    assert answer.sizes == (1, 19, 0, 0, 0, 0, 0, 0, 0, 1)
    assert answer.size_values == (200.0, 20.0, *[None] * 7, 120.0)
    assert (answer.value, answer.value_before, answer.middle) == (33.33, 5.0, 20.0)
    assert answer.looked_at == 22
    assert answer.steps[1] == 20.0
    assert answer.values == (0, 19, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0)
    # Ten orders of 22 hold both; 19 hold the mug, 10 the plate.
    assert answer.pairs == (Pair("mug", "plate", 10, round(10 * 22 / 190, 2)),)


def test_no_order_no_basket() -> None:
    answer = baskets.measure(WEEK)
    assert (answer.orders, answer.value, answer.values) == (0, None, ())

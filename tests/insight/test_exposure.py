"""How evenly the range is shown, and who gets to be seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop_personalize.insight.admin import coverage as coverage_page
from shop_personalize.insight.admin import fairness as fairness_page
from shop_personalize.insight.selectors import coverage, fairness
from shop_personalize.insight.selectors.shares import gini, lorenz, parts, top_share
from tests.insight.conftest import LAST, WEEK, buy, count, see
from tests.projects.gifts.models import Category, Product

AMOUNTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=60)


@given(AMOUNTS)
def test_gini_lies_between_alike_and_all_for_one(amounts: list[int]) -> None:
    found = gini(amounts)
    assert -1e-12 <= found <= 1 - 1 / len(amounts) + 1e-12
    assert gini([3 * each for each in amounts]) == pytest.approx(found)
    assert gini(amounts[::-1]) == found


@given(AMOUNTS)
def test_gini_is_the_mean_difference(amounts: list[int]) -> None:
    own = np.array(amounts, float)
    if own.sum():
        differences = np.abs(own[:, None] - own[None, :]).mean()
        assert gini(amounts) == pytest.approx(differences / (2 * own.mean()))


@given(AMOUNTS, st.integers(1, 60))
def test_shares_add_up(amounts: list[int], first: int) -> None:
    assert sum(parts(amounts)) == pytest.approx(1.0 if sum(amounts) else 0.0)
    assert top_share(amounts, first) <= top_share(amounts, first + 1) + 1e-12
    assert top_share(amounts, len(amounts)) == (1.0 if sum(amounts) else 0.0)


@given(AMOUNTS)
def test_the_curve_runs_below_the_diagonal(amounts: list[int]) -> None:
    curve = lorenz(amounts, 10)
    if not sum(amounts):
        assert curve == ()
        return
    assert (curve[0], curve[-1]) == (0.0, 1.0)
    assert list(curve) == sorted(curve)
    assert all(share <= k / 10 + 1e-6 for k, share in enumerate(curve))


def test_shares_of_four() -> None:
    assert gini([1, 1, 1, 1]) == 0.0
    assert gini([0, 0, 0, 8]) == 0.75
    assert top_share([5, 1, 2, 2], 1) == 0.5
    assert lorenz([0, 0, 0, 8], 4) == (0.0, 0.0, 0.0, 0.0, 1.0)


@pytest.fixture
def range_of_four(db: None) -> list[Product]:
    """Two mugs, of which one is new, and two bags, of which one is sold out."""
    names = (("Mug", 10), ("New mug", 400), ("Bag", 400), ("Sold bag", 400))
    mugs, bags = (Category.objects.create(name=name) for name in ("Mugs", "Bags"))
    made = []
    for (name, age), category in zip(names, (mugs, mugs, bags, bags), strict=True):
        product = Product.objects.create(
            name=name, price=1, category=category, stock=0 if "Sold" in name else 5
        )
        created = datetime(LAST.year, LAST.month, LAST.day, tzinfo=UTC)
        created -= timedelta(days=10 if name == "New mug" else age + 90)
        Product.objects.filter(pk=product.pk).update(created=created)
        made.append(product)
    return made


def test_what_part_of_the_range_is_seen(range_of_four: list[Product]) -> None:
    mug, _new, bag, sold = range_of_four
    for n in range(6):
        see(f"p{n}", mug.pk, 1, click=n < 3)
    see("ann", sold.pk, 2)
    see("ann", mug.pk, 1, days_ago=7)
    see("ann", bag.pk, 1, days_ago=8)
    buy("ann", "A", bag.pk, mug.pk)
    count()
    answer = coverage.measure(WEEK)
    assert (answer.catalog, answer.never, answer.share) == (3, 2, 1 / 3)
    assert (answer.items, answer.items_before, answer.seen) == (2, 2, 7)
    assert (answer.gini, answer.gini_before) == (gini([6, 0, 0]), gini([1, 1, 0]))
    assert (answer.sales_gini, answer.top_share) == (gini([1, 1, 0]), 1.0)
    most = answer.most[0]
    assert (most.item_id, most.seen, most.clicked, most.orders) == (
        str(mug.pk),
        6,
        3,
        1,
    )
    assert coverage_page.headline(answer, WEEK) == (
        "Recommendations show 33 % of the range; the 10 most shown products have "
        "100 % of it"
    )
    step = coverage_page.show(answer, WEEK).step
    assert step is not None
    assert step.text.startswith("Recommendations are more uneven than sales")


def test_shares_of_what_is_seen_by_place(range_of_four: list[Product]) -> None:
    mug, new, bag, sold = range_of_four
    see("ann", mug.pk, 1, click=True)
    see("ann", new.pk, 3)
    see("ann", bag.pk, 3)
    see("ann", sold.pk, 1)
    see("ann", new.pk, 1, days_ago=9)
    buy("ann", "A", mug.pk)
    buy("bob", "B", bag.pk)
    count()
    answer = fairness.measure(WEEK)
    # In the first place 1, in the third ½; what is sold out is no part of the range.
    ages = {one.name: one for one in answer.age}
    assert (ages["new"].products, ages["new"].catalog, ages["new"].seen) == (
        1,
        1 / 3,
        0.25,
    )
    assert (ages["old"].seen, ages["old"].sales, ages["old"].clicks) == (0.75, 1.0, 0.5)
    assert ages["new"].ratio == 0.75
    assert answer.age_before == 1.0
    groups = [(one.name, one.catalog, one.seen, one.sales) for one in answer.categories]
    assert groups == [("Mugs", 2 / 3, 0.75, 0.5), ("Bags", 1 / 3, 0.25, 0.5)]
    assert answer.brands == ()
    assert fairness_page.headline(answer, WEEK) == (
        "New products are 33 % of the range and 25 % of what is seen"
    )


def test_many_groups_end_in_one_of_all_others(db: None) -> None:
    for k in range(14):
        category = Category.objects.create(name=f"Room {k:02}")
        Product.objects.create(name=str(k), price=1, category=category)
    see("ann", Product.objects.first().pk, 1)
    count()
    answer = fairness.measure(WEEK)
    assert len(answer.categories) == fairness.GROUPS
    others = answer.categories[-1]
    assert (others.name, others.products) == (fairness.OTHERS, 3)


def test_nothing_seen_is_said_with_what_to_do(db: None) -> None:
    for page, measure in (
        (coverage_page, coverage.measure),
        (fairness_page, fairness.measure),
    ):
        missing = page.show(measure(WEEK), WEEK).missing
        assert missing is not None
        assert "{% recommendations %}" in missing.command

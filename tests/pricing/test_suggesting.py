"""From weeks to elasticities to suggestions, and why there are none."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from shop_personalize.pricing import stories
from shop_personalize.pricing.models import (
    Elasticity,
    PricedItem,
    PriceRule,
    PriceSuggestion,
    PriceWeek,
)
from shop_personalize.pricing.services import learning, renewal, suggesting
from tests.pricing.builders import COSTS, answering, changed, product, sold, suggested

pytestmark = pytest.mark.django_db


def renew() -> list[PriceSuggestion]:
    return suggesting.suggest(learning.learn())


def problem(item: Any) -> tuple[str, str]:
    row = PricedItem.objects.get(item_id=str(item.pk))
    return row.problem, stories.problem(row)


def test_an_elasticity_is_learned_from_how_units_answer_prices() -> None:
    item = product()
    answering(item, -2.0)
    renew()
    row = Elasticity.objects.get(kind="item", key=str(item.pk))
    assert row.value == pytest.approx(-2.0, abs=1e-3)
    assert row.low <= row.value <= row.high
    assert (row.source, row.note, row.weeks, row.prices) == ("own", "", 40, 5)


def test_a_product_that_says_nothing_itself_speaks_for_its_category() -> None:
    for at in range(4):
        answering(product(f"Stand {at}"), -2.0, seed=at)
    still = product("Always the same price")
    sold(still, [10.0] * 20, [30, 31] * 10)
    renew()
    row = Elasticity.objects.get(kind="item", key=str(still.pk))
    assert (row.source, row.note) == ("category", "one_price")
    assert row.value == pytest.approx(-2.0, abs=1e-2)
    of_category = Elasticity.objects.get(kind="category")
    assert (of_category.key, of_category.prices) == ("Cake", 4)
    assert Elasticity.objects.filter(kind="shop").count() == 1


def test_what_is_learned_replaces_what_was_known() -> None:
    item = product()
    answering(item, -2.0)
    renew()
    renew()
    assert Elasticity.objects.filter(kind="item").count() == 1
    assert PricedItem.objects.count() == 1
    assert PriceSuggestion.objects.count() == 1


def test_the_best_price_is_suggested_with_what_it_brings() -> None:
    """At -2 the best price is twice the cost: 8.00; a step allows 9.00."""
    item = product(price="10.00", cost=4.0)
    answering(item, -2.0)
    (row,) = renew()
    assert (row.price_now, row.suggested, row.aim) == (10, 9, "profit")
    assert row.units == pytest.approx(40)
    assert row.units_change == pytest.approx(40 * (0.9**-2 - 1), abs=0.05)
    assert row.profit_change == pytest.approx(40 * 0.9**-2 * 5 - 240, abs=0.2)
    assert row.revenue_change == pytest.approx(40 * 0.9**-2 * 9 - 400, abs=0.2)
    assert row.gain == row.profit_change
    assert row.units_low <= row.units_change <= row.units_high
    assert row.bounds == [{"limit": "step", "rule": "", "value": 0.1}]
    assert stories.held_by(row) == ["largest step (the shop's setting)"]
    assert stories.headline(row).startswith(
        "£9.00 instead of £10.00 would earn £6.91 a week more ("
    )


def test_rules_bound_what_is_suggested_and_are_named() -> None:
    item = product(price="10.00", cost=4.0)
    answering(item, -2.0)
    PriceRule.objects.create(name="Not below", least=Decimal("8.50"), step=30)
    PriceRule.objects.create(name="Pretty", scope="category", key="cake", ending=".99")
    (row,) = renew()
    assert row.suggested == Decimal("8.99")
    assert stories.held_by(row) == [
        "not cheaper (rule “Not below”)",
        "ending of prices (rule “Pretty”)",
    ]


def test_rules_that_exclude_each_other_are_told_with_their_distance() -> None:
    item = product(price="10.00", cost=4.0)
    answering(item, -2.0)
    PriceRule.objects.create(name="Margin", margin=70)
    assert renew() == []
    assert problem(item) == (
        "rules",
        "“margin of at least” asks for £13.33 or more, “change of at most” for £11.00 "
        "or less: they are £2.33 apart.",
    )


def test_no_price_within_the_limits_that_ends_as_it_must() -> None:
    item = product(price="10.50", cost=4.0)
    answering(item, -2.0)
    PriceRule.objects.create(name="Pretty", ending=".99", step=0.5)
    assert renew() == []
    assert problem(item) == (
        "rules",
        "No price between £10.45 (change of at most) and £10.55 (change of at most) "
        "ends as prices must; the nearest is £0.44 outside.",
    )


@pytest.mark.parametrize("cost", [None, 0.0])
def test_without_a_cost_nothing_is_said_of_profit(cost: float | None) -> None:
    item = product(cost=cost)
    answering(item, -2.0)
    assert renew() == []
    code, told = problem(item)
    assert code == "no_cost"
    assert told.startswith("The catalog tells no cost above 0")


def test_without_a_cost_revenue_can_be_aimed_at() -> None:
    item = product(cost=None)
    answering(item, -2.0)
    PriceRule.objects.create(name="Revenue", aim="revenue")
    (row,) = renew()
    assert (row.suggested, row.aim, row.cost) == (9, "revenue", None)
    assert (row.profit_change, row.profit_low, row.profit_high) == (None, None, None)
    assert row.gain == row.revenue_change > 0


def test_a_price_that_nothing_holds_is_no_suggestion(pricing: Any) -> None:
    """By -2 every fall sells for more; a rule must say where it ends."""
    item = product(cost=None)
    answering(item, -2.0)
    pricing(step=1.0, aim="revenue")
    assert renew() == []
    assert problem(item) == (
        "no_answer",
        "By what is known a price could move without end; a rule must say how far.",
    )
    PriceRule.objects.create(name="Least", least=Decimal(7))
    assert [row.suggested for row in renew()] == [7]


def test_bad_histories_are_told_at_the_product() -> None:
    never = product("Never sold")
    three = product("Three weeks")
    sold(three, [9, 10, 11], [4, 5, 6])
    old = product("Not any more")
    sold(old, [9, 10] * 10, [4, 5] * 10, until=20)
    euros = product("In euros")
    sold(euros, [9, 10] * 10, [4, 5] * 10, currency="EUR")
    gift = product("A gift", price="0.00")
    assert renew() == []
    told = {item.name: problem(item)[0] for item in (never, three, old, euros, gift)}
    assert told == {
        "Never sold": "no_sales",
        "Three weeks": "few_weeks",
        "Not any more": "no_demand",
        "In euros": "currency",
        "A gift": "no_price",
    }
    assert all(problem(item)[1] for item in (never, three, old, euros, gift))


def test_weeks_of_returns_alone_suggest_nothing() -> None:
    item = product()
    sold(item, [9, 10] * 10, [4, 5] * 10)
    PriceWeek.objects.update(returned=Decimal(50))
    assert renew() == []
    assert problem(item)[0] == "no_demand"


def test_a_shop_that_never_sold_anything_is_no_error() -> None:
    product()
    assert renew() == []
    assert not Elasticity.objects.exists()


def test_the_best_price_is_left_alone() -> None:
    item = product(price="8.00", cost=4.0)
    answering(item, -2.0)
    assert renew() == []
    assert problem(item) == ("best", "Today's price is the best one the rules allow.")


def test_too_small_a_gain_is_no_suggestion(pricing: Any) -> None:
    item = product(price="8.60", cost=4.0)
    answering(item, -2.0)
    pricing(least_gain=0.02)
    assert renew() == []
    pricing(least_gain=0.0)
    assert [row.suggested for row in renew()] == [Decimal("8.00")]


def test_what_was_just_decided_is_left_in_peace(pricing: Any) -> None:
    item = product(price="10.00", cost=4.0)
    answering(item, -2.0)
    now = timezone.now()
    suggested(item, state="dismissed", decided_at=now - timedelta(days=27))
    assert renew() == []
    assert problem(item)[0] == "recent"
    pricing(quiet_days=26)
    assert len(renew()) == 1


def test_not_more_often_than_a_rule_says() -> None:
    item = product(price="10.00", cost=4.0)
    answering(item, -2.0)
    PriceRule.objects.create(name="Seldom", days=90)
    changed(item, days_ago=80)
    assert renew() == []
    assert problem(item)[0] == "recent"


def test_what_is_open_is_brought_up_to_date_and_expires_with_its_reason() -> None:
    item = product(price="10.00", cost=4.0)
    answering(item, -2.0)
    (first,) = renew()
    item.price = Decimal("9.60")
    item.save()
    (second,) = renew()
    assert second.pk == first.pk
    row = PriceSuggestion.objects.get()
    assert (row.price_now, row.suggested) == (Decimal("9.60"), Decimal("8.64"))
    COSTS[str(item.pk)] = 4.8
    assert renew() == []
    assert PriceSuggestion.objects.get().state == "expired"


def test_demand_is_carried_to_a_price_nobody_paid_lately() -> None:
    item = product(price="10.00", cost=4.0)
    answering(item, -2.0)
    item.price = Decimal("12.50")
    item.save()
    renew()
    row = PricedItem.objects.get()
    assert (row.units, row.paid) == (40, 10)
    assert row.units_now == pytest.approx(40 * 1.25**-2, rel=1e-3)


def test_a_competitor_holds_a_price_down() -> None:
    from shop_personalize.pricing.models import CompetitorPrice

    item = product(price="6.00", cost=4.0)
    answering(item, -2.0)
    (row,) = renew()
    assert row.suggested == Decimal("6.60")
    PriceRule.objects.create(name="Beside them", above=5)
    CompetitorPrice.objects.create(
        item_id=str(item.pk), competitor="Rival", price=6, currency="GBP"
    )
    (row,) = renew()
    assert row.suggested == Decimal("6.30")
    assert stories.held_by(row) == [
        "not further above competitors (rule “Beside them”)"
    ]


def test_a_dry_run_writes_nothing() -> None:
    item = product(price="10.00", cost=4.0)
    answering(item, -2.0)
    done = renewal.renew(dry_run=True)
    assert [row.suggested for row in done.suggestions] == [9]
    assert not PriceSuggestion.objects.exists()
    assert not PricedItem.objects.exists()
    assert not Elasticity.objects.exists()


def test_what_nobody_decided_expires() -> None:
    old, young = product("Old"), product("Young")
    suggested(old, made_at=timezone.now() - timedelta(days=15))
    suggested(young)
    assert renewal.expire() == 1
    assert PriceSuggestion.objects.get(state="expired").title == "Old"


def test_learning_takes_as_many_queries_for_many_products_as_for_few(
    django_assert_max_num_queries: Any,
) -> None:
    for at in range(60):
        answering(product(f"Stand {at}", cost=3.0 + at / 20), -2.0, seed=at, weeks=20)
    with django_assert_max_num_queries(40):
        assert len(renew()) > 30
    with django_assert_max_num_queries(40):
        renew()

"""Which limits hold for a product, and what they allow."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from shop_personalize.catalog.types import Money
from shop_personalize.ml.optimize.prices import Demand, best_prices
from shop_personalize.pricing import words
from shop_personalize.pricing.models import CompetitorPrice, PriceChange, PriceRule
from shop_personalize.pricing.selectors import catalog, competitors
from shop_personalize.pricing.selectors.judging import (
    Bound,
    Standing,
    bounds,
    broken_by,
)
from shop_personalize.pricing.selectors.rules import Limits, RuleBook
from shop_personalize.pricing.services import suggesting
from shop_personalize.pricing.services.cases import Case
from tests.pricing.builders import changed, product

pytestmark = pytest.mark.django_db


def rule(name: str = "A rule", scope: str = "all", key: str = "", **given: Any) -> Any:
    return PriceRule.objects.create(name=name, scope=scope, key=key, **given)


def limits(**given: str) -> Limits:
    asked = {"item_id": "7", "category": "Cake", "brand": "Acme", **given}
    return RuleBook().limits(**asked)


def test_without_rules_the_settings_hold() -> None:
    assert limits() == Limits(aim="profit", step=0.1)


def test_the_narrowest_rule_that_sets_a_limit_gives_it() -> None:
    everywhere = rule("all", margin=20, step=5, least=Decimal(1))
    of_category = rule("category", "category", "cake ", margin=30, aim="revenue")
    of_brand = rule("brand", "brand", "ACME", margin=40)
    of_product = rule("product", "product", "7", margin=50)
    found = limits()
    assert (found.margin, found.step, found.least, found.aim) == (
        0.5,
        0.05,
        1,
        "revenue",
    )
    assert found.rules == {
        "margin": of_product,
        "step": everywhere,
        "least": everywhere,
        "aim": of_category,
    }
    of_product.delete()
    assert limits().rules["margin"] == of_brand
    assert limits(brand="Other").rules["margin"] == of_category
    assert limits(brand="", category="").rules["margin"] == everywhere


def test_of_equals_the_lower_position_wins_and_what_is_switched_off_is_not() -> None:
    rule("second", margin=20, position=2)
    first = rule("first", margin=30, position=1)
    rule("off", margin=40, position=0, is_active=False)
    assert limits().rules["margin"] == first


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"scope": "all", "key": "Cake"}, "key"),
        ({"scope": "brand", "key": " "}, "key"),
        ({"least": Decimal(5), "most": Decimal(4)}, "most"),
        ({"margin": 100}, "margin"),
        ({"step": 0}, "step"),
    ],
)
def test_a_rule_that_cannot_be_is_not_saved(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as problem:
        PriceRule(name="Wrong", **wrong).full_clean()
    assert set(problem.value.message_dict) == {field}


def test_each_limit_says_what_it_asks() -> None:
    own = rule("Ours", margin=60, least=Decimal(2), ending=".99", below=10, above=0)
    found = bounds(limits(), Standing(now=10, cost=4, theirs=11))
    told = {each.limit: words.limit(each, "GBP") for each in found}
    assert told == {
        "least": "at least £2.00",
        "step": "at most 10 % from today's price",
        "ending": "ends in .99",
        "margin": "a margin of at least 60 %: £10.00 or more",
        "below": "at most 10 % below the cheapest competitor (£11.00)",
        "above": "at most 0 % above the cheapest competitor (£11.00)",
    }
    assert {each.limit: each.rule for each in found} == {
        **dict.fromkeys(told, own),
        "step": None,
    }


@pytest.mark.parametrize(
    ("price", "broken"),
    [
        (10.99, []),
        (11.0, ["ending"]),
        (11.99, ["step", "above"]),
        (9.99, ["margin"]),
        (8.99, ["step", "margin", "below"]),
    ],
)
def test_a_price_is_held_against_all_limits(price: float, broken: list[str]) -> None:
    rule(margin=60, ending=".99", below=10, above=0)
    found = bounds(limits(), Standing(now=10, cost=4, theirs=11))
    assert [each.limit for each in found if not each.allows(price)] == broken


def test_a_margin_without_a_cost_allows_nothing() -> None:
    rule(margin=20)
    (bound,) = [
        each for each in bounds(limits(), Standing(now=10)) if each.limit == "margin"
    ]
    assert not bound.allows(1e9)
    told = "a margin of at least 20 %, and the cost is not known"
    assert words.limit(bound, "GBP") == told


def test_competitors_of_whom_nothing_is_known_limit_nothing() -> None:
    rule(below=10, above=10)
    found = bounds(limits(), Standing(now=10, cost=4))
    assert [each.limit for each in found] == ["step"]


@given(
    price=st.integers(1, 10**6).map(lambda cents: cents / 100),
    ending=st.sampled_from([0.0, 0.9, 0.95, 0.99]),
)
def test_an_ending_is_kept_by_exactly_the_prices_that_have_it(
    price: float, ending: float
) -> None:
    is_kept = round(price * 100) % 100 == round(ending * 100)
    assert Bound(limit="ending", ending=ending).allows(price) == is_kept


def test_a_price_that_changed_lately_stays() -> None:
    rule(days=30)
    item = product()
    known = catalog.product(str(item.pk))
    assert known is not None
    assert broken_by(known, 10.5) == []
    changed(item, days_ago=29)
    (bound,) = broken_by(known, 10.5)
    assert (bound.limit, bound.value) == ("days", 30)
    assert broken_by(known, 10.5, leaving_out=("days",)) == []
    PriceChange.objects.update(at=timezone.now() - timedelta(days=31))
    assert broken_by(known, 10.5) == []


def seen(price: str, days_ago: int = 0, who: str = "Rival", code: str = "GBP") -> None:
    CompetitorPrice.objects.create(
        item_id="7",
        competitor=who,
        price=Decimal(price),
        currency=code,
        seen_at=timezone.now() - timedelta(days=days_ago),
    )


def test_of_each_competitor_the_latest_price_counts_while_it_is_young() -> None:
    seen("5.00", 10)
    seen("9.00", 1)
    seen("1.00", 31)
    seen("8.00", 2, who="Another")
    seen("2.00", 2, code="EUR")
    assert competitors.cheapest() == {("7", "GBP"): 8, ("7", "EUR"): 2}
    assert competitors.cheapest(["8"]) == {}
    found = [(row.competitor, row.price) for row in competitors.current(["7"])]
    assert found == [("Rival", 2), ("Another", 8), ("Rival", 9)]


def maybe(values: Any) -> Any:
    return st.none() | values


@st.composite
def asked(draw: Any) -> tuple[Limits, Standing]:
    """Limits as rules may set them, and a product they are for."""
    share = st.floats(0.0, 0.9).map(lambda value: round(value, 3))
    money = st.integers(50, 5000).map(lambda cents: cents / 100)
    found = Limits(
        aim="profit",
        margin=draw(maybe(share)),
        least=draw(maybe(money)),
        most=draw(maybe(money)),
        step=draw(st.floats(0.01, 1.0).map(lambda value: round(value, 3))),
        ending=draw(st.sampled_from(["", ".99", ".95", ".90", ".00"])),
        below=draw(maybe(share)),
        above=draw(maybe(share)),
    )
    at = Standing(now=draw(money), cost=draw(money), theirs=draw(maybe(money)))
    return found, at


@given(given=asked(), elasticity=st.floats(-6.0, -0.2))
def test_what_is_suggested_is_always_allowed(
    given: tuple[Limits, Standing], elasticity: float
) -> None:
    """Who suggests and who judges at approval agree on every rule."""
    found, at = given
    item = catalog.Product(
        id="7",
        title="",
        category="",
        brand="",
        price=Money(Decimal(str(at.now)), "GBP"),
        cost=Decimal(str(at.cost)),
        stock=None,
    )
    theirs = float("nan") if at.theirs is None else at.theirs
    case = Case(at=0, product=item, limits=found, now=at.now, units=10.0, theirs=theirs)
    best = best_prices(
        Demand(
            price=np.array([at.now]),
            units=np.array([10.0]),
            elasticity=np.array([elasticity]),
        ),
        cost=np.array([at.cost]),
        rules=suggesting.rules_of([case], found.ending, 0.01),
    )
    if best.problems[0] is None:
        price = float(best.price[0])
        assert [each for each in bounds(found, at) if not each.allows(price)] == []

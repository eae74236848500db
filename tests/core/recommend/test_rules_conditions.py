"""Conditions: each operator, what is not known, and errors that say what is right."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from shop_personalize.catalog.types import Facts, Money
from shop_personalize.recommend.plan import RuleConfig
from shop_personalize.recommend.rules.conditions import (
    OPERATORS,
    TABLE,
    checked,
    fields,
    in_words,
)
from shop_personalize.recommend.rules.fitting import (
    Page,
    RestsError,
    compiled,
    facts_for,
    in_band,
)
from tests.core.recommend.merchandise import SETTINGS

NOW = timezone.now()
PAGE = Page(NOW, "Wine", "Hill", Decimal(100))
WINE = Facts(
    price=Money(Decimal("80.00"), "EUR"),
    categories=("Wine", "Drinks"),
    brand="Hill",
    attributes={"color": ("red", "rosé")},
    stock=5,
    created=NOW - timedelta(days=10),
    cost=Decimal(60),
)


@pytest.fixture(autouse=True)
def _wines(settings: Any) -> None:
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, **SETTINGS}


def holds(name: str, op: str, value: Any = None, facts: Facts = WINE) -> bool:
    (condition,) = checked([{"field": name, "op": op, "value": value}])
    (test,) = compiled(RuleConfig(conditions=(condition,)), PAGE)
    return test(facts)


@pytest.mark.parametrize(
    ("name", "op", "yes", "no"),
    [
        ("category", "in", ["wine", "Beer"], ["Beer"]),
        ("category", "in", ["DRINKS"], ["Drink"]),
        ("category", "not_in", ["Beer"], ["Drinks"]),
        ("brand", "in", ["hill"], ["Dale"]),
        ("brand", "not_in", ["Dale"], ["Hill"]),
        ("attribute:color", "in", ["Rosé"], ["white"]),
        ("attribute:color", "not_in", ["white"], ["red"]),
        ("price", "lt", 80.01, 80),
        ("price", "lte", 80, 79.99),
        ("price", "gt", 79.99, 80),
        ("price", "gte", 80, 80.01),
        ("price", "between", [80, 90], [80.01, 90]),
        ("price_band", "within", 20, 19.9),
        ("price_band", "outside", 19.9, 20),
        ("stock", "lte", 5, 4),
        ("age_days", "gte", 10, 10.1),
        ("age_days", "between", [9, 11], [1, 9]),
        # 20 of 80.
        ("margin", "lte", 25, 24.9),
        ("margin", "gte", 25, 25.1),
    ],
)
def test_each_operator(name: str, op: str, yes: Any, no: Any) -> None:
    assert holds(name, op, yes)
    assert not holds(name, op, no)


def test_beside_the_pages_product() -> None:
    assert holds("category", "same")
    assert not holds("category", "other")
    assert holds("brand", "same")
    other = Facts(brand="Dale", categories=("Beer", "Drinks"))
    assert holds("category", "other", facts=other)
    assert holds("brand", "other", facts=other)


@pytest.mark.parametrize("name", ["price", "stock", "age_days", "margin"])
@pytest.mark.parametrize("op", ["lt", "lte", "gt", "gte", "between"])
def test_what_is_not_known_fulfils_no_comparison(name: str, op: str) -> None:
    value = [0, 10**9] if op == "between" else 5
    assert not holds(name, op, value, Facts())


def test_a_product_without_words_is_none_of_them() -> None:
    assert not holds("brand", "in", ["Hill"], Facts())
    assert holds("brand", "not_in", ["Hill"], Facts())
    assert holds("category", "other", facts=Facts())
    assert not holds("price_band", "within", 50, Facts())
    assert not holds("margin", "gt", 0, Facts(price=Money(Decimal(0), ""), cost=None))


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        ({"field": "category", "op": "same"}, "nothing to compare with"),
        ({"field": "brand", "op": "other"}, "nothing to compare with"),
        ({"field": "price_band", "op": "within", "value": 1}, "nothing to compare"),
        ({"field": "attribute:size", "op": "in", "value": ["L"]}, "does not say"),
        ({"field": "price", "op": "in", "value": ["L"]}, "not valid"),
        ({"field": "weight", "op": "lt", "value": 1}, "not valid"),
        ({"field": "price", "op": "between", "value": 3}, "not valid"),
        ({"field": "price", "op": "lt", "value": "a lot"}, "not valid"),
    ],
)
def test_a_rule_that_cannot_be_answered_rests(
    condition: dict[str, Any], why: str
) -> None:
    with pytest.raises(RestsError, match=why):
        compiled(RuleConfig(conditions=(condition,)), Page(NOW))


def test_what_the_catalog_must_tell() -> None:
    told = [
        {"field": "margin", "op": "gt", "value": 1},
        {"field": "age_days", "op": "gt", "value": 1},
        {"field": "attribute:color", "op": "in", "value": ["red"]},
        {"field": "?", "op": "in", "value": ["red"]},
    ]
    assert facts_for([RuleConfig(conditions=tuple(told))]) == {
        *("price", "cost", "created", "attribute:color")
    }
    assert facts_for([RuleConfig(items=("1",))]) == frozenset()


def test_conditions_in_their_one_form() -> None:
    assert checked(None) == checked("") == checked([]) == []
    assert checked(
        [
            {"field": "brand", "op": "in", "value": " Hill "},
            {"field": "price", "op": "between", "value": ("1", "2.50")},
            {"field": "margin", "op": "lt", "value": "-5"},
            {"field": "category", "op": "same", "value": "whatever"},
        ]
    ) == [
        {"field": "brand", "op": "in", "value": ["Hill"]},
        {"field": "price", "op": "between", "value": [1, 2.5]},
        {"field": "margin", "op": "lt", "value": -5},
        {"field": "category", "op": "same"},
    ]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("price < 3", "must be a list of"),
        ([3], "Condition 1: it must name a “field”"),
        ([{"field": "prize", "op": "lt"}], "no field “prize”; there are: category,"),
        ([{"field": "price", "op": "in"}], "has no operator “in”; it has: lt, lte,"),
        ([{"field": "brand", "op": "in", "value": []}], "needs a list of words"),
        ([{"field": "brand", "op": "in", "value": [None]}], "needs a list of words"),
        ([{"field": "price", "op": "lt", "value": "x"}], "needs a number, not 'x'"),
        ([{"field": "price", "op": "lt", "value": True}], "needs a number"),
        ([{"field": "stock", "op": "lt", "value": -1}], "not below zero"),
        ([{"field": "price", "op": "between", "value": [3]}], "needs two numbers"),
        ([{"field": "price", "op": "between", "value": [3, 1]}], "smaller number"),
        ([{"field": "price", "op": "lt", "value": "inf"}], "needs a number"),
        ([{"field": "price", "op": "lt", "value": 1, "x": 2}], "“x” is not known"),
        ([{"field": "attribute:", "op": "in", "value": ["x"]}], "no field"),
    ],
)
def test_what_is_wrong_is_named(wrong: Any, told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        checked(wrong)
    assert told in " ".join(caught.value.messages)


def test_every_wrong_condition_is_named_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        checked([{"field": "x"}, {"field": "brand", "op": "same"}, {"field": "y"}])
    assert [m.partition(":")[0] for m in caught.value.messages] == [
        *("Condition 1", "Condition 3")
    ]


def test_the_fields_of_a_shop() -> None:
    known = {field.name: field for field in fields()}
    assert list(known) == [*(each.name for each in TABLE), "attribute:color"]
    assert all(field.is_known and not field.needs for field in known.values())
    assert all(set(f.operators) <= set(OPERATORS) for f in known.values())
    bare = {"CATALOG": {"model": "gifts.Product"}}
    with override_settings(SHOP_PERSONALIZE=bare):
        known = {field.name: field for field in fields()}
    assert [name for name, field in known.items() if not field.is_known] == [
        *("brand", "margin")
    ]
    assert known["margin"].needs == ("Name it in SHOP_PERSONALIZE['CATALOG']['cost'].")


def test_a_condition_as_an_owner_says_it() -> None:
    told = [
        {"field": "price", "op": "between", "value": [10, 20]},
        {"field": "brand", "op": "in", "value": ["Hill", "Dale"]},
        {"field": "attribute:color", "op": "not_in", "value": ["red"]},
        {"field": "category", "op": "same"},
        {"field": "margin", "op": "lt", "value": 30},
    ]
    assert [in_words(each) for each in told] == [
        "price is between 10 and 20",
        "brand is one of Hill, Dale",
        "color is none of red",
        "category is that of the page's product",
        "margin is below 30 %",
    ]


MONEY = st.decimals(0, 10**6, places=2)


@given(MONEY, MONEY, st.decimals(0, 2, places=2))
def test_a_band_is_even_and_holds_its_own_middle(
    price: Decimal, off: Decimal, share: Decimal
) -> None:
    assert in_band(price, price, share)
    assert in_band(price + off, price, share) == in_band(price - off, price, share)
    assert in_band(price + off, price, share) == (off <= share * price)

"""What a rule does, in one sentence."""

from __future__ import annotations

from typing import Any

import pytest

from shop_personalize.admin.rule_words import (
    ACTIONS,
    PAGES,
    PHRASES,
    TRAITS,
    Known,
    phrase,
    sentence,
)
from shop_personalize.models import Block, Rule
from shop_personalize.recommend.rules.conditions import TABLE, WORDS

KNOWN = Known({"1": "Red mug", "2": "Blue mug"}, "GBP")
CHEAP = {"field": "price", "op": "lt", "value": 5}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"action": "exclude", "page": "product", "conditions": [CHEAP]},
            "Never shows products under £5.00 on product pages.",
        ),
        (
            {"action": "include", "conditions": [{"field": "brand", "op": "same"}]},
            "Shows only products of the same brand on every page.",
        ),
        (
            {"action": "pin", "items": ["1"], "position": 2, "page": "home"},
            "Puts “Red mug” in place 2 on the home page.",
        ),
        (
            {"action": "boost", "items": ["1", "2", "3"], "strength": 1.0},
            "Shows “Red mug”, “Blue mug” and 1 more much earlier on every page.",
        ),
        (
            {"action": "boost", "items": ["1", "2"], "strength": 0.1, "page": "order"},
            "Shows “Red mug” and “Blue mug” a little earlier after an order.",
        ),
        (
            {
                "action": "bury",
                "items": ["9"],
                "conditions": [{"field": "stock", "op": "lte", "value": 3}],
            },
            "Shows “9” (only with at most 3 in stock) later on every page.",
        ),
        (
            {
                "action": "exclude",
                "conditions": [
                    {"field": "category", "op": "in", "value": ["Mugs", "Bags"]},
                    {"field": "price", "op": "between", "value": [12.5, 20]},
                ],
            },
            "Never shows products of the category Mugs or Bags and from £12.50 to "
            "£20.00 on every page.",
        ),
        ({"action": "exclude"}, "Never shows all products on every page."),
    ],
)
def test_a_rule_is_one_sentence(fields: dict[str, Any], words: str) -> None:
    assert sentence(Rule(**fields), KNOWN) == words


def test_the_block_is_called_as_shoppers_know_it() -> None:
    block = Block(slug="home-popular", title="Best sellers")
    rule = Rule(action="boost", items=["1"], block=block)
    assert sentence(rule, KNOWN) == "Shows “Red mug” earlier in “Best sellers”."
    rule.page = "home"
    told = "Shows “Red mug” earlier in “Best sellers” on the home page."
    assert sentence(rule, KNOWN) == told


def test_every_page_and_every_action_there_is_has_its_words() -> None:
    assert set(PAGES) == set(Block.Page.values)
    assert set(ACTIONS) == set(Rule.Action.values)


def test_every_condition_there_is_has_its_words() -> None:
    wanted = {(field.name, op) for field in TABLE for op in field.operators}
    assert set(PHRASES) == wanted
    assert set(TRAITS) == set(WORDS)


@pytest.mark.parametrize(("name", "op"), sorted(PHRASES))
def test_every_phrase_can_be_filled_in(name: str, op: str) -> None:
    values = {"between": [1, 2], "in": ["a"], "not_in": ["a", "b"]}
    given = {} if op in {"same", "other"} else {"value": values.get(op, 3)}
    found = phrase({"field": name, "op": op, **given}, KNOWN)
    assert found
    assert "%(" not in found


def test_an_attribute_is_called_by_its_name() -> None:
    condition = {"field": "attribute:color", "op": "not_in", "value": ["red", "blue"]}
    assert phrase(condition, KNOWN) == "whose color is not red or blue"
    assert phrase({"field": "no such", "op": "in", "value": ["a"]}, KNOWN) == ""

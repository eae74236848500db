"""The rules that a block or a product has to do with, in the order they are heard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from shop_personalize.admin.products import currency, titles
from shop_personalize.admin.rule_effects import fitting, sample_of_one
from shop_personalize.admin.rule_parts import conditions_of, items_of
from shop_personalize.admin.rule_words import NAMED, Known, rule_state, sentence
from shop_personalize.admin.schedule import State, state_of
from shop_personalize.models import Block, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Told:
    """A rule with its words."""

    rule: Rule
    sentence: str
    state: State


def known_of(rules: Iterable[Rule]) -> Known:
    """Titles and the currency that sentences about these rules need."""
    rules = list(rules)
    named = {item for rule in rules for item in items_of(rule)[:NAMED]}
    asked = (each for rule in rules for each in conditions_of(rule))
    priced = any(each.get("field") == "price" for each in asked)
    return Known(titles(named), currency() if priced else "")


def holds(rule: Rule) -> bool:
    """Whether it is heard now, or will be."""
    return state_of(rule).code in {"active", "waiting"}


def rules_that_hold() -> list[Rule]:
    active = Rule.objects.select_related("block").filter(is_active=True)
    return [rule for rule in active if holds(rule)]


def told(rules: Iterable[Rule]) -> list[Told]:
    rules = list(rules)
    known = known_of(rules)
    return [Told(rule, sentence(rule, known), rule_state(rule)) for rule in rules]


def rules_of_block(block: Block) -> list[Told]:
    """Those for it or for every block, as far as they are for its page."""
    here = Q(block=block) | Q(block=None)
    if block.page != Block.Page.ANY:
        here &= Q(page__in=[block.page, Block.Page.ANY])
    found = Rule.objects.select_related("block").filter(here, is_active=True)
    return told(rule for rule in found if holds(rule))


def rules_of_product(product: Any) -> list[Told]:
    """Those that speak of the product; what depends on the page may."""
    rules = rules_that_hold()
    sample = sample_of_one(product, rules)
    return told(rule for rule in rules if fitting(rule, sample))

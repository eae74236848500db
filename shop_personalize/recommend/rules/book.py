"""The rules in force for one block on one page, and what they say of each product.

Precedence is the owner's number, then age. *Never show* and *show only* both take away,
so they do not disagree: what either takes away is gone. Of several *show only* those of
the first number that has any hold, together. A *pin* yields to what takes its product
away with an earlier number, and overrules what does so with a later one. Of *earlier*
and *later* the first that speaks of a product holds; what agrees with it adds up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from shop_personalize.catalog import get_catalog
from shop_personalize.catalog.types import Facts
from shop_personalize.recommend.audience import belongs
from shop_personalize.recommend.rules.fitting import (
    Page,
    RestsError,
    Test,
    compared,
    compiled,
    facts_for,
)

if TYPE_CHECKING:
    from datetime import datetime

    from shop_personalize.recommend.candidates import Asked
    from shop_personalize.recommend.plan import RuleConfig

INCLUDE, EXCLUDE, PIN = "include", "exclude", "pin"
DIRECTIONS = {"boost": 1.0, "bury": -1.0}
NO_FACTS = Facts()
LEFT_OUT = "left out here by an experiment"
NOT_YET, OVER = "not yet", "over"
OTHER_BLOCK, OTHER_PAGE = "for another block", "for another page"
OTHER_AUDIENCE = "not for this visitor"


@dataclass(frozen=True)
class InForce:
    """A rule that speaks here, ready to be asked."""

    rule: RuleConfig
    items: frozenset[str]
    tests: tuple[Test, ...]
    at: int
    """Its number in the order of precedence."""

    def fits(self, item_id: str, facts: Facts) -> bool:
        """Whether the product is one of those the rule speaks of."""
        if self.items and item_id not in self.items:
            return False
        for test in self.tests:  # noqa: SIM110  asked of every candidate: no generator
            if not test(facts):
                return False
        return True


class Book:
    """What the owner's rules say here; made for one block."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.resting: dict[int, str] = {}
        """Why a rule says nothing here, by its id."""
        rules = asked.scope.configuration.plan.rules
        self.rules = tuple(rule for rule in rules if self._stands(rule))

    def __bool__(self) -> bool:
        return bool(self.rules)

    def _stands(self, rule: RuleConfig) -> bool:
        why = self._elsewhere(rule)
        if why:
            self.resting[rule.pk] = why
        return not why

    def _elsewhere(self, rule: RuleConfig) -> str:
        """Why a rule is not for this block, page, hour or visitor; "" if it is."""
        block, asked = self.asked.block, self.asked
        if rule.block not in {"", block.slug} or (
            rule.action == PIN and not rule.block and block.is_about_oneself
        ):
            return OTHER_BLOCK
        if rule.page not in {"any", asked.place.page}:
            return OTHER_PAGE
        if not rule.is_due(self.now):
            begun = rule.starts_at is None or rule.starts_at <= self.now
            return OVER if begun else NOT_YET
        only = block.only
        if rule.pk in block.without or (only is not None and rule.pk not in only):
            return LEFT_OUT
        scope, history = asked.scope, asked.history
        fits = belongs(rule.audience, scope, history, personal=asked.personal)
        return "" if fits else OTHER_AUDIENCE

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    @cached_property
    def page(self) -> Page:
        """What the page is about, once its product was fetched with the others."""
        asked = self.asked
        found = Page(self.now, asked.place.category)
        compares = asked.block.price_band is not None or any(map(compared, self.rules))
        if not compares or not asked.place.product_id:
            return found
        category, facts = _about(asked)
        return Page(
            self.now,
            asked.place.category or category,
            facts.brand,
            facts.price.amount if facts.price is not None else None,
        )

    @cached_property
    def in_force(self) -> tuple[InForce, ...]:
        """The rules that speak here, by precedence; asked only once products are in."""
        found: list[InForce] = []
        for rule in self.rules:
            try:
                tests = compiled(rule, self.page)
                found.append(InForce(rule, frozenset(rule.items), tests, len(found)))
            except RestsError as why:
                self.resting[rule.pk] = str(why)
        return tuple(found)

    @cached_property
    def _including(self) -> tuple[InForce, ...]:
        """What to show only: the rules of the first number that has any."""
        rules = [each for each in self.in_force if each.rule.action == INCLUDE]
        return tuple(
            each for each in rules if each.rule.priority == rules[0].rule.priority
        )

    def words(self) -> list[dict[str, tuple[str, ...]]]:
        """What the rules that show only some ask of words, by fact, rule by rule."""
        return [
            {
                condition["field"]: tuple(condition["value"])
                for condition in each.rule.conditions
                if condition["op"] == "in"
            }
            for each in self._including
        ]

    @property
    def includes(self) -> bool:
        """Whether only some products may be shown; asked once products are in."""
        return bool(self._including)

    def key(self) -> tuple[int, ...]:
        """Those rules that take products away: what share passes depends on them."""
        return tuple(r.pk for r in self.rules if r.action in {INCLUDE, EXCLUDE})

    @cached_property
    def _by_id(self) -> tuple[dict[str, RuleConfig], dict[str, RuleConfig] | None]:
        """What is taken away by id alone; and what only is shown by id alone."""
        never: dict[str, RuleConfig] = {}
        for rule in self.rules:
            if rule.action == EXCLUDE and not rule.conditions:
                never |= {i: rule for i in rule.items if i not in never}
        first = self._first_including
        if not first or any(rule.conditions or not rule.items for rule in first):
            return never, None
        return never, {item_id: rule for rule in first for item_id in rule.items}

    @cached_property
    def _first_including(self) -> tuple[RuleConfig, ...]:
        rules = [rule for rule in self.rules if rule.action == INCLUDE]
        return tuple(rule for rule in rules if rule.priority == rules[0].priority)

    def refused_by_id(self, item_id: str) -> RuleConfig | None:
        """Who takes a product away for its id alone, before anything is fetched."""
        never, only = self._by_id
        if only is not None and item_id not in only:
            return never.get(item_id, self._first_including[0])
        return never.get(item_id)

    def reach(self, wanted: int, most: int) -> int:
        """How far down the lists to look for ``wanted`` that are not refused by id."""
        never, only = self._by_id
        return most if only is not None else wanted + len(never)

    def refusal(
        self, item_id: str, product: Any, before: int | None = None
    ) -> RuleConfig | None:
        """The first rule that takes a product away; ``before`` a place in the order."""
        taking = self._taking
        if before is not None:
            taking = tuple(each for each in taking if each.at < before)
        facts = self.facts(item_id, product) if taking else NO_FACTS
        for each in taking:
            if each.rule.action == EXCLUDE:
                if each.fits(item_id, facts):
                    return each.rule
            elif not any(one.fits(item_id, facts) for one in self._including):
                return each.rule
        return None

    @cached_property
    def _taking(self) -> tuple[InForce, ...]:
        """The rules that take away; the first that shows only some stands for all."""
        first = self._including[0].at if self._including else None
        return tuple(
            each
            for each in self.in_force
            if each.rule.action == EXCLUDE or each.at == first
        )

    def shift(self, item_id: str, product: Any) -> float:
        """How far a product is moved: -1 to 1, earlier above zero."""
        facts, found = self.facts(item_id, product), 0.0
        for each in self._steering:
            way = DIRECTIONS[each.rule.action]
            if found * way >= 0 and each.fits(item_id, facts):
                found += way * min(max(each.rule.strength, 0.0), 1.0)
        return min(max(found, -1.0), 1.0)

    @cached_property
    def _steering(self) -> tuple[InForce, ...]:
        return tuple(each for each in self.in_force if each.rule.action in DIRECTIONS)

    @property
    def steers(self) -> bool:
        return bool(self._steering)

    @property
    def may_steer(self) -> bool:
        """Whether more is to be fetched than is shown, for a rule may bring it up."""
        pins = (r.action == PIN and not r.items for r in self.rules)
        return any(pins) or any(rule.action in DIRECTIONS for rule in self.rules)

    @cached_property
    def pinning(self) -> tuple[InForce, ...]:
        return tuple(each for each in self.in_force if each.rule.action == PIN)

    @property
    def pinned_ids(self) -> tuple[str, ...]:
        """Products to be fetched though nobody may propose them."""
        found = (id_ for r in self.rules if r.action == PIN for id_ in r.items)
        return tuple(dict.fromkeys(found))

    def speaking(self, item_id: str, product: Any) -> list[RuleConfig]:
        """The rules that speak of a product, for staff."""
        facts = self.facts(item_id, product)
        return [each.rule for each in self.in_force if each.fits(item_id, facts)]

    def facts(self, item_id: str, product: Any) -> Facts:
        known = self._known
        if item_id not in known:
            request = self.asked.scope.request
            known[item_id] = get_catalog().facts(product, self._needed, request)
        return known[item_id]

    @cached_property
    def _needed(self) -> frozenset[str]:
        """Of what was fetched, what this block's rules and objectives look at."""
        return facts_for(self.rules) | self.asked.block.facts

    @cached_property
    def _known(self) -> dict[str, Facts]:
        return self.asked.scope.facts.setdefault(self._needed, {})


def _about(asked: Asked) -> tuple[str, Facts]:
    """Category and facts of the page's product, also where it is sold out.

    What was fetched with the others costs nothing; else it is read as the shop has it,
    its main category alone.
    """
    place, scope, catalog = asked.place, asked.scope, get_catalog()
    needed = scope.needed & {"category", "brand", "price"}
    product = scope.products.get(place.product_id)
    if product is not None:
        facts = catalog.facts(product, needed, scope.request)
        return next(iter(facts.categories), ""), facts
    product = place.product
    if product is None:
        product = catalog.stored([place.product_id]).get(place.product_id)
    if product is None:
        return "", NO_FACTS
    category = catalog.category(product) if "category" in needed else ""
    return category, catalog.facts(product, needed - {"category"}, scope.request)

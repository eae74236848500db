"""Whether a product is what a rule speaks of."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from shop_personalize.catalog import get_catalog
from shop_personalize.catalog.types import Facts
from shop_personalize.recommend.rules.conditions import ATTRIBUTE, RELATIVE, field_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from shop_personalize.recommend.plan import RuleConfig

Test = Callable[[Facts], bool]
ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}
SECONDS_PER_DAY = 86400.0
NO_PRODUCTS = "it names no product"
NOT_VALID = "its conditions are not valid"
NOTHING_TO_COMPARE = "the page has nothing to compare with"
NOT_KNOWN = "the shop does not say what it asks for"


class RestsError(Exception):
    """A rule that says nothing here, and why."""


@dataclass(frozen=True)
class Page:
    """What relative conditions compare a product with."""

    now: datetime
    category: str = ""
    brand: str = ""
    price: Decimal | None = None


def facts_for(rules: Iterable[RuleConfig]) -> frozenset[str]:
    """What the catalog must tell for these rules."""
    found: set[str] = set()
    for rule in rules:
        named = (each for each in rule.conditions if isinstance(each, dict))
        for condition in named:
            field = field_of(str(condition.get("field")))
            if field is not None:
                found |= {field.fact, "price"} if field.fact == "cost" else {field.fact}
    return frozenset(found)


def compared(rule: RuleConfig) -> bool:
    """Whether it compares products with that of the page."""
    named = (each for each in rule.conditions if isinstance(each, dict))
    return any(
        each.get("op") in RELATIVE or each.get("field") == "price_band"
        for each in named
    )


def compiled(rule: RuleConfig, page: Page) -> tuple[Test, ...]:
    """Its conditions as tests of facts; RestsError where it says nothing here."""
    if not rule.items and not rule.conditions:
        raise RestsError(NO_PRODUCTS)
    try:
        return tuple(_test(condition, page) for condition in rule.conditions)
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise RestsError(NOT_VALID) from error


def _test(condition: dict[str, Any], page: Page) -> Test:
    name, op, value = condition["field"], condition["op"], condition.get("value")
    field = field_of(name)
    if field is None or op not in field.operators:
        raise RestsError(NOT_VALID)
    if not get_catalog().knows(field.fact):
        raise RestsError(NOT_KNOWN)
    if name == "price_band":
        return _band(op, value, page.price)
    if op in {"same", "other"}:
        value = [page.category if name == "category" else page.brand]
        if not value[0]:
            raise RestsError(NOTHING_TO_COMPARE)
    if op in {"in", "not_in", "same", "other"}:
        return _among(name, op in {"in", "same"}, value)
    return _compared(NUMBERS[name], op, value, page)


def _among(name: str, wanted: bool, value: Any) -> Test:
    words = frozenset(str(word).casefold() for word in value)
    texts = WORDS.get(name) or _attribute(name.removeprefix(ATTRIBUTE))
    return lambda facts: words.isdisjoint(map(str.casefold, texts(facts))) != wanted


def _attribute(name: str) -> Callable[[Facts], tuple[str, ...]]:
    return lambda facts: facts.attributes.get(name, ())


def _compared(
    number: Callable[[Facts, Page], Any], op: str, value: Any, page: Page
) -> Test:
    """What is not known of a product fulfils nothing."""
    if op == "between":
        low, high = (Decimal(str(each)) for each in value)

        def between(facts: Facts) -> bool:
            found = number(facts, page)
            return found is not None and low <= found <= high

        return between
    limit, compare = Decimal(str(value)), ORDER[op]

    def test(facts: Facts) -> bool:
        found = number(facts, page)
        return found is not None and compare(found, limit)

    return test


def _band(op: str, value: Any, price: Decimal | None) -> Test:
    if price is None:
        raise RestsError(NOTHING_TO_COMPARE)
    share = Decimal(str(value)) / 100
    return lambda facts: (
        facts.price is not None
        and in_band(facts.price.amount, price, share) == (op == "within")
    )


def in_band(amount: Decimal, price: Decimal, share: Decimal) -> bool:
    """Whether ``amount`` lies within ± a share of ``price``, both ends included."""
    return abs(amount - price) <= share * abs(price)


def _price(facts: Facts, page: Page) -> Decimal | None:
    return None if facts.price is None else facts.price.amount


def _stock(facts: Facts, page: Page) -> int | None:
    return facts.stock


def _age(facts: Facts, page: Page) -> float | None:
    if facts.created is None:
        return None
    return (page.now - facts.created).total_seconds() / SECONDS_PER_DAY


def _margin(facts: Facts, page: Page) -> Decimal | None:
    """In percent of the price."""
    price = _price(facts, page)
    if price is None or price <= 0 or facts.cost is None:
        return None
    return (price - facts.cost) / price * 100


NUMBERS: dict[str, Callable[[Facts, Page], Any]] = {
    "price": _price,
    "stock": _stock,
    "age_days": _age,
    "margin": _margin,
}
WORDS: dict[str, Callable[[Facts], tuple[str, ...]]] = {
    "category": lambda facts: facts.categories,
    "brand": lambda facts: (facts.brand,) if facts.brand else (),
}

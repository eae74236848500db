"""What a rule does in this shop now: products it speaks of, rules it disagrees with."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop_personalize.admin.numbers import number
from shop_personalize.admin.products import title_of
from shop_personalize.admin.rule_parts import conditions_of, items_of
from shop_personalize.models import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.http import HttpRequest

    from shop_personalize.catalog.types import Facts
    from shop_personalize.recommend.plan import RuleConfig

logger = logging.getLogger("shop_personalize")
LOOKED_AT = 5000
"""Products a form looks at; a shop with more is told about these."""
CHUNK = 2000
NAMED = 3
OFFERED = 200
"""Values of a field that are offered, the most frequent first."""
RELATIVE = {"price_band"}
RELATIVE_OPS = {"same", "other"}
WORDED = {"category", "brand"}
"""Facts that are compared with words, beside the attributes."""


@dataclass(frozen=True)
class Sample:
    """Products that can be sold now, with what rules ask of them."""

    facts: dict[str, Facts] = field(default_factory=dict)
    products: dict[str, Any] = field(default_factory=dict)
    is_whole: bool = True


def sample_of(rules: Iterable[Rule], request: HttpRequest) -> Sample:
    """The first products of the shop, and all that the rules name; none where the
    catalog cannot be read."""
    try:
        return _sample_of(list(rules), request)
    except Exception:
        logger.warning("the admin could not read products", exc_info=settings.DEBUG)
        return Sample()


def _sample_of(rules: list[Rule], request: HttpRequest) -> Sample:
    from shop_personalize.catalog import get_catalog
    from shop_personalize.recommend.rules.fitting import facts_for

    catalog = get_catalog()
    needed = facts_for(config_of(each) for each in rules) | _worded()
    ids = list(catalog.search("", LOOKED_AT + 1))
    named = (item for rule in rules for item in items_of(rule))
    wanted = list(dict.fromkeys([*ids[:LOOKED_AT], *named]))
    found = Sample(is_whole=len(ids) <= LOOKED_AT)
    for at in range(0, len(wanted), CHUNK):
        part = catalog.with_facts(wanted[at : at + CHUNK], request, needed)
        for item, product in part.items():
            found.facts[item] = catalog.facts(product, needed, request)
            found.products[item] = product
    return found


def sample_of_one(product: Any, rules: Iterable[Rule]) -> Sample:
    """A single product of the shop, for sale or not."""
    from shop_personalize.catalog import get_catalog
    from shop_personalize.recommend.rules.fitting import facts_for

    catalog = get_catalog()
    needed = facts_for(config_of(each) for each in rules)
    item = catalog.item_id(product)
    found = catalog.with_facts([item], None, needed).get(item, product)
    return Sample({item: catalog.facts(found, needed)}, {item: found})


def _worded() -> frozenset[str]:
    """What values are offered of: all that is compared with words."""
    from shop_personalize.catalog import get_catalog

    names = get_catalog().fact_names()
    return frozenset(n for n in names if n in WORDED or n.startswith("attribute:"))


def config_of(rule: Rule) -> RuleConfig:
    """The rule as serving reads it."""
    from shop_personalize.recommend.plan import RuleConfig

    return RuleConfig(
        pk=rule.pk or 0,
        name=rule.name,
        action=rule.action,
        items=tuple(items_of(rule)),
        conditions=tuple(conditions_of(rule)),
    )


def fitting(rule: Rule, sample: Sample) -> list[str] | None:
    """Ids of products the rule may speak of; ``None`` where it says nothing at all.

    What depends on the page's product is taken to hold.
    """
    from shop_personalize.recommend.rules.fitting import Page, RestsError, compiled

    given, items = conditions_of(rule), set(items_of(rule))
    fixed = [each for each in given if not is_relative(each)]
    bare = Rule(items=rule.items, conditions=fixed)
    if not fixed and not items:
        return list(sample.facts) if given else None
    try:
        tests = compiled(config_of(bare), Page(timezone.now()))
    except RestsError:
        return None
    return [
        item
        for item, facts in sample.facts.items()
        if (not items or item in items) and all(test(facts) for test in tests)
    ]


def is_relative(condition: dict[str, Any]) -> bool:
    field, op = (str(condition.get(part)) for part in ("field", "op"))
    return field in RELATIVE or op in RELATIVE_OPS


def matches(rule: Rule, sample: Sample) -> str:
    """How many products the rule speaks of now, and the first of them."""
    found = fitting(rule, sample)
    if found is None:
        return _("It says nothing: choose products or set a valid condition.")
    if not found:
        return _("No product matches now.")
    words = {
        "n": number(len(found)),
        "titles": ", ".join(
            f"“{title_of(sample.products[item])}”" for item in found[:NAMED]
        ),
    }
    told = ngettext(
        "%(n)s product matches now: %(titles)s.",
        "%(n)s products match now, such as %(titles)s.",
        len(found),
    )
    parts = [told % words]
    if not sample.is_whole:
        looked = _("Only the first %(n)s products of the shop were looked at.")
        parts.append(looked % {"n": number(LOOKED_AT)})
    if any(is_relative(each) for each in conditions_of(rule)):
        parts.append(_("Which of them depends on the product of the page."))
    return " ".join(parts)


def vocabulary(sample: Sample) -> dict[str, list[str]]:
    """The values products have, by field; what holds a comma ends with a semicolon."""
    counts: dict[str, Counter[str]] = {}
    for facts in sample.facts.values():
        for name, words in _words(facts):
            counts.setdefault(name, Counter()).update(words)
    found = {
        name: [_whole(word) for word, _count in counter.most_common(OFFERED)]
        for name, counter in counts.items()
    }
    return {**found, "any": list(dict.fromkeys(w for ws in found.values() for w in ws))}


def _words(facts: Facts) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "category", facts.categories
    yield "brand", (facts.brand,) if facts.brand else ()
    for name, words in facts.attributes.items():
        yield f"attribute:{name}", words


def _whole(word: str) -> str:
    return f"{word};" if "," in word else word

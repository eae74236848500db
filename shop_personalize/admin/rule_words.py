"""A rule in the words of a shop: what it does, where, and whether it holds now."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shop_personalize.admin.numbers import number
from shop_personalize.admin.rule_parts import conditions_of, items_of
from shop_personalize.admin.schedule import State, state_of
from shop_personalize.catalog.types import Money
from shop_personalize.models import Block, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMED = 2
"""Products a sentence names before it counts the rest."""
WEAK, STRONG = 0.34, 0.67
ATTRIBUTE = "attribute:"

ACTIONS = {
    "include": gettext_lazy("Shows only %(what)s %(where)s."),
    "exclude": gettext_lazy("Never shows %(what)s %(where)s."),
    "pin": gettext_lazy("Puts %(what)s in place %(place)s %(where)s."),
    "boost": gettext_lazy("Shows %(what)s %(much)s %(where)s."),
    "bury": gettext_lazy("Shows %(what)s %(much)s %(where)s."),
}
EARLIER = (
    gettext_lazy("a little earlier"),
    gettext_lazy("earlier"),
    gettext_lazy("much earlier"),
)
LATER = (
    gettext_lazy("a little later"),
    gettext_lazy("later"),
    gettext_lazy("much later"),
)
PAGES = {
    "any": gettext_lazy("on every page"),
    "home": gettext_lazy("on the home page"),
    "product": gettext_lazy("on product pages"),
    "category": gettext_lazy("on category pages"),
    "basket": gettext_lazy("in the basket"),
    "search": gettext_lazy("on search pages"),
    "order": gettext_lazy("after an order"),
    "account": gettext_lazy("in the account"),
    "not_found": gettext_lazy("where nothing was found"),
}
PHRASES = {
    ("category", "in"): gettext_lazy("of the category %(value)s"),
    ("category", "not_in"): gettext_lazy("outside the category %(value)s"),
    ("category", "same"): gettext_lazy("of the same category"),
    ("category", "other"): gettext_lazy("of another category"),
    ("brand", "in"): gettext_lazy("by %(value)s"),
    ("brand", "not_in"): gettext_lazy("not by %(value)s"),
    ("brand", "same"): gettext_lazy("of the same brand"),
    ("brand", "other"): gettext_lazy("of another brand"),
    ("price", "lt"): gettext_lazy("under %(value)s"),
    ("price", "lte"): gettext_lazy("for at most %(value)s"),
    ("price", "gt"): gettext_lazy("over %(value)s"),
    ("price", "gte"): gettext_lazy("for at least %(value)s"),
    ("price", "between"): gettext_lazy("from %(low)s to %(high)s"),
    ("price_band", "within"): gettext_lazy(
        "that cost about as much as the page's product (±%(value)s %%)"
    ),
    ("price_band", "outside"): gettext_lazy(
        "that cost much more or less than the page's product (±%(value)s %%)"
    ),
    ("stock", "lt"): gettext_lazy("with fewer than %(value)s in stock"),
    ("stock", "lte"): gettext_lazy("with at most %(value)s in stock"),
    ("stock", "gt"): gettext_lazy("with more than %(value)s in stock"),
    ("stock", "gte"): gettext_lazy("with at least %(value)s in stock"),
    ("stock", "between"): gettext_lazy("with %(low)s to %(high)s in stock"),
    ("age_days", "lt"): gettext_lazy("less than %(value)s days in the shop"),
    ("age_days", "lte"): gettext_lazy("at most %(value)s days in the shop"),
    ("age_days", "gt"): gettext_lazy("more than %(value)s days in the shop"),
    ("age_days", "gte"): gettext_lazy("at least %(value)s days in the shop"),
    ("age_days", "between"): gettext_lazy("%(low)s to %(high)s days in the shop"),
    ("margin", "lt"): gettext_lazy("with a margin under %(value)s %%"),
    ("margin", "lte"): gettext_lazy("with a margin of at most %(value)s %%"),
    ("margin", "gt"): gettext_lazy("with a margin over %(value)s %%"),
    ("margin", "gte"): gettext_lazy("with a margin of at least %(value)s %%"),
    ("margin", "between"): gettext_lazy("with a margin of %(low)s to %(high)s %%"),
}
TRAITS = {
    "in": gettext_lazy("whose %(name)s is %(value)s"),
    "not_in": gettext_lazy("whose %(name)s is not %(value)s"),
}


@dataclass(frozen=True)
class Known:
    """What the sentences of a page need of the shop, read once."""

    titles: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""


def rule_state(rule: Rule) -> State:
    found = state_of(rule)
    if found.code == "active" and rule.block is not None and not rule.block.is_active:
        return State("idle", _("idle: its block is switched off"))
    return found


def sentence(rule: Rule, known: Known) -> str:
    words = {
        "what": what(rule, known),
        "where": where(rule),
        "place": number(rule.position),
        "much": how_much(rule),
    }
    text = ACTIONS.get(rule.action)
    return str(text) % words if text else rule.name


def what(rule: Rule, known: Known) -> str:
    """“Mug 1”, “Mug 2” and 3 more; or products by what they are like."""
    phrases = [phrase(each, known) for each in conditions_of(rule)]
    told = _(" and ").join(each for each in phrases if each)
    items = items_of(rule)
    if not items:
        return (
            _("products %(conditions)s") % {"conditions": told}
            if told
            else (_("all products"))
        )
    named = _named(items, known)
    if not told:
        return named
    return _("%(products)s (only %(conditions)s)") % {
        "products": named,
        "conditions": told,
    }


def _named(items: list[str], known: Known) -> str:
    first = [
        _("“%(title)s”") % {"title": known.titles.get(item) or item}
        for item in items[:NAMED]
    ]
    rest = len(items) - len(first)
    if not rest:
        return _(" and ").join(first)
    more = ngettext("%(n)s more", "%(n)s more", rest) % {"n": number(rest)}
    return _("%(first)s and %(more)s") % {"first": ", ".join(first), "more": more}


def phrase(condition: dict[str, Any], known: Known) -> str:
    """One condition as it follows the word “products”; "" if it makes no sense."""
    try:
        return _phrase(condition, known)
    except (ArithmeticError, KeyError, TypeError, ValueError):
        return ""


def _phrase(condition: dict[str, Any], known: Known) -> str:
    name, op = str(condition.get("field")), str(condition.get("op"))
    if name.startswith(ATTRIBUTE):
        text, name = TRAITS.get(op), name.removeprefix(ATTRIBUTE)
    else:
        text = PHRASES.get((name, op))
    if text is None:
        return ""
    return str(text) % {"name": name, **_values(name, condition.get("value"), known)}


def _values(name: str, value: Any, known: Known) -> dict[str, str]:
    if isinstance(value, list) and value and isinstance(value[0], str):
        return {"value": _(" or ").join(value)}
    if isinstance(value, list) and len(value) == 2:
        low, high = (_amount(name, each, known) for each in value)
        return {"low": low, "high": high}
    return {"value": "" if value is None else _amount(name, value, known)}


def _amount(name: str, value: Any, known: Known) -> str:
    if name != "price":
        return number(value)
    from shop_personalize.recommend.prices import price_text

    return price_text(Money(Decimal(str(value)), known.currency))


def how_much(rule: Rule) -> str:
    steps = LATER if rule.action == Rule.Action.BURY else EARLIER
    at = 0 if rule.strength < WEAK else 2 if rule.strength >= STRONG else 1
    return str(steps[at])


def where(rule: Rule) -> str:
    page = PAGES.get(rule.page)
    told = (
        str(page)
        if page
        else _("where it says “%(page)s”") % {"page": rule.get_page_display()}
    )
    if rule.block is None:
        return told
    block = _("in “%(block)s”") % {"block": _(rule.block.title) or rule.block.slug}
    return block if rule.page == Block.Page.ANY else f"{block} {told}"

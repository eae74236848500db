"""Which limits hold for a product, and which rule each comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from shop_personalize.pricing.conf import pricing_settings
from shop_personalize.pricing.models import PriceRule

Scope = PriceRule.Scope
NARROW_FIRST = (Scope.PRODUCT, Scope.BRAND, Scope.CATEGORY, Scope.ALL)
LIMITS = (
    "aim",
    "margin",
    "least",
    "most",
    "step",
    "ending",
    "below",
    "above",
    "days",
)


@dataclass(frozen=True)
class Limits:
    """The limits of one product. Shares are of one; what is None limits nothing.

    ``rules`` names the rule behind each limit that a rule sets.
    """

    aim: str
    margin: float | None = None
    least: float | None = None
    most: float | None = None
    step: float | None = None
    ending: str = ""
    below: float | None = None
    above: float | None = None
    days: int | None = None
    rules: dict[str, PriceRule] = field(default_factory=dict)


class RuleBook:
    """All active rules, read once; the narrowest that sets a limit gives it."""

    def __init__(self, rules: Iterable[PriceRule] | None = None) -> None:
        found = PriceRule.objects.filter(is_active=True) if rules is None else rules
        self._rules: dict[tuple[str, str], list[PriceRule]] = {}
        for rule in sorted(found, key=lambda each: (each.position, each.pk or 0)):
            self._rules.setdefault(_key(rule.scope, rule.key), []).append(rule)
        self._kept: dict[tuple[str, ...], Limits] = {}

    def limits(self, *, item_id: str, category: str, brand: str) -> Limits:
        keys = (item_id, brand, category, "")
        present = [_key(*each) for each in zip(NARROW_FIRST, keys, strict=True)]
        held = tuple("/".join(key) for key in present if key in self._rules)
        if held not in self._kept:
            self._kept[held] = _merged(
                [rule for key in present for rule in self._rules.get(key, ())]
            )
        return self._kept[held]


def _key(scope: str, name: str) -> tuple[str, str]:
    """Names are the same however they are written; ids are not."""
    key = name.strip()
    return str(scope), key if scope == Scope.PRODUCT else key.casefold()


def _merged(rules: list[PriceRule]) -> Limits:
    """Limits of rules, the narrowest rule first."""
    given: dict[str, PriceRule] = {}
    for rule in rules:
        for name in LIMITS:
            if name not in given and getattr(rule, name) not in {None, ""}:
                given[name] = rule
    values = {name: _value(name, getattr(rule, name)) for name, rule in given.items()}
    own = pricing_settings()
    return Limits(**{"aim": own.aim, "step": own.step, **values, "rules": given})


def _value(name: str, value: Any) -> Any:
    """Percent of a person are shares here; below by all there is limits nothing."""
    if name == "below" and value >= 100:
        return None
    if name in {"margin", "step", "below", "above"}:
        return value / 100
    return float(value) if name in {"least", "most"} else value

"""What a variant may change of a block, and whether that can be.

``changes`` of an arm: fields of a block by name, ``chain`` (slugs of recommenders),
``without`` and ``only`` (ids of rules), ``hidden``.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from shop_personalize.models import Block, Recommender, Rule

FIELDS = (
    "title",
    "limit",
    "minimum",
    "show_reason",
    "same_category",
    "diversity",
    "per_category",
    "calibration",
    "damping",
    "exploration",
    "revenue",
    "margin",
    "freshness",
    "clearance",
    "stock",
    "rotation",
    "exclude_purchased",
    "exclude_basket",
    "template",
)
"""Fields of a block that a variant may set."""
CHAIN, WITHOUT, ONLY, HIDDEN = "chain", "without", "only", "hidden"
OTHERS = (CHAIN, WITHOUT, ONLY, HIDDEN)


def problems(changes: dict[str, Any]) -> list[str]:
    """What is wrong with the changes of one arm, in sentences."""
    found = [
        _("“%(name)s” is nothing a variant can change.") % {"name": name}
        for name in changes
        if name not in (*FIELDS, *OTHERS)
    ]
    found += [
        text
        for name in FIELDS
        if name in changes
        for text in _field_problems(name, changes[name])
    ]
    return [*found, *_chain_problems(changes), *_rule_problems(changes)]


def _field_problems(name: str, value: Any) -> list[str]:
    field = Block._meta.get_field(name)
    try:
        field.clean(value, None)  # type: ignore[union-attr]
    except ValidationError as error:
        label = str(field.verbose_name)  # type: ignore[union-attr]
        return [f"{label}: {text}" for text in error.messages]
    return []


def _chain_problems(changes: dict[str, Any]) -> list[str]:
    if CHAIN not in changes:
        return []
    wanted = changes[CHAIN]
    if not wanted:
        return [_("Somebody must be asked for products: name a recommender.")]
    known = Recommender.objects.filter(slug__in=wanted, is_active=True)
    missing = set(wanted) - set(known.values_list("slug", flat=True))
    return [
        _("There is no active recommender “%(name)s”.") % {"name": name}
        for name in sorted(missing)
    ]


def _rule_problems(changes: dict[str, Any]) -> list[str]:
    wanted = {*changes.get(WITHOUT, ()), *changes.get(ONLY, ())}
    if not wanted:
        return []
    known = Rule.objects.filter(pk__in=wanted, is_active=True)
    missing = wanted - set(known.values_list("pk", flat=True))
    return [
        _("Rule %(number)s does not exist or is not active.") % {"number": pk}
        for pk in sorted(missing)
    ]

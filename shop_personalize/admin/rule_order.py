"""The order of precedence: which place a rule has, and moving it by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from shop_personalize.models import Rule

if TYPE_CHECKING:
    from typing import Literal

STEP = 10
MOST = 32_767


def last_priority() -> int:
    """For a new rule, which comes after all others."""
    last = Rule.objects.aggregate(last=Max("priority"))["last"] or 0
    return min(last + STEP, MOST)


@transaction.atomic
def move(rule: Rule, way: Literal["up", "down"]) -> tuple[int, Rule | None]:
    """Change places with the neighbor; the new place, and who that was.

    Those that shared a precedence get one each, or they could not be moved.
    """
    rules = list(Rule.objects.select_for_update().order_by("priority", "pk"))
    at = next(i for i, each in enumerate(rules) if each.pk == rule.pk)
    other = at - 1 if way == "up" else at + 1
    if not 0 <= other < len(rules):
        return at + 1, None
    rules[at], rules[other] = rules[other], rules[at]
    _number(rules, {rules[at].pk, rules[other].pk})
    return other + 1, rules[at]


def _number(rules: list[Rule], moved: set[int]) -> None:
    """Precedences in steps; rules that are heard together go on sharing one."""
    step = max(1, min(STEP, MOST // len(rules)))
    given = [each.priority for each in rules]
    place, changed = 0, []
    for at, rule in enumerate(rules):
        shared = at and given[at] == given[at - 1] and _together(rules[at - 1], rule)
        place += 0 if shared and not {rule.pk, rules[at - 1].pk} & moved else step
        if rule.priority != place:
            rule.priority = place
            changed.append(rule)
    Rule.objects.bulk_update(changed, ["priority"])


def _together(one: Rule, other: Rule) -> bool:
    return one.action == other.action == Rule.Action.INCLUDE

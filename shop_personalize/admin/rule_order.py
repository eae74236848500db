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

    Every rule gets a precedence of its own, for those that share one cannot be moved.
    """
    rules = list(Rule.objects.select_for_update().order_by("priority", "pk"))
    at = next(i for i, each in enumerate(rules) if each.pk == rule.pk)
    other = at - 1 if way == "up" else at + 1
    if not 0 <= other < len(rules):
        return at + 1, None
    rules[at], rules[other] = rules[other], rules[at]
    _number(rules)
    return other + 1, rules[at]


def _number(rules: list[Rule]) -> None:
    step = max(1, min(STEP, MOST // len(rules)))
    changed = []
    for place, rule in enumerate(rules, 1):
        if rule.priority != place * step:
            rule.priority = place * step
            changed.append(rule)
    Rule.objects.bulk_update(changed, ["priority"])

"""What a rule holds, as far as it can be read; whoever wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shop_personalize.models import Rule


def items_of(rule: Rule) -> list[str]:
    return [str(each) for each in _list(rule.items)]


def conditions_of(rule: Rule) -> list[dict[str, Any]]:
    return [each for each in _list(rule.conditions) if isinstance(each, dict)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []

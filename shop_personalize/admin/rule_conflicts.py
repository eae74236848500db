"""Rules that disagree, and which of them is heard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy

from shop_personalize.admin.rule_effects import Sample, fitting
from shop_personalize.models import Block, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import _StrPromise

TAKING = {"include", "exclude"}
TURNING = {"boost", "bury"}
APART = (
    {"new", "returning"},
    {"customers", "guests"},
    {"buyers", "no_buyers"},
)
"""Nobody belongs to both."""

SAYS: dict[str, tuple[_StrPromise, _StrPromise]] = {
    "turns": (
        gettext_lazy("“%(other)s” goes before and says the opposite: it holds."),
        gettext_lazy("“%(other)s” says the opposite; this rule goes before and holds."),
    ),
    "pin": (
        gettext_lazy("“%(other)s” goes before and takes away what this one pins."),
        gettext_lazy("“%(other)s” pins what this takes away; this one goes before."),
    ),
    "pinned": (
        gettext_lazy("“%(other)s” goes before and pins what this one takes away."),
        gettext_lazy("“%(other)s” takes away what this one pins; the pin goes before."),
    ),
    "only": (
        gettext_lazy(
            "“%(other)s” goes before and shows only its own products: where both "
            "apply, this rule is not heard. Give both the same precedence to "
            "show the products of both."
        ),
        gettext_lazy(
            "“%(other)s” shows only its own products; where both apply it is not "
            "heard, for this rule goes before."
        ),
    ),
    "place": (
        gettext_lazy("“%(other)s” goes before and has the place; this one is next."),
        gettext_lazy("“%(other)s” pins to the same place; it is next to this one."),
    ),
    "nothing": (
        gettext_lazy("Together with “%(other)s” this leaves nothing to be shown."),
        gettext_lazy("Together with “%(other)s” this leaves nothing to be shown."),
    ),
}
"""By kind: when the other goes before, and when it comes after."""


@dataclass(frozen=True)
class Conflict:
    other: Rule
    text: str
    wins: bool
    """Whether the rule looked at holds."""


def conflicts(rule: Rule, others: Iterable[Rule], sample: Sample) -> list[Conflict]:
    """What of the other rules in force disagrees with this one, by precedence."""
    own = fitting(rule, sample)
    if own is None:
        return []
    found = []
    for other in others:
        if other.pk != rule.pk and _meet(rule, other):
            theirs = fitting(other, sample)
            kind = "" if theirs is None else _kind(rule, other, set(own), set(theirs))
            if kind:
                found.append(_told(rule, other, kind))
    return found


def _told(rule: Rule, other: Rule, kind: str) -> Conflict:
    after = _order(rule) < _order(other)
    if kind == "pins":
        kind = "pin" if (rule.action == Rule.Action.PIN) != after else "pinned"
    words = str(SAYS[kind][after]) % {"other": other.name}
    return Conflict(other, words, wins=after and kind != "nothing")


def _order(rule: Rule) -> tuple[int, float]:
    return rule.priority, float("inf") if rule.pk is None else rule.pk


def _kind(rule: Rule, other: Rule, own: set[str], theirs: set[str]) -> str:
    """What the two disagree about; "" where they do not."""
    actions = {rule.action, other.action}
    if actions == {"include"}:
        return "only" if rule.priority != other.priority else ""
    if actions == TAKING:
        shown, gone = (own, theirs) if rule.action == "include" else (theirs, own)
        return "nothing" if shown and shown <= gone else ""
    if actions == {"pin", "include"}:
        pinned, shown = (own, theirs) if rule.action == "pin" else (theirs, own)
        return "pins" if pinned - shown else ""
    if not own & theirs and actions != {"pin"}:
        return ""
    if actions == {"pin"}:
        return "place" if rule.position == other.position else ""
    if actions == TURNING:
        return "turns"
    return "pins" if actions == {"pin", "exclude"} else ""


def _meet(rule: Rule, other: Rule) -> bool:
    """Whether one visitor may meet both in one block."""
    if rule.block_id and other.block_id and rule.block_id != other.block_id:
        return False
    if len(_pages(rule) | _pages(other)) > 1:
        return False
    if len({rule.site, other.site} - {""}) > 1:
        return False
    if any({rule.audience, other.audience} == pair for pair in APART):
        return False
    return _at_once(rule, other)


def _pages(rule: Rule) -> set[str]:
    """The kind of page it is for; that of its block counts too."""
    block = {rule.block.page} if rule.block is not None else set()
    return ({rule.page} | block) - {Block.Page.ANY}


def _at_once(rule: Rule, other: Rule) -> bool:
    now = timezone.now()
    starts = max(each.starts_at or now for each in (rule, other))
    ends = [each.ends_at for each in (rule, other) if each.ends_at]
    return all(max(starts, now) < end for end in ends)

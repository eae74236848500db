"""The way of a list: who proposed how many, what fell where and why, what moved."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shop_personalize.admin.block_account import STEPS
from shop_personalize.admin.charts.frame import pct
from shop_personalize.admin.numbers import number
from shop_personalize.admin.products import titles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NAMED = 10
"""Products that are named where some of them fell or moved."""
MOVED, MOST_MOVED = "moved", 50
NEW = "new"
BY_RULE = "rule"
"""Who proposed what only a pin brought in."""
OWN_STEPS = {"rules", "pin"}
TAKING = {"include", "exclude"}

PUT_ASIDE = {
    "already on the page": gettext_lazy("already on the page"),
    "bought": gettext_lazy("bought before"),
    "in the basket": gettext_lazy("in the basket"),
    "what the page is about": gettext_lazy("what the page is about"),
    "hidden by the visitor": gettext_lazy("hidden by the visitor"),
    "the page's own product": gettext_lazy("the page's own product"),
    "not for sale now": gettext_lazy("not for sale now"),
    "another category": gettext_lazy("another category"),
    "too far in price": gettext_lazy("too far in price"),
    "excluded by the caller": gettext_lazy("left out by the template"),
}
RESTS = {
    "not yet": gettext_lazy("its time has not come"),
    "over": gettext_lazy("its time is over"),
    "for another block": gettext_lazy("it is for another block"),
    "for another page": gettext_lazy("it is for another page"),
    "not for this visitor": gettext_lazy("it is not for this visitor"),
    "left out here by an experiment": gettext_lazy("an experiment leaves it out here"),
    "it names no product": gettext_lazy("it names no product"),
    "its conditions are not valid": gettext_lazy("its conditions are not valid"),
    "the page has nothing to compare with": gettext_lazy(
        "the page has no product to compare with"
    ),
    "the shop does not say what it asks for": gettext_lazy(
        "the catalog does not know what it asks for"
    ),
}
"""Why a rule says nothing here, by the word of the engine."""


@dataclass(frozen=True)
class Line:
    """One thing that happened on the way, the rule behind it, the products."""

    text: str
    url: str = ""
    link: str = ""
    products: list[str] = field(default_factory=list)
    is_quiet: bool = False
    rests: bool = False


@dataclass(frozen=True)
class Who:
    """A recommender as staff know it, and where its page is."""

    name: str
    url: str = ""


@dataclass(frozen=True)
class Stage:
    """How many are left, as a number and as a bar, and what happened to the rest."""

    count: str
    text: str
    width: str
    lines: list[Line]
    resting: list[Line] = field(default_factory=list)
    """Rules that say nothing here, and why."""


def way_of(trace: dict[str, Any], who: Mapping[str, Who]) -> list[Stage]:
    """Candidates, filters, rules, order: the four stages of a list."""
    if not trace:
        return []
    entries = trace["candidates"]
    proposed = [each for each in entries if each["recommender"] != BY_RULE]
    by_rule = [each for each in proposed if rule_of(each["put_aside"], trace)]
    ruled = {each["item"] for each in by_rule}
    fell = [e for e in proposed if e["put_aside"] and e["item"] not in ruled]
    shown = [each for each in entries if each["position"]]
    known = titles(_named(trace))
    return _sized(
        (len(proposed), _("proposed"), _chain(trace, who)),
        (
            len(proposed) - len(fell),
            _("may be shown"),
            [*_filtered(fell, known), *_unasked(trace, known)],
        ),
        (
            len(proposed) - len(fell) - len(by_rule),
            _("left by the rules"),
            [_ruled(rule, trace, known) for rule in trace["rules"]],
        ),
        (len(shown), _("shown"), _moved(entries, known)),
    )


def _sized(*stages: tuple[int, str, list[Line]]) -> list[Stage]:
    most = max([1, *(count for count, _text, _lines in stages)])
    return [
        Stage(
            number(count),
            text,
            pct(100 * count / most),
            [line for line in lines if not line.rests],
            [line for line in lines if line.rests],
        )
        for count, text, lines in stages
    ]


def _named(trace: dict[str, Any]) -> list[str]:
    """Products that may be named: the first that fell for a reason, or that moved."""
    told = [
        (each["item"], each["put_aside"] or MOVED)
        for each in trace["candidates"]
        if each["put_aside"] or each["moves"]
    ]
    seen: Counter[str] = Counter()
    found = []
    for item, why in [*told, *trace["left_out"].items()]:
        seen[why] += 1
        if seen[why] <= (MOST_MOVED if why == MOVED else NAMED):
            found.append(item)
    return list(dict.fromkeys(found))


def _titled(items: Iterable[str], known: Mapping[str, str]) -> list[str]:
    return [known.get(item) or item for item in list(items)[:NAMED]]


def _chain(trace: dict[str, Any], who: Mapping[str, Who]) -> list[Line]:
    if not trace["chain"]:
        return [Line(_("Nobody was asked: add a step to the block."))]
    shown = Counter(e["recommender"] for e in trace["candidates"] if e["position"])
    return [
        _step(step, at, shown[step["recommender"]], who)
        for at, step in enumerate(trace["chain"])
    ]


def _step(step: dict[str, Any], at: int, shown: int, who: Mapping[str, Who]) -> Line:
    one = who.get(step["recommender"], Who(step["recommender"]))
    parts = [_("%(n)s proposed, %(shown)s shown")]
    if step["explores"]:
        parts.append(
            _("for the places of the new")
            if step["recommender"] == NEW
            else _("fills what a rule left empty")
        )
    elif at:
        parts.append(_("backup"))
    version = f" v{step['version']}" if step["version"] else ""
    words = {"n": number(step["candidates"]), "shown": number(shown)}
    return Line(
        " · ".join(parts) % words,
        one.url,
        one.name + version,
        is_quiet=not step["candidates"],
    )


def _filtered(fell: list[dict[str, Any]], known: Mapping[str, str]) -> list[Line]:
    reasons = Counter(each["put_aside"] for each in fell)
    return [
        Line(
            _("%(count)s fell: %(why)s")
            % {"count": number(count), "why": PUT_ASIDE.get(why, why)},
            products=_titled(
                (each["item"] for each in fell if each["put_aside"] == why), known
            ),
        )
        for why, count in reasons.most_common()
    ]


def _unasked(trace: dict[str, Any], known: Mapping[str, str]) -> list[Line]:
    """What was never asked for, so that nobody could propose it."""
    left: dict[str, str] = trace["left_out"]
    return [
        Line(
            _("%(count)s not asked for: %(why)s")
            % {"count": number(count), "why": PUT_ASIDE.get(why, why)},
            products=_titled(
                (item for item, text in left.items() if text == why), known
            ),
            is_quiet=True,
        )
        for why, count in Counter(left.values()).most_common()
    ]


def rule_of(put_aside: str, trace: dict[str, Any]) -> dict[str, Any] | None:
    """The rule that took a product away; ``None`` where it was not a rule."""
    rules = (rule for rule in trace["rules"] if rule["action"] in TAKING)
    return next((r for r in rules if put_aside and f"“{r['name']}”" in put_aside), None)


def rule_url(rule: dict[str, Any]) -> str:
    """Where it is changed; "" for one that is not saved."""
    if rule.get("is_draft"):
        return ""
    return reverse("admin:shop_personalize_rule_change", args=[rule["id"]])


def _ruled(
    rule: dict[str, Any], trace: dict[str, Any], known: Mapping[str, str]
) -> Line:
    url, name = rule_url(rule), rule["name"]
    if rule["rests"]:
        why = RESTS.get(rule["rests"], rule["rests"])
        return Line(f"– {why}", url, name, is_quiet=True, rests=True)
    if not rule["products"]:
        return Line(_("speaks of none of these"), url, name, is_quiet=True)
    touched = _touched(rule, trace)
    words = {"n": number(len(touched)), "of": number(rule["products"])}
    if rule["action"] in TAKING:
        text = ngettext("takes away %(n)s", "takes away %(n)s", len(touched))
    elif rule["action"] == "pin":
        text = ngettext("pins %(n)s", "pins %(n)s", len(touched))
    else:
        text = _("speaks of %(of)s; %(n)s changed places")
    items = [each["item"] for each in touched]
    return Line(text % words, url, name, _titled(items, known))


def _touched(rule: dict[str, Any], trace: dict[str, Any]) -> list[dict[str, Any]]:
    """Products that a rule took away, pinned or moved."""
    if rule["action"] in TAKING:
        return [
            each
            for each in trace["candidates"]
            if (found := rule_of(each["put_aside"], trace))
            and found["id"] == rule["id"]
        ]
    step = "pin" if rule["action"] == "pin" else "rules"
    return [
        each
        for each in trace["candidates"]
        if rule["id"] in each["rules"]
        and any(move["step"] == step for move in each["moves"])
    ]


def _moved(entries: list[dict[str, Any]], known: Mapping[str, str]) -> list[Line]:
    """What the mix of the block moved, and how many came too late."""
    moved: dict[str, list[str]] = {}
    for each in entries:
        for step in {move["step"] for move in each["moves"]} - OWN_STEPS:
            moved.setdefault(step, []).append(each["item"])
    found = [
        Line(
            _("%(why)s: moved %(count)s")
            % {"why": STEPS.get(step, step), "count": number(len(items))},
            products=_titled(items, known),
        )
        for step, items in moved.items()
    ]
    late = sum(1 for each in entries if not each["put_aside"] and not each["position"])
    if late:
        words = ngettext(
            "%(n)s ranked below the last place",
            "%(n)s ranked below the last place",
            late,
        )
        found.append(Line(words % {"n": number(late)}, is_quiet=True))
    return found

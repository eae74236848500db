"""Where a score comes from and what the mix moved, in words and numbers for staff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.admin.methods import TITLES, USUAL
from shop_personalize.admin.numbers import number, percent
from shop_personalize.admin.products import titles

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_SOURCES = 5
LEAST_SHARE = 0.005
STEPS = {
    "objectives": gettext_lazy("what a sale is worth"),
    "rotation": gettext_lazy("seen often and not clicked"),
    "rules": gettext_lazy("rules"),
    "pin": gettext_lazy("pinned by a rule"),
    "damping": gettext_lazy("best sellers are held back"),
    "calibration": gettext_lazy("the visitor's own mix"),
    "diversity": gettext_lazy("variety"),
    "per_category": gettext_lazy("at most so many of one category"),
    "exploration": gettext_lazy("places for the new and seldom seen"),
}
SOURCES = {
    "own past": gettext_lazy("bought before"),
    "list": gettext_lazy("the shop's list, the same for everyone"),
}

PARTS = {
    **TITLES,
    "lately": gettext_lazy("Graph walk, lately"),
    "own": TITLES["again"],
    "popular": TITLES[USUAL],
    "trending": gettext_lazy("Trending"),
    "similar": gettext_lazy("Similar products"),
}


def accounts_of(trace: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """By product id: sources with their percent, recommenders, facts, and moves."""
    entries = trace.get("candidates", [])
    told = {entry["item"]: entry.get("account") for entry in entries}
    known = titles(_items(told.values()))
    return {
        entry["item"]: {**_account(told[entry["item"]], known), "moves": _moves(entry)}
        for entry in entries
        if told[entry["item"]] or entry.get("moves")
    }


def _items(accounts: Iterable[Any]) -> set[str]:
    sources = (
        source for account in accounts if account for source in account["sources"]
    )
    return {source["item"] for source in sources if source["item"]}


def _account(account: dict[str, Any] | None, known: dict[str, str]) -> dict[str, Any]:
    if not account:
        return {}
    sources = [
        (percent(each["share"]), _source(each, known))
        for each in account["sources"][:MOST_SOURCES]
    ]
    rest = 1.0 - sum(each["share"] for each in account["sources"][:MOST_SOURCES])
    if sources and rest >= LEAST_SHARE:
        sources.append((percent(rest), _("others")))
    return {
        "sources": sources,
        "exact": account["exact"],
        "people": number(account["people"]) if account["people"] else "",
        "recommenders": [
            (percent(each["share"]), str(PARTS.get(each["name"], each["name"])))
            for each in account["recommenders"]
        ],
        "facts": [
            (f"{each['log_odds']:+.2f}", each["fact"]) for each in account["effects"]
        ],
    }


def _source(source: dict[str, Any], known: dict[str, str]) -> str:
    if source["kind"] == "item":
        return known.get(source["item"]) or source["item"]
    return str(SOURCES.get(source["kind"], source["kind"]))


def _moves(entry: dict[str, Any]) -> list[str]:
    words = _("%(why)s: from place %(before)s to %(after)s")
    return [
        words
        % {
            "why": STEPS.get(move["step"], move["step"]),
            "before": number(move["from"]),
            "after": number(move["to"]),
        }
        for move in entry.get("moves", [])
    ]

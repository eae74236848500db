"""Suggestions and notes in a shop's words; the figures come from rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shop_personalize.admin.numbers import days, money, number, percent
from shop_personalize.supply.models import ForecastRun, Grain, ItemState, Reorder

HIGH = 0.9985
TELLING = 0.005
"""Half a point of service is worth a sentence."""
NOTES = {
    "few": gettext_lazy(
        "Only %(n)s periods of sales are known: the forecast is little more than a "
        "guess."
    ),
    "alike": gettext_lazy(
        "Never sold yet: told by the first periods of similar products (%(n)s)."
    ),
    "no_supplier": gettext_lazy(
        "No supplier is named: a lead time of %(days)s days is assumed."
    ),
    "no_lead": gettext_lazy(
        "The lead time is 0 days: what is ordered is taken to be there at once."
    ),
    "no_cost": gettext_lazy(
        "The cost of a unit is not known, so the order has no value here."
    ),
    "no_stock": gettext_lazy(
        "The shop does not tell the stock of this product, so nothing is suggested."
    ),
    "never_sold": gettext_lazy(
        "Never sold in a whole period that is known, so nothing can be forecast."
    ),
    "negative": gettext_lazy(
        "The stock is %(n)s: read as units owed to customers. Correct it in the shop "
        "if they are not."
    ),
    "cut": gettext_lazy("Cut from %(n)s to keep within the budget."),
    "tied_by_price": gettext_lazy(
        "The cost of a unit is not known: the money tied up is counted at the selling "
        "price."
    ),
}


def note(code: str, words: Mapping[str, Any]) -> str:
    """A stored note as a sentence; one nobody knows any more is told as it is."""
    text = NOTES.get(code)
    if text is None:
        return code
    written = {
        key: number(value) if isinstance(value, int | float) else value
        for key, value in words.items()
    }
    return str(text) % written


def notes(stored: Iterable[Any]) -> list[str]:
    return [note(code, words) for code, words in stored]


def by_when(day: date) -> str:
    """“today”, “by Thursday”, “by 12 March”."""
    ahead = (day - timezone.localdate()).days
    if ahead <= 0:
        return _("today")
    if ahead < 7:
        return _("by %(day)s") % {"day": date_format(day, "l")}
    return _("by %(day)s") % {"day": date_format(day, "j F")}


def headline(reorder: Reorder) -> str:
    """“Reorder 40 by Thursday (lead time 9 days, service 95 %)”."""
    facts = reorder.facts
    words = {
        "n": number(reorder.quantity),
        "when": by_when(reorder.order_by),
        "lead": days_of(facts.get("lead")),
        "service": percent(facts.get("service")),
    }
    return _("Reorder %(n)s %(when)s (lead time %(lead)s, service %(service)s)") % words


def days_of(count: float | None) -> str:
    whole = round(count or 0)
    return ngettext("%(n)s day", "%(n)s days", whole) % {"n": number(whole)}


def reason(reorder: Reorder) -> list[str]:
    """Why, in sentences: what will sell, what is there, what is kept in reserve."""
    facts = reorder.facts
    if not facts:
        return []
    found = [_stock(facts), _expected(facts), *_asked(facts), _risk(reorder)]
    if facts["pack"] > 1 or facts["minimum"] > 1:
        found.append(_rounded(facts))
    return [*found, *notes(reorder.notes)]


def _stock(facts: Mapping[str, Any]) -> str:
    words = {"stock": number(facts["stock"]), "coming": number(facts["on_order"])}
    if facts["cover"] is None or facts["stock"] <= 0:
        told = _("%(stock)s in stock and %(coming)s on order.")
        return told % words
    words["cover"] = days(facts["cover"])
    return _("%(stock)s in stock, enough for %(cover)s; %(coming)s on order.") % words


def _expected(facts: Mapping[str, Any]) -> str:
    span = days_of(facts["lead"] + facts["review"])
    words = {
        "span": span,
        "expected": number(round(facts["expected"])),
        "safety": number(round(facts["safety"])),
    }
    return (
        _(
            "Until the delivery after this one (%(span)s) about %(expected)s will be "
            "sold; %(safety)s more are kept for what cannot be foreseen."
        )
        % words
    )


def _asked(facts: Mapping[str, Any]) -> list[str]:
    """Where what is asked of the forecast is plainly more or less than is promised."""
    service, asked = facts["service"], facts.get("asked", facts["service"])
    if abs(asked - service) < TELLING:
        return []
    told = _(
        "For a service of %(service)s the forecast is asked for %(asked)s: so much it "
        "took in the past."
    )
    return [told % {"service": percent(service, 1), "asked": level(asked)}]


def level(asked: float) -> str:
    """Of so high a level the hundredths count: it is never all."""
    return percent(asked, 1 if asked < HIGH else 2)


def _risk(reorder: Reorder) -> str:
    if reorder.facts["stock"] <= 0:
        return _("It is sold out.")
    words = {"risk": percent(reorder.risk, 0)}
    return _("The risk that it runs out before a delivery comes: %(risk)s.") % words


def _rounded(facts: Mapping[str, Any]) -> str:
    words = {"pack": number(facts["pack"]), "minimum": number(facts["minimum"])}
    if facts["minimum"] > 1:
        told = _("Ordered in packs of %(pack)s, at least %(minimum)s.")
        return told % words
    return _("Ordered in packs of %(pack)s.") % words


def lasts(state: ItemState) -> str:
    """How long the stock lasts, in words."""
    if state.stock is None:
        return _("stock not told")
    if state.stock <= 0:
        return _("sold out")
    if state.cover_days is None:
        if not state.expected:
            return _("nothing sells")
        return _("more than a year")
    return days(state.cover_days)


def accuracy(told: Mapping[str, Any], grain: str) -> str:
    """How far off the forecast was when it was held to what was sold."""
    if not told or told.get("wape") is None:
        return _("How far off it may be cannot be told yet.")
    words = {
        "n": number(told["periods"]),
        "periods": str(Grain(grain).label),
        "wape": percent(told["wape"], 0),
        "plain": percent(told.get("plain"), 0),
        "cover": percent(told.get("cover80"), 0),
    }
    return (
        _(
            "Held to the last %(n)s %(periods)s, it was off by %(wape)s of what was "
            "sold; a plain mean by %(plain)s. %(cover)s of the outcomes lay in the "
            "80 %% band."
        )
        % words
    )


def stage(run: ForecastRun) -> str:
    return _(run.stage) if run.stage else ""


def worth(amounts: Mapping[str, float]) -> str:
    """“£60”, or “£60 + €12” where there is more than one money."""
    told = [money(amount, currency) for currency, amount in amounts.items()]
    return " + ".join(told) or money(0.0)

"""What an experiment found, in a shop's words; the figures come from ``selectors``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from shop_personalize.admin.numbers import MINUS, NOTHING, days, money, number, percent
from shop_personalize.experiments.metrics import COUNT, METRICS, MONEY
from shop_personalize.experiments.selectors import Code

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shop_personalize.experiments.selectors import (
        Compared,
        Result,
        Variant,
        Verdict,
    )

DASH = "\N{EN DASH}"
LONG = 365
"""Days nobody waits for."""


def title_of(metric: str) -> str:
    known = METRICS.get(metric)
    return str(known.title) if known else metric


def level(metric: str, value: float | None, currency: str = "") -> str:
    """£3.20, 4.1 %, 0.139."""
    if value is None or not math.isfinite(value):
        return NOTHING
    unit = METRICS[metric].unit
    if unit == MONEY:
        return money(value, currency)
    return number(value) if unit == COUNT else percent(value, 1)


def size(metric: str, difference: float, currency: str = "") -> str:
    """How large a difference is, without its sign; of shares in points."""
    unit, large = METRICS[metric].unit, abs(difference)
    if unit == MONEY:
        return money(large, currency)
    if unit == COUNT:
        return number(large)
    points = large * 100
    places = 0 if points in {0, round(points)} else 2 if points < 1 else 1
    return _("%(n)s points") % {"n": number(points, places)}


def signed(metric: str, difference: float, currency: str = "") -> str:
    """+£0.12, −0.4 points."""
    if not math.isfinite(difference):
        return NOTHING
    sign = MINUS if difference < 0 else "+" if difference > 0 else ""
    return sign + size(metric, difference, currency)


def span(metric: str, compared: Compared, currency: str = "") -> str:
    """The interval with its signs: “−£0.05 to +£0.22”."""
    effect = compared.effect
    if not effect.is_known:
        return NOTHING
    return _("%(low)s to %(high)s") % {
        "low": signed(metric, effect.low, currency),
        "high": signed(metric, effect.high, currency),
    }


def relative(compared: Compared) -> str:
    """By how many percent of the control: “+4.0 %”."""
    return signed_percent(compared.effect.relative)


def signed_percent(share: float) -> str:
    if not math.isfinite(share):
        return NOTHING
    sign = MINUS if share < 0 else "+" if share > 0 else ""
    return sign + percent(abs(share), 1)


def claim(result: Result, compared: Compared) -> str:
    """“B sells £0.12 more per visitor (£0.02–£0.22)”."""
    metric, currency, effect = result.primary.metric, result.currency, compared.effect
    known = METRICS[metric]
    said = known.more if effect.difference >= 0 else known.less
    words = {
        "arm": arm_name(compared.variant),
        "size": size(metric, effect.difference, currency),
    }
    ends = sorted(abs(end) for end in (effect.low, effect.high))
    between = DASH.join(size(metric, end, currency) for end in ends)
    return f"{str(said) % words} ({between})"


def arm_name(variant: Variant | None) -> str:
    return f"“{variant.name}”" if variant else ""


def headline(result: Result) -> str:
    """The answer in one sentence, without what to do about it."""
    found = result.verdict
    if found.code in {Code.BETTER, Code.WORSE} and found.compared:
        said = claim(result, found.compared)
        return said[:1].upper() + said[1:]
    return _STATED[found.code](result, found)


def advice(result: Result) -> str:
    """What to do now; empty where nothing is to be done."""
    found = result.verdict
    words = {
        "arm": arm_name(found.variant),
        "control": f"“{result.study.control.name}”",
    }
    if found.code in {Code.BETTER, Code.LEADS}:
        return _("Enough is known: choose %(arm)s.") % words
    if found.code in {Code.WORSE, Code.GUARDED}:
        return _("Enough is known: keep %(control)s.") % words
    if found.code == Code.SAME:
        return _("Choose what you like better; %(control)s is no worse.") % words
    if found.code == Code.UNEVEN:
        return _(
            "Something treats the variants differently before they are counted: a "
            "cache, a redirect, a robot. Stop, mend it and start anew."
        )
    return _waiting(found)


def _waiting(found: Verdict) -> str:
    if found.code == Code.EMPTY:
        return _("Figures come within an hour of the first visits.")
    if found.days_left is None:
        return _("Wait for more visitors.")
    if found.days_left > LONG:
        return _("At your traffic it takes more than a year: look for a larger change.")
    return _("About %(time)s more at your traffic.") % {"time": days(found.days_left)}


def how_long(count: int | None) -> str:
    """“about 3 weeks”; nobody plans for years."""
    if count is None or count > LONG:
        return _("more than a year")
    return _("about %(time)s") % {"time": days(count)}


def worth(result: Result) -> str:
    """What the difference is for everybody counted; empty where it is no money."""
    found = result.verdict.compared
    known = result.verdict.code in {Code.BETTER, Code.WORSE}
    if found is None or not known or METRICS[result.primary.metric].unit != MONEY:
        return ""
    if METRICS[result.primary.metric].is_ratio:
        return ""
    total, low, high = found.effect.total(sum(result.primary.units))
    return _(
        "Had everybody who was counted had %(arm)s, %(total)s would have been sold "
        "beyond what “%(control)s” sells (%(low)s to %(high)s)."
    ) % {
        "arm": arm_name(found.variant),
        "control": result.study.control.name,
        "total": money(total, result.currency),
        "low": money(low, result.currency),
        "high": money(high, result.currency),
    }


def _empty(result: Result, found: Verdict) -> str:
    return _("Nobody has been counted yet")


def _uneven(result: Result, found: Verdict) -> str:
    return _(
        "The figures cannot be trusted: visitors came out as %(split)s, not as planned"
    ) % {"split": split(result.primary.units)}


def _guarded(result: Result, found: Verdict) -> str:
    for guard in result.guards:
        for each in guard.crossed:
            words = {
                "arm": arm_name(each.variant),
                "metric": title_of(guard.bound.metric),
                "by": percent(abs(each.effect.relative), 0),
                "worst": percent(guard.bound.worst),
            }
            return (
                _(
                    "%(arm)s does harm: “%(metric)s” is %(by)s lower, and no more "
                    "than %(worst)s was allowed"
                )
                % words
            )
    return ""


def _same(result: Result, found: Verdict) -> str:
    words = {"arm": arm_name(found.variant), "span": _found_span(result)}
    return _("No difference worth knowing: %(arm)s is at %(span)s") % words


def _unclear(result: Result, found: Verdict) -> str:
    if result.chances:
        return _(
            "No variant leads for certain yet; the chance that %(arm)s is the best is "
            "%(chance)s"
        ) % {
            "arm": arm_name(found.variant),
            "chance": percent(_chance(result), 0),
        }
    if result.study.is_running:
        return _("Nothing can be said yet")
    words = {"arm": arm_name(found.variant), "span": _found_span(result)}
    return _("It ended before anything could be said: %(arm)s is at %(span)s") % words


def _leads(result: Result, found: Verdict) -> str:
    return _("The chance that %(arm)s is the best is %(chance)s") % {
        "arm": arm_name(found.variant),
        "chance": percent(_chance(result), 0),
    }


def _chance(result: Result) -> float:
    variant = result.verdict.variant
    return result.chances[variant.key] if variant else 0.0


def _found_span(result: Result) -> str:
    found = result.verdict.compared
    if found is None:
        return NOTHING
    return span(result.primary.metric, found, result.currency)


_STATED = {
    Code.EMPTY: _empty,
    Code.UNEVEN: _uneven,
    Code.GUARDED: _guarded,
    Code.SAME: _same,
    Code.UNCLEAR: _unclear,
    Code.LEADS: _leads,
}


def split(units: Iterable[float]) -> str:
    """“5,012 : 4,988”."""
    return " : ".join(number(each, 0) for each in units)


def certainty(compared: Compared) -> str:
    """Of a figure that does not decide: clear, or maybe chance."""
    p_value = compared.corrected_p
    if p_value is None or not compared.effect.is_known:
        return NOTHING
    return _("clear") if p_value < 0.05 else _("may be chance")

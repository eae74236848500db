"""What a suggestion, an elasticity or a problem says, in whole sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shop_personalize.admin.numbers import money, number, percent
from shop_personalize.pricing.models import PricedItem, PriceRule
from shop_personalize.pricing.selectors.judging import Bound
from shop_personalize.pricing.words import (
    limit,
    more,
    more_percent,
    price,
    span,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.functional import _StrPromise

    from shop_personalize.pricing.models import (
        Elasticity,
        PriceSuggestion,
    )
    from shop_personalize.pricing.selectors.workbench import Bench

Problem = PricedItem.Problem
STEP = 0.1
"""By how much a price moves in the sentence about an elasticity."""

PROBLEMS: dict[str, _StrPromise] = {
    "unknown": gettext_lazy(
        "Nothing is known of this product yet: it is not for sale, or new since prices "
        "were last thought over."
    ),
    Problem.NO_PRICE: gettext_lazy("The catalog gives this product no price above 0."),
    Problem.NO_SALES: gettext_lazy(
        "It was never sold, so nothing tells how demand answers its price."
    ),
    Problem.FEW_WEEKS: gettext_lazy(
        "It was sold in too few weeks to say which price is best."
    ),
    Problem.NO_DEMAND: gettext_lazy(
        "Nothing was sold of it in the last weeks: no price can be told to be better."
    ),
    Problem.OTHER_CURRENCY: gettext_lazy(
        "It was sold in another currency only than that of its price."
    ),
    Problem.NO_COST: gettext_lazy(
        "The catalog tells no cost above 0, so profit cannot be aimed at: name it in "
        'CATALOG["cost"], or aim at revenue by a rule.'
    ),
    Problem.RULES: gettext_lazy("Its rules exclude each other."),
    Problem.NO_ANSWER: gettext_lazy(
        "By what is known a price could move without end; a rule must say how far."
    ),
    Problem.BEST: gettext_lazy("Today's price is the best one the rules allow."),
    Problem.RECENT: gettext_lazy(
        "Its price was decided on lately; it is left in peace for a while."
    ),
}
NOTES: dict[str, _StrPromise] = {
    "no_rows": gettext_lazy("no week of it is known"),
    "no_sales": gettext_lazy("it was never sold"),
    "few_periods": gettext_lazy("it was sold in too few weeks"),
    "one_price": gettext_lazy("its price never changed"),
    "confounded": gettext_lazy("its price only changed together with something else"),
    "positive": gettext_lazy("by its own sales dearer would sell more"),
    "extreme": gettext_lazy("its own sales answer more steeply than can be believed"),
}
LIMITS: dict[str, _StrPromise] = {
    "least": gettext_lazy("price of at least"),
    "most": gettext_lazy("price of at most"),
    "margin": gettext_lazy("margin of at least"),
    "step": gettext_lazy("change of at most"),
    "competitor": gettext_lazy("distance to the cheapest competitor"),
    "cent": gettext_lazy("smallest coin"),
}


def answer(found: Elasticity | PriceSuggestion) -> str:
    """“10 % cheaper sells about 18 % more (9 to 27 %)”."""
    value, low, high = _three(found)
    more_sold = [(1 - STEP) ** each - 1 for each in (value, high, low)]
    words = {
        "step": percent(STEP),
        "more": percent(more_sold[0]),
        "low": more_percent(more_sold[1])
        if more_sold[1] < 0
        else number(more_sold[1] * 100, 0),
        "high": percent(more_sold[2]),
    }
    return _("%(step)s cheaper sells about %(more)s more (%(low)s to %(high)s)") % words


def _three(found: Any) -> tuple[float, float, float]:
    if hasattr(found, "elasticity"):
        return found.elasticity, found.elasticity_low, found.elasticity_high
    return found.value, found.low, found.high


def known_from(source: str) -> str:
    return str(
        {
            "own": _("from its own sales"),
            "category": _("from its category's sales"),
            "shop": _("from the whole shop's sales"),
            "prior": _("from what shops usually find; this one cannot tell yet"),
        }[source]
    )


def headline(row: PriceSuggestion) -> str:
    """“£13.95 instead of £12.75 would bring £34 a week more (£12 to £51)”."""
    if row.origin == row.Origin.MARKDOWN:
        told = _("Step of a markdown: %(new)s instead of %(old)s")
        return told % {
            "new": price(row.suggested, row.currency),
            "old": price(row.price_now, row.currency),
        }
    words = {
        "new": price(row.suggested, row.currency),
        "old": price(row.price_now, row.currency),
        "gain": money(row.gain, row.currency),
        "span": gain_span(row),
    }
    if row.aim == "profit":
        told = _(
            "%(new)s instead of %(old)s would earn %(gain)s a week more (%(span)s)"
        )
    else:
        told = _(
            "%(new)s instead of %(old)s would sell for %(gain)s a week more (%(span)s)"
        )
    return told % words


def gain_span(row: PriceSuggestion) -> str:
    """The interval of what is aimed at: “−£2 to +£51”."""
    if row.aim == "profit" and row.profit_low is not None:
        ends = (row.profit_low, row.profit_high)
    else:
        ends = (row.revenue_low, row.revenue_high)
    low, high = (more(each, row.currency) for each in ends)
    return span(low, high)


def change(row: PriceSuggestion) -> str:
    """By how much the price moves: “+9 %”."""
    return more_percent(float(row.suggested / row.price_now) - 1)


def reason(row: PriceSuggestion) -> str:
    """Why this price: what demand does, and what each piece earns."""
    if row.origin == row.Origin.MARKDOWN:
        return _("A step of the markdown that clears its stock.")
    units = row.units or 1.0
    way = -1 if row.units_change < 0 else 1
    low, high = sorted(way * each / units for each in (row.units_low, row.units_high))
    words = {
        "units": percent(abs(row.units_change / units)),
        "low": more_percent(low) if low < 0 else number(low * 100, 0),
        "high": percent(high, 0),
        "source": known_from(row.source),
        "each": price(abs(row.suggested - row.price_now), row.currency),
    }
    if row.suggested > row.price_now:
        told = _(
            "Every piece brings %(each)s more, and about %(units)s fewer are sold "
            "(%(low)s to %(high)s), %(source)s."
        )
    else:
        told = _(
            "About %(units)s more are sold (%(low)s to %(high)s), %(source)s; every "
            "piece brings %(each)s less."
        )
    return told % words


def held_by(row: PriceSuggestion) -> list[str]:
    """The limits that bound a suggestion, each with its rule."""
    return [_held(each) for each in row.bounds]


def _held(each: dict[str, Any]) -> str:
    name = LIMIT_NAMES.get(each["limit"], each["limit"])
    if each["rule"]:
        return _("%(limit)s (rule “%(rule)s”)") % {"limit": name, "rule": each["rule"]}
    return _("%(limit)s (the shop's setting)") % {"limit": name}


LIMIT_NAMES: dict[str, _StrPromise] = {
    "least": gettext_lazy("not cheaper"),
    "most": gettext_lazy("not dearer"),
    "margin": gettext_lazy("least margin"),
    "step": gettext_lazy("largest step"),
    "below": gettext_lazy("not further below competitors"),
    "above": gettext_lazy("not further above competitors"),
    "ending": gettext_lazy("ending of prices"),
    "days": gettext_lazy("not more often"),
}


def problem(item: PricedItem) -> str:
    """Why no price is suggested, with the figures there are."""
    told = str(PROBLEMS.get(item.problem, ""))
    detail = item.detail
    if item.problem != Problem.RULES or "low" not in detail:
        return told
    names = [str(LIMITS.get(name, name)) for name in detail["rules"]]
    words = {
        "first": names[0],
        "second": names[-1],
        "low": price(detail["low"], item.currency),
        "high": price(detail.get("high"), item.currency),
        "by": price(detail.get("by"), item.currency),
    }
    if detail["code"] == "ending":
        return (
            _(
                "No price between %(low)s (%(first)s) and %(high)s (%(second)s) ends "
                "as prices must; the nearest is %(by)s outside."
            )
            % words
        )
    return (
        _(
            "“%(first)s” asks for %(low)s or more, “%(second)s” for %(high)s or less: "
            "they are %(by)s apart."
        )
        % words
    )


def weeks(found: Elasticity) -> str:
    """What an elasticity rests on."""
    told = ngettext("%(n)s week with sales", "%(n)s weeks with sales", found.weeks)
    prices = ngettext("%(n)s price", "%(n)s prices", found.prices)
    parts = [
        told % {"n": number(found.weeks, 0)},
        prices % {"n": number(found.prices, 0)},
    ]
    return ", ".join(parts)


def neighbor(name: str, value: float, error: float) -> str:
    """“When X is 10 % dearer, this sells about 6 % more (2 to 10 %)”."""
    reach = 1.2816 * error
    shares = [(1 + STEP) ** each - 1 for each in (value, value - reach, value + reach)]
    words = {
        "name": name,
        "step": percent(STEP),
        "by": more_percent(shares[0]),
        "low": more_percent(shares[1]),
        "high": more_percent(shares[2]),
    }
    told = _("When “%(name)s” is %(step)s dearer: %(by)s sold (%(low)s to %(high)s)")
    return told % words


def forbidden(wrong: Sequence[Bound], currency: str) -> str:
    return "; ".join(limit(each, currency) for each in wrong)


def too_far(found: Bench) -> str:
    """Why nothing is told of a price."""
    low, high = (price(each, found.item.currency) for each in found.reach)
    told = _("Of prices so far from today's nothing is known; %(span)s can be tried.")
    return told % {"span": span(low, high)}


def scope(rule: PriceRule) -> str:
    """For what a rule holds: “category: Candles”."""
    name = rule.get_scope_display()
    return f"{name}: {rule.key}" if rule.key else str(name)

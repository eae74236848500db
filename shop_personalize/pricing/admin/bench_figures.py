"""Figures of a product's workbench: tiles, curves, and prices side by side."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from shop_personalize.admin.numbers import NOTHING, money, number, percent
from shop_personalize.pricing import stories
from shop_personalize.pricing.admin.curve import Mark, curve
from shop_personalize.pricing.words import more, more_units, price, signed, span

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from shop_personalize.pricing.models import PriceSuggestion
    from shop_personalize.pricing.selectors.workbench import Bench, Figure, Outcome


def tiles(found: Bench) -> list[tuple[str, str, str]]:
    item, at, code = found.item, found.standing, found.item.currency
    margin = _("cost not known")
    if at.cost is not None:
        words = {"cost": price(at.cost, code), "share": percent(1 - at.cost / at.now)}
        margin = _("cost %(cost)s, margin %(share)s") % words
    paid = ""
    if item.paid is not None:
        paid = _("paid lately: %(price)s") % {"price": price(item.paid, code)}
    return [
        (_("price today"), price(at.now, code), margin),
        (_("units a week, lately"), number(item.units), paid),
        (
            _("elasticity"),
            signed(found.elasticity.value),
            span(signed(found.elasticity.low), signed(found.elasticity.high)),
        ),
        (
            _("cheapest competitor"),
            price(at.theirs, code) if at.theirs is not None else NOTHING,
            "",
        ),
        (_("in stock"), number(item.stock) if item.stock is not None else NOTHING, ""),
    ]


def charts(
    found: Bench, suggestion: PriceSuggestion | None, tried: float | None
) -> list[SafeString]:
    code = found.item.currency
    spend = partial(money, currency=code)
    ask = partial(price, currency=code)
    marks = [Mark(_("today"), found.now)]
    if suggestion is not None:
        marks.append(Mark(_("suggested"), float(suggestion.suggested), "c"))
    elif tried is not None:
        marks.append(Mark(_("tried"), tried, "b"))
    titles_of = {
        "profit": _("Profit a week"),
        "revenue": _("Revenue a week"),
        "units": _("Units a week"),
    }
    curves = found.curves()
    return [
        curve(
            titles_of[name],
            curves[name],
            write=number if name == "units" else spend,
            write_price=ask,
            marks=marks,
            allowed=found.allowed,
            seen=[(w.price, w.units) for w in found.seen] if name == "units" else (),
            head=(_("price"), titles_of[name]),
        )
        for name in ("profit", "revenue", "units")
        if name in curves
    ]


def outcomes(
    found: Bench, suggestion: PriceSuggestion | None, tried: float | None
) -> list[dict[str, Any]]:
    """Today's price, the suggested and the tried one, side by side."""
    today = found.at(found.now)
    rows = [_row(found, _("today"), today, today)]
    if suggestion is not None and found.tells(float(suggestion.suggested)):
        then = found.at(float(suggestion.suggested))
        rows.append(_row(found, _("suggested"), then, today))
    if tried is not None:
        rows.append(_row(found, _("tried"), found.at(tried), today))
    return rows


def _row(found: Bench, name: str, then: Outcome, today: Outcome) -> dict[str, Any]:
    code, is_today = found.item.currency, then is today
    profit = NOTHING
    if then.profit is not None and today.profit is not None:
        profit = _figure(then.profit, today.profit, is_today, code)
    return {
        "name": name,
        "price": price(then.price, code),
        "units": _figure(then.units, today.units, is_today, None),
        "revenue": _figure(then.revenue, today.revenue, is_today, code),
        "profit": profit,
        "forbidden": stories.forbidden(then.forbidden_by, code),
    }


def _figure(then: Figure, today: Figure, is_today: bool, code: str | None) -> str:
    """“£340 (+£34, +£12 to +£51)”; of today only the figure."""

    def written(value: float) -> str:
        return number(value) if code is None else money(value, code)

    def differs(value: float) -> str:
        by = value - today.value
        return more_units(by) if code is None else more(by, code)

    if is_today:
        return written(then.value)
    between = span(differs(then.low), differs(then.high))
    return f"{written(then.value)} ({differs(then.value)}, {between})"

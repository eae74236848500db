from __future__ import annotations

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shop_personalize.admin.charts import Bar, Series, bars, line
from shop_personalize.admin.numbers import number, percent
from shop_personalize.admin.products import titles
from shop_personalize.insight.admin.shown import (
    Shown,
    Step,
    Tile,
    blocks_missing,
    compared,
)
from shop_personalize.insight.admin.table import Column, Table
from shop_personalize.insight.selectors.coverage import FIRST, Coverage
from shop_personalize.insight.selectors.period import Period

MARGIN = 0.05
"""Differences of concentration below it are no difference."""


def headline(found: Coverage, period: Period) -> str:
    if not found.seen:
        return _("No recommendation was seen in this time")
    if found.share is None:
        words = {"n": number(found.items)}
        return _("%(n)s products were seen as recommendations") % words
    words = {
        "share": percent(found.share),
        "top": percent(found.top_share),
        "first": number(FIRST),
    }
    return (
        _(
            "Recommendations show %(share)s of the range; the %(first)s most shown "
            "products have %(top)s of it"
        )
        % words
    )


def show(found: Coverage, period: Period) -> Shown:
    if not found.seen:
        return Shown(missing=blocks_missing())
    return Shown(
        tiles=[
            Tile(
                _("products seen"),
                number(found.items),
                compared(found.items, found.items_before),
            ),
            Tile(_("never seen"), number(found.never)),
            Tile(
                _("the %(n)s most shown have") % {"n": number(FIRST)},
                percent(found.top_share),
                _("of sales: %(share)s") % {"share": percent(found.sales_top_share)},
            ),
            Tile(
                _("concentration (Gini)"),
                number(found.gini, 2),
                _before(found),
            ),
        ],
        step=_step(found),
        charts=[_even(found), *([_curve(found)] if found.curve else [])],
        tables=[_most(found)],
        notes=[
            _(
                "Concentration: 0 if all products of the range are shown alike, 1 if "
                "it is always the same one. What sells is uneven by itself; "
                "recommendations that are more uneven than sales make best sellers of "
                "best sellers."
            )
        ],
    )


def _before(found: Coverage) -> str:
    if not found.items_before:
        return ""
    return _("before: %(n)s") % {"n": number(found.gini_before, 2)}


def _step(found: Coverage) -> Step:
    if found.gini > found.sales_gini + MARGIN:
        text = _(
            "Recommendations are more uneven than sales: the same products are shown "
            "to many. Raise the exploration or the freshness of a block, or bury with "
            "a rule what is seen too often."
        )
    elif found.gini < found.sales_gini - MARGIN:
        text = _(
            "The range is shown more evenly than it sells: recommendations help what "
            "is seldom sold. See who gains by it."
        )
    else:
        text = _("The range is shown about as evenly as it sells. See who gains by it.")
    return Step(text, url="fairness", link=_("Who gets to be seen?"))


def _even(found: Coverage) -> SafeString:
    return bars(
        _("Concentration: how unevenly products are shown and sold"),
        [
            Bar(_("recommendations"), found.gini),
            Bar(_("sales"), found.sales_gini, tone="quiet"),
        ],
        write=lambda value: number(value, 2),
    )


def _curve(found: Coverage) -> SafeString:
    steps = len(found.curve) - 1
    return line(
        _("What share of the showings the least shown products have"),
        [percent(k / steps) for k in range(steps + 1)],
        [
            Series(_("all alike"), [k / steps for k in range(steps + 1)], tone="quiet"),
            Series(_("shown"), found.curve),
        ],
        write=percent,
        head=_("of the range"),
    )


def _most(found: Coverage) -> Table:
    names = titles(one.item_id for one in found.most)
    columns = [
        Column(_("product"), "text"),
        Column(_("id"), "text"),
        Column(_("seen")),
        Column(_("of all seen"), "percent"),
        Column(_("clicked")),
        Column(_("clicks of those seen"), "percent"),
        Column(_("orders")),
    ]
    rows = [
        [
            names.get(one.item_id, one.item_id),
            one.item_id,
            one.seen,
            one.seen / found.seen,
            one.clicked,
            one.clicked / one.seen if one.seen else None,
            one.orders,
        ]
        for one in found.most
    ]
    return Table("coverage", _("Shown most"), columns, rows)

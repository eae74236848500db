from __future__ import annotations

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from shop_personalize.admin.charts import Dot, dots, histogram
from shop_personalize.admin.numbers import number, percent
from shop_personalize.admin.products import titles
from shop_personalize.insight.admin.shown import (
    Shown,
    Step,
    Tile,
    compared,
    orders_missing,
)
from shop_personalize.insight.admin.table import Column, Table
from shop_personalize.insight.selectors.period import FEW, Period
from shop_personalize.insight.selectors.repeats import COLUMNS, WIDTH, Repeats

SOME = 12


def headline(found: Repeats, period: Period) -> str:
    if not found.buyers:
        return _("No order is known in this time")
    if found.median is None or found.again < FEW:
        return _("Too few customers have bought again to say after how long")
    words = {"days": number(round(found.median))}
    return _("Half of those who buy again do so within %(days)s days") % words


def show(found: Repeats, period: Period) -> Shown:
    if not found.buyers:
        return Shown(missing=orders_missing())
    enough = found.again >= FEW
    names = titles(one.item_id for one in found.items)
    return Shown(
        tiles=[
            Tile(_("customers who bought"), number(found.buyers)),
            Tile(
                _("of them again, after an earlier day"),
                percent(found.again / found.buyers),
            ),
            Tile(
                _("days between two purchases"),
                number(found.median if enough else None),
                compared(found.median or 0, found.before) if enough else "",
            ),
        ],
        step=_step(found),
        charts=[
            *([_weeks(found)] if enough else []),
            *([_cycles(found, names)] if found.items else []),
        ],
        tables=[
            *([_gaps(found)] if enough else []),
            *([_items(found, names)] if found.items else []),
        ],
        notes=[
            _(
                "From one day of buying to the next of the same customer, where the "
                "later one lies in the period. Products are told if at least %(few)s "
                "customers bought them again; their earlier purchase is looked for "
                "over %(days)s days before the period."
            )
            % {"few": FEW, "days": WIDTH * COLUMNS}
        ],
    )


def _step(found: Repeats) -> Step:
    if found.median is None or found.again < FEW:
        return Step(
            _("Bring customers to a second order: show what goes with the first.")
        )
    return Step(
        _(
            "Write to customers about %(days)s days after they bought, with what they "
            "are likely to need again."
        )
        % {"days": number(round(found.median))},
        url="admin:shop_personalize_recommender_changelist",
        link=_("See “Buy it again”"),
    )


def _week(at: int) -> str:
    if at == COLUMNS - 1:
        return _("%(n)s and more") % {"n": at * WIDTH + 1}
    return f"{at * WIDTH + 1}\N{EN DASH}{(at + 1) * WIDTH}"


def _weeks(found: Repeats) -> SafeString:
    return histogram(
        _("Days until the next purchase"),
        [(_week(k), n) for k, n in enumerate(found.columns)],
        head=(_("days"), _("purchases")),
        labels=4,
    )


def _cycles(found: Repeats, names: dict[str, str]) -> SafeString:
    return dots(
        _(
            "Days until the same product is bought again; half of the gaps lie on the "
            "line"
        ),
        [
            Dot(names.get(one.item_id, one.item_id), one.median, one.low, one.high)
            for one in found.items[:SOME]
        ],
        write=lambda value: number(value, 0),
    )


def _gaps(found: Repeats) -> Table:
    rows = [[_week(k), n, n / found.gaps] for k, n in enumerate(found.columns)]
    columns = [
        Column(_("days"), "text"),
        Column(_("purchases")),
        Column(_("of all"), "percent"),
    ]
    return Table("repeats", _("Week by week"), columns, rows)


def _items(found: Repeats, names: dict[str, str]) -> Table:
    columns = [
        Column(_("product"), "text"),
        Column(_("id"), "text"),
        Column(_("customers who bought again")),
        Column(_("days, in the middle"), places=0),
        Column(_("a quarter within"), places=0),
        Column(_("three quarters within"), places=0),
    ]
    rows = [
        [
            names.get(one.item_id, one.item_id),
            one.item_id,
            one.people,
            one.median,
            one.low,
            one.high,
        ]
        for one in found.items
    ]
    return Table("products", _("Products bought again"), columns, rows)

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from shop_personalize.admin.charts import Bar, bars, sparkline
from shop_personalize.admin.numbers import change, money, number, percent
from shop_personalize.admin.products import titles
from shop_personalize.insight.admin.shown import (
    Shown,
    Step,
    Tile,
    compared,
    in_days,
    orders_missing,
)
from shop_personalize.insight.admin.table import Column, Table
from shop_personalize.insight.selectors.period import Period
from shop_personalize.insight.selectors.products import (
    SEEN_ENOUGH,
    SOME,
    Product,
    Products,
)


def headline(found: Products, period: Period) -> str:
    if not found.sold and not found.top and not found.rate:
        return _("Nothing was sold or looked at in this time")
    by = change(found.revenue, found.before)
    words = {
        "revenue": money(found.revenue, found.currency),
        "n": number(found.sold),
        "days": in_days(period),
        "by": percent(abs(by)) if by else "",
    }
    if not by:
        return _("%(n)s products brought %(revenue)s in %(days)s") % words
    if by > 0:
        return (
            _("%(n)s products brought %(revenue)s in %(days)s, %(by)s more than before")
            % words
        )
    return (
        _("%(n)s products brought %(revenue)s in %(days)s, %(by)s less than before")
        % words
    )


def show(found: Products, period: Period) -> Shown:
    if not found.sold and not found.rate:
        return Shown(missing=orders_missing())
    names = titles(one.item_id for one in (*found.top, *found.passed_by, *found.gems))
    spend = partial(money, currency=found.currency)
    return Shown(
        tiles=[
            Tile(
                _("revenue"),
                spend(found.revenue),
                compared(found.revenue, found.before),
            ),
            Tile(_("products sold"), number(found.sold), _of_catalog(found)),
            Tile(
                _("orders of 100 views"),
                number(100 * found.rate) if found.rate else "–",
            ),
        ],
        step=_step(found, names),
        charts=[
            bars(
                _("Revenue of the best products"),
                [
                    Bar(names.get(one.item_id, one.item_id), float(one.revenue))
                    for one in found.top[:SOME]
                ],
                write=spend,
            ),
            bars(
                _("Revenue by category"),
                [
                    Bar(group.name or _("no category"), float(group.revenue), tone="c")
                    for group in found.categories[:SOME]
                ],
                write=spend,
            ),
        ],
        tables=[
            _best(found, names),
            *_lists(found, names),
            _categories(found),
        ],
        notes=_notes(found),
    )


def _of_catalog(found: Products) -> str:
    if not found.catalog:
        return ""
    return _("%(share)s of the catalog") % {
        "share": percent(min(1.0, found.sold / found.catalog))
    }


def _step(found: Products, names: dict[str, str]) -> Step | None:
    if not found.passed_by:
        return None
    worst = found.passed_by[0]
    words = {
        "title": names.get(worst.item_id, worst.item_id),
        "views": number(worst.views),
        "orders": number(worst.orders),
    }
    return Step(
        _(
            "Look at “%(title)s”: seen %(views)s times, ordered %(orders)s times. Is "
            "the price right, the picture good, the size in stock?"
        )
        % words
    )


def _best(found: Products, names: dict[str, str]) -> Table:
    columns = [
        Column(_("product"), "text"),
        Column(_("id"), "text"),
        Column(_("revenue"), "money", found.currency),
        Column(_("against before"), "change"),
        Column(_("day by day"), "picture"),
        Column(_("orders")),
        Column(_("units")),
        Column(_("viewed")),
        Column(_("orders a view"), "percent"),
        Column(_("at least"), "percent"),
    ]
    rows = [
        [
            names.get(one.item_id, one.item_id),
            one.item_id,
            one.revenue,
            change(one.revenue, one.before),
            sparkline(_("revenue"), one.trend, write=lambda _value: ""),
            one.orders,
            one.units,
            one.views,
            one.rate if one.low is not None else None,
            one.low,
        ]
        for one in found.top
    ]
    return Table("products", _("The products that bring most"), columns, rows)


def _lists(found: Products, names: dict[str, str]) -> Iterable[Table]:
    if found.passed_by:
        yield _list(
            "passed-by",
            _("Viewed often, bought seldom"),
            found.passed_by,
            names,
            _(
                "Surely bought less often than the shop's %(rate)s of views; what "
                "would sell most at the usual rate comes first."
            )
            % {"rate": percent(found.rate)},
        )
    if found.gems:
        yield _list(
            "hidden-gems",
            _("Hidden gems: bought often by the few who see them"),
            found.gems,
            names,
            _(
                "Surely bought more often than the shop's %(rate)s of views, and "
                "viewed less than most. Pin or boost them with a rule."
            )
            % {"rate": percent(found.rate)},
        )


def _list(
    name: str,
    title: str,
    products: Iterable[Product],
    names: dict[str, str],
    about: str,
) -> Table:
    columns = [
        Column(_("product"), "text"),
        Column(_("id"), "text"),
        Column(_("viewed")),
        Column(_("orders")),
        Column(_("orders a view"), "percent"),
        Column(_("at least"), "percent"),
        Column(_("at most"), "percent"),
    ]
    rows: list[list[Any]] = [
        [
            names.get(one.item_id, one.item_id),
            one.item_id,
            one.views,
            one.orders,
            one.rate,
            one.low,
            one.high,
        ]
        for one in products
    ]
    return Table(name, title, columns, rows, about)


def _categories(found: Products) -> Table:
    columns = [
        Column(_("category"), "text"),
        Column(_("revenue"), "money", found.currency),
        Column(_("against before"), "change"),
        Column(_("products sold")),
        Column(_("orders")),
        Column(_("viewed")),
        Column(_("orders a view"), "percent"),
    ]
    rows = [
        [
            group.name or _("no category"),
            group.revenue,
            change(group.revenue, group.before),
            group.products,
            group.orders,
            group.views,
            group.rate,
        ]
        for group in found.categories
    ]
    return Table("categories", _("Category by category"), columns, rows)


def _notes(found: Products) -> list[str]:
    notes = [
        _(
            "Revenue is less what was returned. “At least” and “at most”: where the "
            "share lies with 95 %% confidence (Wilson); nothing is said of a product "
            "with fewer than %(n)s views, nor of what is ordered more often than "
            "viewed."
        )
        % {"n": SEEN_ENOUGH}
    ]
    if found.others:
        sums = ", ".join(money(amount, currency) for currency, amount in found.others)
        notes.append(_("In other currencies: %(sums)s") % {"sums": sums})
    return notes

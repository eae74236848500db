from __future__ import annotations

from functools import partial

from django.utils.translation import gettext as _

from shop_personalize.admin.charts import histogram
from shop_personalize.admin.numbers import money, number, percent
from shop_personalize.admin.products import titles
from shop_personalize.insight.admin.shown import (
    Shown,
    Step,
    Tile,
    compared,
    orders_missing,
)
from shop_personalize.insight.admin.table import Column, Table
from shop_personalize.insight.selectors.baskets import SIZES, Baskets
from shop_personalize.insight.selectors.period import FEW, Period


def headline(found: Baskets, period: Period) -> str:
    if not found.orders:
        return _("No order is known in this time")
    words = {
        "products": number(found.products, 1),
        "value": money(found.value, found.currency),
    }
    return _("An order holds %(products)s products and is worth %(value)s") % words


def show(found: Baskets, period: Period) -> Shown:
    if not found.orders:
        return Shown(missing=orders_missing())
    spend = partial(money, currency=found.currency)
    return Shown(
        tiles=[
            Tile(
                _("orders"), number(found.orders), compared(found.orders, found.before)
            ),
            Tile(
                _("an order, on average"),
                spend(found.value),
                compared(found.value or 0, found.value_before),
            ),
            Tile(_("half of the orders are below"), spend(found.middle)),
            Tile(_("with a single product"), percent(found.single_share)),
        ],
        step=_step(found),
        charts=[
            histogram(
                _("Orders by the number of different products"),
                [(_size(k), n) for k, n in enumerate(found.sizes)],
                head=(_("products"), _("orders")),
                labels=SIZES,
            ),
            histogram(
                _("Orders by value"),
                [(_value(found, k), n) for k, n in enumerate(found.values)],
                head=(_("value"), _("orders")),
            ),
        ],
        tables=[_sizes(found), *_pairs(found)],
        notes=[
            _(
                "An order is counted as it was placed, whatever came back later. Pairs "
                "are counted in the newest %(n)s orders, among the products in most "
                "orders; pairs in fewer than %(few)s orders are left out."
            )
            % {"n": number(found.looked_at), "few": FEW}
        ],
    )


def _size(at: int) -> str:
    return f"{at + 1}+" if at == SIZES - 1 else str(at + 1)


def _value(found: Baskets, at: int) -> str:
    start = money(found.steps[at], found.currency)
    if at == len(found.steps) - 1:
        return _("from %(start)s") % {"start": start}
    return f"{start}\N{EN DASH}{money(found.steps[at + 1], found.currency)}"


def _step(found: Baskets) -> Step:
    if found.pairs:
        return Step(
            _("Offer what is bought together as a set, and show it in the basket."),
            url="admin:shop_personalize_block_changelist",
            link=_("See the blocks"),
        )
    return Step(
        _("Show in the basket what goes with it, to turn single products into sets."),
        url="admin:shop_personalize_block_changelist",
        link=_("See the blocks"),
    )


def _sizes(found: Baskets) -> Table:
    columns = [
        Column(_("different products"), "text"),
        Column(_("orders")),
        Column(_("of all orders"), "percent"),
        Column(_("worth on average"), "money", found.currency),
    ]
    rows = [
        [_size(k), n, n / found.orders, found.size_values[k]]
        for k, n in enumerate(found.sizes)
    ]
    return Table("baskets", _("By size"), columns, rows)


def _pairs(found: Baskets) -> list[Table]:
    if not found.pairs:
        return []
    names = titles(item for pair in found.pairs for item in (pair.one, pair.other))
    columns = [
        Column(_("product"), "text"),
        Column(_("bought with"), "text"),
        Column(_("orders with both")),
        Column(_("times as often as by chance"), places=1),
    ]
    rows = [
        [
            names.get(pair.one, pair.one),
            names.get(pair.other, pair.other),
            pair.orders,
            pair.lift,
        ]
        for pair in found.pairs
    ]
    return [Table("pairs", _("Bought together most"), columns, rows)]

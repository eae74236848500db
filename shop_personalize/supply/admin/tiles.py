"""Headlines and figures of the first page and of a product."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop_personalize.admin.numbers import number, percent
from shop_personalize.supply import words
from shop_personalize.supply.admin import pictures
from shop_personalize.supply.admin.base import APP
from shop_personalize.supply.models import ItemState, Reorder
from shop_personalize.supply.selectors import overview


def headline(orders: overview.Orders, stock: overview.Stock) -> str:
    if stock.measured_at is None:
        return _("Nothing is known yet of what to order")
    if not orders.open:
        return _("Nothing has to be ordered now")
    told = ngettext(
        "Order %(n)s product this week", "Order %(n)s products this week", orders.open
    ) % {"n": number(orders.open)}
    if not orders.value:
        return told
    value = words.worth(orders.value)
    return _("%(order)s, worth %(value)s") % {"order": told, "value": value}


def tiles(
    orders: overview.Orders, stock: overview.Stock
) -> list[tuple[str, str, str, str]]:
    """Name, number, a word beside it, and where to look."""
    listed = reverse(f"admin:{APP}_stock")
    decide = reverse(f"admin:{APP}_reorder_changelist")
    beside = _("worth %(value)s") % {"value": words.worth(orders.value)}
    if orders.without_cost:
        told = ngettext(
            "%(n)s of them without a cost",
            "%(n)s of them without a cost",
            orders.without_cost,
        ) % {"n": number(orders.without_cost)}
        beside = f"{beside} · {told}" if orders.value else told
    coming = _("approved: %(n)s") % {"n": number(orders.approved)}
    if orders.late:
        late = ngettext("%(n)s is late", "%(n)s are late", orders.late)
        coming = f"{coming} · {late % {'n': number(orders.late)}}"
    return [
        (_("to order"), number(orders.open), beside, decide),
        (_("of them today"), number(orders.today), "", decide),
        (_("on order"), number(orders.ordered), coming, f"{decide}?show=ordered"),
        (
            _("may run out"),
            number(stock.risky),
            _("sold out: %(n)s") % {"n": number(stock.sold_out)},
            f"{listed}?show=risk",
        ),
        (
            _("too much in stock"),
            number(stock.overstocked),
            _("tied up: %(value)s") % {"value": words.worth(stock.tied)},
            f"{listed}?show=surplus",
        ),
    ]


def item_title(state: ItemState | None, reorders: list[Reorder], name: str) -> str:
    is_open = [row for row in reorders if row.state == Reorder.State.OPEN]
    if is_open:
        return f"{name}: {words.headline(is_open[0])}"
    if state is None or state.stock is None:
        return name
    if state.surplus:
        told = _("%(name)s: %(n)s more in stock than will sell soon")
        return told % {"name": name, "n": number(round(state.surplus))}
    told = _("%(name)s: the stock lasts %(time)s")
    return told % {"name": name, "time": words.lasts(state)}


def item_tiles(state: ItemState | None) -> list[tuple[str, str]]:
    if state is None:
        return []
    return [
        (_("in stock"), number(state.stock)),
        (_("on order"), number(state.on_order)),
        (_("expected a week"), pictures.whole(state.expected or 0.0)),
        (_("lasts"), words.lasts(state)),
        (_("risk of running out"), percent(state.risk, 0)),
        (_("class"), f"{state.abc}{state.xyz}" or "\N{EN DASH}"),
    ]

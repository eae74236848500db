"""The first page of supply, the lists of what runs out and lies, and each product."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.forms import Media
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from shop_personalize.admin.access import FactAdmin, allowed
from shop_personalize.admin.numbers import ago, money, number, percent
from shop_personalize.supply import words
from shop_personalize.supply.admin import pictures
from shop_personalize.supply.conf import GRAINS, supply_settings
from shop_personalize.supply.models import (
    ForecastRun,
    Grain,
    ItemState,
    ItemSupply,
    Level,
    Reorder,
)
from shop_personalize.supply.selectors import accuracy, overview, series

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

APP = "shop_personalize_supply"
RUN = f"{APP}.run_forecast"
PAGE = 50
LISTS = {
    "risk": gettext_lazy("Running out"),
    "surplus": gettext_lazy("Too much in stock"),
    "all": gettext_lazy("All products"),
}


class SupplyMedia:
    """The style of the slice, over that of the core."""

    @property
    def media(self) -> Media:
        style: dict[str, Any] = {"all": (f"{APP}/supply.css",)}
        return super().media + Media(css=style)  # type: ignore[misc]


@admin.register(ItemState)
class OverviewAdmin(SupplyMedia, FactAdmin):
    """The list of stocks is the overview; its rows are on pages of their own."""

    folder = APP

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        first = view(require_GET(self.overview_view))
        return [
            path("", first, name=f"{APP}_itemstate_changelist"),
            path("", first, name=f"{APP}_overview"),
            path("stock/", view(require_GET(self.stock_view)), name=f"{APP}_stock"),
            path(
                "product/<path:item_id>/",
                view(require_GET(self.item_view)),
                name=f"{APP}_item",
            ),
        ]

    def overview_view(self, request: HttpRequest) -> HttpResponse:
        self.may_view(request)
        grain = supply_settings().plan_by
        orders, stock = overview.orders(), overview.stock()
        told = series.told(grain, Level.SHOP, "")
        rows = overview.to_order()
        context = {
            "title": headline(orders, stock),
            "orders": orders,
            "stock": stock,
            "tiles": tiles(orders, stock),
            "how_sure": sure(told),
            "drifts": [drift(each) for each in accuracy.drifts(grain)],
            "to_order": titled(rows),
            "running_out": [stock_row(each) for each in overview.running_out()],
            "lying": [stock_row(each) for each in overview.lying()],
            "chart": pictures.forecast(told, _("Units sold in the whole shop"))
            if told
            else "",
            "measured": ago(stock.measured_at) if stock.measured_at else "",
            "running": alive(),
            "may_run": allowed(request, RUN),
            "grain": grain,
        }
        return self.page(request, "overview.html", context)

    def stock_view(self, request: HttpRequest) -> HttpResponse:
        self.may_view(request)
        shown = request.GET.get("show", "risk")
        shown = shown if shown in LISTS else "risk"
        page = Paginator(_listed(shown), PAGE).get_page(request.GET.get("p"))
        context = {
            "title": LISTS[shown],
            "shown": shown,
            "lists": [(key, title, key == shown) for key, title in LISTS.items()],
            "page": page,
            "rows": [stock_row(each) for each in page],
        }
        return self.page(request, "stock.html", context)

    def item_view(self, request: HttpRequest, item_id: str) -> HttpResponse:
        self.may_view(request)
        grain = grain_of(request)
        told = series.told(grain, Level.PRODUCT, item_id)
        state = ItemState.objects.filter(item_id=item_id).first()
        name = state.title if state and state.title else item_id
        reorders = list(
            Reorder.objects.filter(item_id=item_id)
            .select_related("supplier", "decided_by")
            .order_by("-pk")[:PAGE]
        )
        supply = ItemSupply.objects.filter(item_id=item_id).first()
        context = {
            "title": item_title(state, reorders, name),
            "name": name,
            "item_id": item_id,
            "told": told,
            "tiles": item_tiles(state),
            "notes": words.notes(
                [
                    *(state.notes if state else []),
                    *(told.series.notes if told else []),
                ]
            ),
            "chart": pictures.forecast(told, _("Units sold")) if told else "",
            "parts": pictures.parts(told, _("Units")) if told else [],
            "events": told.events if told else [],
            "method": method(told),
            "grains": grains(grain),
            "reorders": [
                (each, words.headline(each), words.reason(each)) for each in reorders
            ],
            "supply_url": supply_url(supply, item_id),
        }
        return self.page(request, "item.html", context)


def _listed(shown: str) -> QuerySet[ItemState]:
    rows = ItemState.objects.all()
    if shown == "risk":
        rows = rows.filter(risk__gte=overview.RISKY)
        return rows.order_by("-risk", "cover_days", "item_id")
    if shown == "surplus":
        rows = rows.filter(surplus__gt=0)
        return rows.order_by(F("tied").desc(nulls_last=True), "-surplus", "item_id")
    return rows.order_by("title", "item_id")


def grain_of(request: HttpRequest) -> str:
    asked = request.GET.get("by", "")
    return asked if asked in GRAINS else supply_settings().plan_by


def grains(chosen: str) -> list[tuple[str, str, bool]]:
    return [(key, str(Grain(key).label), key == chosen) for key in GRAINS]


def alive() -> list[tuple[ForecastRun, str]]:
    states = (ForecastRun.State.QUEUED, ForecastRun.State.RUNNING)
    rows = ForecastRun.objects.filter(state__in=states)
    return [(each, words.stage(each)) for each in rows]


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
    worth = money(orders.value, orders.currency)
    return _("%(order)s, worth %(value)s") % {"order": told, "value": worth}


def tiles(
    orders: overview.Orders, stock: overview.Stock
) -> list[tuple[str, str, str, str]]:
    """Name, number, a word beside it, and where to look."""
    listed = reverse(f"admin:{APP}_stock")
    decide = reverse(f"admin:{APP}_reorder_changelist")
    beside = _("worth %(value)s") % {"value": money(orders.value, orders.currency)}
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
            _("tied up: %(value)s") % {"value": money(stock.tied, stock.currency)},
            f"{listed}?show=surplus",
        ),
    ]


def sure(told: series.Told | None, level: str = Level.PRODUCT) -> str:
    if told is None:
        return ""
    return words.accuracy(told.run.accuracy.get(level, {}), told.run.grain)


def drift(found: accuracy.Drift) -> str:
    told = _(
        "The forecast has become worse: off by %(now)s of what was sold, beside "
        "%(then)s in its test (%(level)s). Has something changed that it cannot know "
        "of? Add it as an event, or make a new forecast."
    )
    return told % {
        "now": percent(found.now, 0),
        "then": percent(found.then, 0),
        "level": str(Level(found.level).label),
    }


def titled(rows: list[Reorder]) -> list[dict[str, Any]]:
    titles = overview.titles_of([row.item_id for row in rows])
    return [
        {
            "row": row,
            "title": titles.get(row.item_id) or row.item_id,
            "url": item_url(row.item_id),
            "headline": words.headline(row),
            "reason": words.reason(row),
            "value": money(row.value, row.currency),
            "risk": percent(row.risk, 0),
        }
        for row in rows
    ]


def item_url(item_id: str) -> str:
    return reverse(f"admin:{APP}_item", args=[item_id])


def stock_row(state: ItemState) -> dict[str, Any]:
    return {
        "title": state.title or state.item_id,
        "url": item_url(state.item_id),
        "category": state.category,
        "stock": number(state.stock),
        "on_order": number(state.on_order),
        "expected": pictures.whole(state.expected) if state.expected else "0",
        "lasts": words.lasts(state),
        "risk": percent(state.risk, 0),
        "surplus": number(round(state.surplus)),
        "tied": money(state.tied, state.currency),
        "class": f"{state.abc}{state.xyz}",
        "notes": words.notes(state.notes),
    }


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


def method(told: series.Told | None) -> str:
    if told is None:
        return ""
    shown = told.series
    if shown.error is None:
        text = _("Method: %(method)s. How far off it may be cannot be told yet.")
        return text % {"method": shown.method}
    text = _(
        "Method: %(method)s. Held to the last periods that are known, it was off by "
        "%(error)s of what was sold."
    )
    return text % {"method": shown.method, "error": percent(shown.error, 0)}


def supply_url(supply: ItemSupply | None, item_id: str) -> str:
    if supply is not None:
        return reverse(f"admin:{APP}_itemsupply_change", args=[supply.pk])
    return f"{reverse(f'admin:{APP}_itemsupply_add')}?item_id={item_id}"

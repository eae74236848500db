"""The first page of supply, the lists of what runs out and lies, and each product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from shop_personalize.admin.access import FactAdmin, allowed
from shop_personalize.admin.numbers import ago
from shop_personalize.supply import words
from shop_personalize.supply.admin import pictures
from shop_personalize.supply.admin.base import APP, SupplyMedia
from shop_personalize.supply.admin.rows import stock_row, titled
from shop_personalize.supply.admin.sureness import drift, method, promises, sure
from shop_personalize.supply.admin.tiles import headline, item_tiles, item_title, tiles
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

RUN = f"{APP}.run_forecast"
PAGE = 50
LISTS = {
    "risk": gettext_lazy("Running out"),
    "surplus": gettext_lazy("Too much in stock"),
    "all": gettext_lazy("All products"),
}


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
            "promises": promises(told),
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


def supply_url(supply: ItemSupply | None, item_id: str) -> str:
    if supply is not None:
        return reverse(f"admin:{APP}_itemsupply_change", args=[supply.pk])
    return f"{reverse(f'admin:{APP}_itemsupply_add')}?item_id={item_id}"

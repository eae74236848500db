from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from shop_personalize.admin.access import allowed
from shop_personalize.admin.numbers import number
from shop_personalize.catalog.generic.values import storable
from shop_personalize.pricing import stories
from shop_personalize.pricing.admin import newcomers, workbench
from shop_personalize.pricing.admin.base import (
    APP,
    APPROVE,
    PLAN,
    OfProductAdmin,
    bench_url,
)
from shop_personalize.pricing.models import PricedItem
from shop_personalize.pricing.words import price

if TYPE_CHECKING:
    from django.utils.safestring import SafeString


@admin.register(PricedItem)
class PricedItemAdmin(OfProductAdmin):
    """All products on sale; each leads to its workbench."""

    list_display = ["told", "category", "price_told", "cost_told", "sold", "says"]
    list_display_links = None
    list_filter = ["problem", "category"]
    list_per_page = 50
    search_fields = ["title", "=item_id", "brand"]
    ordering = ["title", "item_id"]

    def get_urls(self) -> list[URLPattern]:
        bench = self.admin_site.admin_view(require_GET(self.bench_view))
        newcomer = self.admin_site.admin_view(require_GET(self.newcomer_view))
        return [
            path("new/", newcomer, name=f"{APP}_newcomer"),
            path("bench/<path:item_id>/", bench, name=f"{APP}_workbench"),
            *super().get_urls(),
        ]

    def above_list(self, request: HttpRequest) -> dict[str, Any]:
        return {"title": _("All products, and what is said of their prices")}

    def bench_view(self, request: HttpRequest, item_id: str) -> HttpResponse:
        self.may_view(request)
        if not storable(item_id):
            raise Http404
        may = partial(allowed, request)
        context = workbench.page(item_id, request.GET, may)
        context["may_approve"] = allowed(request, APPROVE)
        context["may_plan"] = allowed(request, PLAN)
        context["here"] = request.get_full_path()
        return self.page(request, "workbench.html", context)

    def newcomer_view(self, request: HttpRequest) -> HttpResponse:
        self.may_view(request)
        return self.page(request, "newcomer.html", newcomers.page(request.GET))

    @admin.display(description=gettext_lazy("product"), ordering="title")
    def told(self, item: PricedItem) -> SafeString:
        return format_html(
            '<a href="{}">{}</a> <span class="sp-quiet">{}</span>',
            bench_url(item.item_id),
            item,
            item.item_id,
        )

    @admin.display(description=gettext_lazy("price"), ordering="price")
    def price_told(self, item: PricedItem) -> str:
        return price(item.price, item.currency)

    @admin.display(description=gettext_lazy("cost"), ordering="cost")
    def cost_told(self, item: PricedItem) -> str:
        return price(item.cost, item.currency)

    @admin.display(description=gettext_lazy("units a week"), ordering="units")
    def sold(self, item: PricedItem) -> str:
        return number(item.units)

    @admin.display(description=gettext_lazy("what is said of it"))
    def says(self, item: PricedItem) -> str:
        return stories.problem(item)

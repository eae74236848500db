from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.admin.charts import Dot, dots
from shop_personalize.admin.numbers import number
from shop_personalize.pricing import stories
from shop_personalize.pricing.admin.base import APP, PricingFactAdmin, bench_url
from shop_personalize.pricing.models import Elasticity
from shop_personalize.pricing.words import signed, span

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.safestring import SafeString

Kind = Elasticity.Kind
DRAWN = 40
"""Categories in the picture."""


class KindFilter(admin.SimpleListFilter):
    """Categories, unless products or the shop are asked for."""

    title = gettext_lazy("of what")
    parameter_name = "of"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[Any]:
        return [pair for pair in Kind.choices if pair[0] != Kind.CATEGORY]

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        return [{**first, "display": Kind.CATEGORY.label}, *rest]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        wanted = self.value()
        return queryset.filter(kind=wanted if wanted in Kind.values else Kind.CATEGORY)


@admin.register(Elasticity)
class ElasticityAdmin(PricingFactAdmin):
    """How demand answers prices: by category, for the shop, for products."""

    list_display = ["which", "value_told", "between", "says", "rests_on"]
    list_display_links = None
    list_filter = [KindFilter, "source"]
    list_per_page = 50
    search_fields = ["=key"]
    ordering = ["value", "key"]
    sortable_by = ()
    change_list_template = f"admin/{APP}/elasticities.html"

    def above_list(self, request: HttpRequest) -> dict[str, Any]:
        of_shop = Elasticity.objects.filter(kind=Kind.SHOP).first()
        return {"title": _title(of_shop), "sp_picture": _picture(of_shop)}

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """A figure is read in the list; there is no page of its own."""
        return self.changelist_view(request)

    @admin.display(description=gettext_lazy("which"))
    def which(self, found: Elasticity) -> SafeString | str:
        if found.kind == Kind.ITEM:
            return format_html('<a href="{}">{}</a>', bench_url(found.key), found.key)
        return found.key or _("the whole shop")

    @admin.display(description=gettext_lazy("elasticity"))
    def value_told(self, found: Elasticity) -> str:
        return signed(found.value)

    @admin.display(description=gettext_lazy("in 8 of 10 cases"))
    def between(self, found: Elasticity) -> str:
        return span(signed(found.low), signed(found.high))

    @admin.display(description=gettext_lazy("in words"))
    def says(self, found: Elasticity) -> str:
        return f"{stories.answer(found)}, {stories.known_from(found.source)}"

    @admin.display(description=gettext_lazy("rests on"))
    def rests_on(self, found: Elasticity) -> str:
        if found.kind == Kind.ITEM:
            return stories.weeks(found)
        return _("%(n)s products that speak") % {"n": number(found.prices, 0)}


def _title(of_shop: Elasticity | None) -> str:
    if of_shop is None:
        return _("How demand answers prices is not known yet")
    return _("In this shop %(answer)s") % {"answer": stories.answer(of_shop)}


def _picture(of_shop: Elasticity | None) -> SafeString | None:
    rows = Elasticity.objects.filter(kind=Kind.CATEGORY).order_by("value")[:DRAWN]
    drawn = [_dot(row.key, row) for row in rows]
    if of_shop is not None and drawn:
        drawn.append(_dot(_("the whole shop"), of_shop, tone="c"))
    if not drawn:
        return None
    return dots(_("Elasticity by category"), drawn, write=partial(signed, places=2))


def _dot(name: str, found: Elasticity, tone: str = "a") -> Dot:
    return Dot(name, found.value, found.low, found.high, tone)

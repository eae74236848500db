from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.admin.access import allowed
from shop_personalize.pricing import stories
from shop_personalize.pricing.admin.base import (
    APP,
    APPROVE,
    PricingFactAdmin,
    bench_url,
)
from shop_personalize.pricing.admin.workbench import put_back
from shop_personalize.pricing.models import PriceChange
from shop_personalize.pricing.selectors.after import all_afterwards

if TYPE_CHECKING:
    from django.contrib.admin.views.main import ChangeList
    from django.utils.safestring import SafeString

DO = f"admin:{APP}_pricesuggestion_do"


@admin.register(PriceChange)
class PriceChangeAdmin(PricingFactAdmin):
    """The log: what was changed, by whom, what happened, and the way back."""

    list_display = ["at", "told", "what", "user", "happened", "buttons"]
    list_display_links = None
    list_filter = ["verb", "is_applied", "at"]
    list_select_related = ["user", "suggestion"]
    list_per_page = 25
    search_fields = ["title", "=item_id"]
    sortable_by = ["at"]
    change_list_template = f"admin/{APP}/changes.html"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        base: type[ChangeList] = super().get_changelist(request, **kwargs)

        class WithAfter(base):  # type: ignore[misc,valid-type]
            """The rows of a page with what happened after, in few queries for all."""

            def get_results(self, request: HttpRequest) -> None:
                super().get_results(request)
                found = all_afterwards(list(self.result_list))
                for row in self.result_list:
                    row.found_after = found.get(row.pk)

        return WithAfter

    def get_list_display(self, request: HttpRequest) -> Any:
        if allowed(request, APPROVE):
            return super().get_list_display(request)
        return [name for name in self.list_display if name != "buttons"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = _("What was changed, and what happened then")
        return super().changelist_view(
            request, {"title": title, **(extra_context or {})}
        )

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        return redirect(bench_url(self.found(request, object_id).item_id))

    @admin.display(description=gettext_lazy("product"))
    def told(self, row: PriceChange) -> SafeString:
        name = row.title or row.item_id
        return format_html('<a href="{}">{}</a>', bench_url(row.item_id), name)

    @admin.display(description=gettext_lazy("what"))
    def what(self, row: PriceChange) -> SafeString:
        return format_html(
            '{}<br><span class="sp-quiet">{}</span>', stories.changed(row), row.why
        )

    @admin.display(description=gettext_lazy("units a week"))
    def happened(self, row: PriceChange) -> str:
        return stories.happened(row, getattr(row, "found_after", None))

    @admin.display(description="")
    def buttons(self, row: PriceChange) -> SafeString | str:
        return format_html_join(
            " ",
            '<button type="submit" class="button sp-minor" formaction="{0}" '
            'formmethod="post" formnovalidate aria-label="{1}: {2}">{1}</button>',
            (
                (reverse(DO, args=[row.suggestion_id, verb]), label, row)
                for verb, label, _style in put_back(row)
            ),
        )

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.pricing import histories
from shop_personalize.pricing.admin.base import (
    APP,
    DecidedAdmin,
    bench_url,
    buttons,
)
from shop_personalize.pricing.admin.workbench import put_back
from shop_personalize.pricing.models import PriceChange
from shop_personalize.pricing.selectors.after import all_afterwards

if TYPE_CHECKING:
    from django.contrib.admin.views.main import ChangeList
    from django.utils.safestring import SafeString


@admin.register(PriceChange)
class PriceChangeAdmin(DecidedAdmin):
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

    def above_list(self, request: HttpRequest) -> dict[str, Any]:
        return {"title": _("What was changed, and what happened then")}

    @admin.display(description=gettext_lazy("product"))
    def told(self, row: PriceChange) -> SafeString:
        name = row.title or row.item_id
        return format_html('<a href="{}">{}</a>', bench_url(row.item_id), name)

    @admin.display(description=gettext_lazy("what"))
    def what(self, row: PriceChange) -> SafeString:
        return format_html(
            '{}<br><span class="sp-quiet">{}</span>', histories.changed(row), row.why
        )

    @admin.display(description=gettext_lazy("units a week"))
    def happened(self, row: PriceChange) -> str:
        return histories.happened(row, getattr(row, "found_after", None))

    @admin.display(description="")
    def buttons(self, row: PriceChange) -> SafeString:
        return buttons(row, row.suggestion_id, put_back(row))

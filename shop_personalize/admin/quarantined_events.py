from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.admin.access import FactAdmin
from shop_personalize.admin.charts import Bar, bars
from shop_personalize.admin.reasons import REASONS, reason_name
from shop_personalize.models import QuarantinedEvent

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString


def reason_bars(counts: list[tuple[str, int]]) -> SafeString:
    rows = [Bar(reason_name(reason), count, tone="b") for reason, count in counts]
    return bars(_("Refused events by reason"), rows, unit=_("events"))


class ReasonFilter(admin.SimpleListFilter):
    title = gettext_lazy("reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(reason, reason_name(reason)) for reason in REASONS]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(reason=self.value()) if self.value() else queryset


@admin.register(QuarantinedEvent)
class QuarantinedEventAdmin(FactAdmin):
    list_display = ["received_at", "why", "detail", "source"]
    list_filter = [ReasonFilter, "source"]
    ordering = ["-id"]
    change_list_template = "admin/shop_personalize/quarantine_list.html"
    change_form_template = "admin/shop_personalize/quarantine_form.html"
    fields = ["received_at", "why", "detail", "source", "payload"]
    readonly_fields = ["why"]

    @admin.display(description=gettext_lazy("reason"), ordering="reason")
    def why(self, event: QuarantinedEvent) -> str:
        return reason_name(event.reason)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was looked into may be thrown away, by those with Django's right to."""
        return super(FactAdmin, self).has_delete_permission(request, obj)

    def above_list(self, request: HttpRequest) -> dict[str, Any]:
        counts = (
            QuarantinedEvent.objects.values_list("reason")
            .annotate(n=Count("pk"))
            .order_by("-n", "reason")[:12]
        )
        if found := list(counts):
            return {"sp_any": True, "sp_reasons": reason_bars(found)}
        return {"sp_any": False}

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        event = self.get_object(request, object_id)
        known = REASONS.get(event.reason) if event else None
        context = {"sp_hint": known[1] if known else "", **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

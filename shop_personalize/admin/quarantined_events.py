from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shop_personalize.admin.access import FactAdmin
from shop_personalize.admin.charts import Bar, bars
from shop_personalize.models import QuarantinedEvent

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import Promise
    from django.utils.safestring import SafeString

REASONS: dict[str, tuple[Promise, Promise]] = {
    "unknown_kind": (
        gettext_lazy("a kind of event we do not know"),
        gettext_lazy(
            "Name it in SHOP_PERSONALIZE['EVENTS'], or send one that is known."
        ),
    ),
    "missing_item": (
        gettext_lazy("no product"),
        gettext_lazy("Send the product's id with the event."),
    ),
    "unknown_item": (
        gettext_lazy("a product the shop does not have"),
        gettext_lazy("Send the id the catalog uses; SKU or name may need a setting."),
    ),
    "too_old": (
        gettext_lazy("more than 72 hours old"),
        gettext_lazy("Send events when they happen; older ones come in by “import”."),
    ),
    "in_future": (
        gettext_lazy("in the future"),
        gettext_lazy("The sender's clock is ahead; set it, or leave the time out."),
    ),
    "too_long": (
        gettext_lazy("a text too long"),
        gettext_lazy("Shorten the field that is named in the detail."),
    ),
    "bad_text": (
        gettext_lazy("a text that cannot be stored"),
        gettext_lazy("It holds a NUL or half a character; mend the sender's encoding."),
    ),
    "bad_currency": (
        gettext_lazy("not a currency"),
        gettext_lazy("Send a three-letter code such as EUR."),
    ),
    "bad_quantity": (
        gettext_lazy("not a quantity"),
        gettext_lazy("Send a number above zero."),
    ),
    "bad_value": (
        gettext_lazy("not a price"),
        gettext_lazy("Send a plain number, not below zero."),
    ),
    "bad_context": (
        gettext_lazy("context that is not JSON"),
        gettext_lazy("Send plain texts and numbers as context."),
    ),
}


def reason_name(reason: str) -> str:
    known = REASONS.get(reason)
    return str(known[0]) if known else reason


def reason_bars(counts: list[tuple[str, int]]) -> SafeString:
    rows = [Bar(reason_name(reason), count, tone="b") for reason, count in counts]
    return bars(_("Refused events by reason"), rows, unit=_("events"))


@admin.register(QuarantinedEvent)
class QuarantinedEventAdmin(FactAdmin):
    list_display = ["received_at", "why", "detail", "source"]
    list_filter = ["reason", "source"]
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

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        counts = (
            QuarantinedEvent.objects.values_list("reason")
            .annotate(n=Count("pk"))
            .order_by("-n", "reason")[:12]
        )
        context: dict[str, Any] = {"sp_any": False}
        if found := list(counts):
            context = {"sp_any": True, "sp_reasons": reason_bars(found)}
        return super().changelist_view(request, {**context, **(extra_context or {})})

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

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import (
    HttpRequest,
    HttpResponse,
    JsonResponse,
    StreamingHttpResponse,
)
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from shop_personalize.admin import export, health
from shop_personalize.admin.access import EXPORT, FactAdmin, allowed, note_all
from shop_personalize.admin.charts import Bar, bars, heat, histogram
from shop_personalize.admin.numbers import NOTHING, ago, money, number, percent
from shop_personalize.admin.products import titles
from shop_personalize.admin.quarantined_events import reason_bars
from shop_personalize.admin.words import kind_name
from shop_personalize.conf import app_settings
from shop_personalize.models import Interaction

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.utils.safestring import SafeString

TAIL = 50
TAIL_MS = 3000


class KindFilter(admin.SimpleListFilter):
    """Kinds from the settings: reading them from the rows would scan them all."""

    title = gettext_lazy("what happened")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind, kind_name(kind)) for kind in app_settings.events]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class WithTitles(ChangeList):
    """Names the products of one page of rows with one question to the catalog."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        named(self.result_list)


def named(interactions: Any) -> None:
    known = titles(one.item_id for one in interactions)
    for one in interactions:
        one.item_title = known.get(one.item_id, "")


def product_cell(interaction: Interaction) -> SafeString | str:
    if not interaction.item_id:
        return str(interaction.context.get("query") or NOTHING)
    return format_html(
        '{} <span class="sp-quiet">{}</span>',
        getattr(interaction, "item_title", ""),
        interaction.item_id,
    )


@admin.register(Interaction)
class InteractionAdmin(FactAdmin):
    list_display = [
        "occurred_at",
        "what",
        "product",
        "who",
        "price",
        "source",
        "counted",
    ]
    list_filter = [KindFilter, "flag"]
    list_select_related = ["visitor"]
    search_fields = ["=item_id", "=order_id", "=visitor__key"]
    search_help_text = gettext_lazy("The id of a product, an order or a visitor.")
    ordering = ["-id"]
    list_per_page = 50
    actions = ["export_csv"]
    change_list_template = "admin/shop_personalize/interaction_list.html"
    fields = [
        ("occurred_at", "received_at"),
        ("what", "product", "who"),
        ("quantity", "price", "order_id"),
        ("source", "flag", "site"),
        "rid",
        "context",
        "event_id",
    ]
    readonly_fields = ["what", "product", "who", "price"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return WithTitles

    @admin.display(description=gettext_lazy("what happened"), ordering="kind")
    def what(self, interaction: Interaction) -> str:
        return kind_name(interaction.kind)

    @admin.display(description=gettext_lazy("product"))
    def product(self, interaction: Interaction) -> SafeString | str:
        if not hasattr(interaction, "item_title"):
            named([interaction])
        return product_cell(interaction)

    @admin.display(description=gettext_lazy("who"))
    def who(self, interaction: Interaction) -> str:
        visitor = interaction.visitor
        return f"{visitor.get_kind_display()} {visitor.key[:8]}"

    @admin.display(description=gettext_lazy("price"), empty_value=NOTHING)
    def price(self, interaction: Interaction) -> str:
        return money(interaction.value, interaction.currency)

    @admin.display(description=gettext_lazy("counted"), boolean=True)
    def counted(self, interaction: Interaction) -> bool:
        return not interaction.flag

    def has_export_permission(self, request: HttpRequest) -> bool:
        return allowed(request, EXPORT)

    @admin.action(
        description=gettext_lazy("Export the selected interactions as CSV"),
        permissions=["export"],
    )
    def export_csv(
        self, request: HttpRequest, queryset: QuerySet[Interaction]
    ) -> StreamingHttpResponse:
        count = queryset.count()
        message = ngettext(
            "Exported %(count)s interaction.", "Exported %(count)s interactions.", count
        )
        note_all(request, Interaction, message % {"count": number(count)})
        return StreamingHttpResponse(
            export.lines(queryset),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": 'attachment; filename="interactions.csv"',
                "Cache-Control": "private, no-store",
            },
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path(
                "live/",
                view(require_GET(self.tail_view)),
                name="shop_personalize_interaction_tail",
            ),
            path(
                "live/rows/",
                view(require_GET(self.rows_view)),
                name="shop_personalize_interaction_rows",
            ),
            path(
                "health/",
                view(require_GET(self.health_view)),
                name="shop_personalize_interaction_health",
            ),
            *super().get_urls(),
        ]

    def tail_view(self, request: HttpRequest) -> HttpResponse:
        self.may_view(request)
        context = {"title": _("What visitors do now"), "sp_every": TAIL_MS}
        return self.page(request, "tail.html", {**context, **_tail()})

    def rows_view(self, request: HttpRequest) -> JsonResponse:
        self.may_view(request)
        template = "admin/shop_personalize/tail_rows.html"
        html = render_to_string(template, _tail(), request)
        return JsonResponse({"html": html, "again": TAIL_MS})

    def health_view(self, request: HttpRequest) -> HttpResponse:
        self.may_view(request)
        now = timezone.now()
        found = health.measure(now)
        return self.page(request, "health.html", _health_page(found, now))


def _tail() -> dict[str, Any]:
    newest = Interaction.objects.select_related("visitor").order_by("-id")
    latest = list(newest[:TAIL])
    named(latest)
    rows = [
        {
            "at": one.occurred_at,
            "kind": kind_name(one.kind),
            "product": product_cell(one),
            "visitor": one.visitor,
            "who": f"{one.visitor.get_kind_display()} {one.visitor.key[:8]}",
            "source": one.source,
            "flag": one.get_flag_display() if one.flag else "",
        }
        for one in latest
    ]
    return {"rows": rows, "now": timezone.now()}


def _health_page(found: health.Health, now: Any) -> dict[str, Any]:
    problems = health.findings(found, now)
    traffic = health.traffic(now)
    kinds = [Bar(kind_name(kind), count) for kind, count in found.kinds]
    sources = [Bar(source, count, tone="c") for source, count in found.sources]
    return {
        "title": _health_title(found, problems),
        "problems": problems,
        "facts": _facts(found),
        "is_empty": found.last is None,
        "newest": number(health.NEWEST) if found.is_cut else "",
        "hours": histogram(
            _("Events in each of the last 48 hours"),
            traffic.hours,
            head=(_("hour"), _("events")),
        )
        if found.last
        else "",
        "week": heat(
            _("Events of the last seven days, by the time of day"),
            health.TIMES,
            traffic.week,
        )
        if found.last
        else "",
        "kinds": bars(_("By what happened, 24 hours"), kinds) if kinds else "",
        "sources": bars(_("By where it came from, 24 hours"), sources)
        if sources
        else "",
        "reasons": reason_bars(found.reasons) if found.reasons else "",
    }


def _health_title(found: health.Health, problems: list[str]) -> str:
    if found.last is None:
        return _("Nothing has been recorded yet")
    if problems:
        return ngettext(
            "%(count)s thing to look at in what is recorded",
            "%(count)s things to look at in what is recorded",
            len(problems),
        ) % {"count": number(len(problems))}
    return _("Recording is healthy: %(count)s events in 24 hours") % {
        "count": number(found.total)
    }


def _facts(found: health.Health) -> list[tuple[str, str]]:
    return [
        (_("events in 24 hours"), number(found.total)),
        (_("last event"), ago(found.last) if found.last else NOTHING),
        (_("from bots"), percent(found.bot_share)),
        (_("refused"), percent(found.refused_share)),
        (_("told twice"), percent(found.twice_share)),
    ]

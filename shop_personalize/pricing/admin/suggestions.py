from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from shop_personalize.admin.access import allowed, require, user_of
from shop_personalize.admin.numbers import NOTHING, number
from shop_personalize.pricing import stories
from shop_personalize.pricing.admin import export, seen, summary
from shop_personalize.pricing.admin.base import (
    APP,
    APPROVE,
    EXPORT,
    DecidedAdmin,
    back,
    bench_url,
    buttons,
    refused_text,
    tell,
)
from shop_personalize.pricing.admin.filters import (
    StateFilter,
    SurenessFilter,
    WayFilter,
)
from shop_personalize.pricing.models import PriceSuggestion
from shop_personalize.pricing.services import deciding
from shop_personalize.pricing.services.refused import RefusedError
from shop_personalize.pricing.words import more, more_units, price, span

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet
    from django.utils.safestring import SafeString

PREFIX = f"{APP}_pricesuggestion"
State = PriceSuggestion.State
VERBS = {
    "approve": deciding.approve,
    "dismiss": deciding.dismiss,
    "put-back": deciding.put_back,
}
CSV_ROWS = 50_000


@admin.register(PriceSuggestion)
class PriceSuggestionAdmin(DecidedAdmin):
    list_display = ["told", "prices", "gained", "sold", "buttons"]
    list_display_links = None
    list_filter = [StateFilter, WayFilter, SurenessFilter, "origin", "category"]
    list_per_page = 25
    search_fields = ["title", "item_id"]
    sortable_by = ()
    actions = ["approve_chosen", "dismiss_chosen", "download_chosen"]
    change_list_template = f"admin/{APP}/suggestions.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PriceSuggestion]:
        return super().get_queryset(request).select_related("decided_by", "markdown")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        needed = {"download_chosen": EXPORT}
        return {
            name: action
            for name, action in super().get_actions(request).items()
            if allowed(request, needed.get(name, APPROVE))
        }

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path(
                "<int:object_id>/do/<slug:verb>/",
                view(require_POST(self.verb_view)),
                name=f"{PREFIX}_do",
            ),
            path("prices.csv", view(self.csv_view), name=f"{PREFIX}_csv"),
            *super().get_urls(),
        ]

    def above_list(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "title": summary.title(),
            "sp_may_export": allowed(request, EXPORT),
            "sp_problems": summary.problems(),
            "sp_sure": summary.sure(),
        }

    @admin.display(description=gettext_lazy("product"))
    def told(self, row: PriceSuggestion) -> SafeString:
        return format_html(
            '<a href="{}">{}</a><br><span class="sp-quiet">{}</span>'
            '<details class="sp-why"><summary>{}</summary>{}{}</details>{}',
            bench_url(row.item_id),
            row,
            row.category or row.item_id,
            _("Why"),
            stories.reason(row),
            _bound(row),
            _listed(_lines(row)),
        )

    @admin.display(description=gettext_lazy("price"))
    def prices(self, row: PriceSuggestion) -> SafeString:
        return format_html(
            '{} → <strong>{}</strong><br><span class="sp-quiet">{}</span>{}',
            price(row.price_now, row.currency),
            price(row.suggested, row.currency),
            stories.change(row),
            seen.field(row),
        )

    @admin.display(description=gettext_lazy("a week more"))
    def gained(self, row: PriceSuggestion) -> SafeString:
        """What is aimed at, and between what it lies."""
        if row.origin == PriceSuggestion.Origin.MARKDOWN:
            return format_html('<span class="sp-quiet">{}</span>', NOTHING)
        of = _("profit") if row.aim == "profit" else _("revenue")
        return format_html(
            '<strong>{}</strong> {}<br><span class="sp-quiet">{}</span>',
            more(row.gain, row.currency),
            of,
            stories.gain_span(row),
        )

    @admin.display(description=gettext_lazy("units a week"))
    def sold(self, row: PriceSuggestion) -> SafeString:
        if row.origin == PriceSuggestion.Origin.MARKDOWN:
            return format_html("{}", number(row.units))
        return format_html(
            '{} → {}<br><span class="sp-quiet">{}</span>',
            number(row.units),
            number(row.units + row.units_change),
            span(more_units(row.units_low), more_units(row.units_high)),
        )

    @admin.display(description=gettext_lazy("decide"))
    def buttons(self, row: PriceSuggestion) -> SafeString:
        return buttons(row, row.pk, offers(row))

    @admin.action(description=gettext_lazy("Approve the chosen prices"))
    def approve_chosen(self, request: HttpRequest, queryset: QuerySet) -> None:
        rows = list(queryset)
        shown = {row.pk: seen.read(request.POST, row) for row in rows}
        done, refused = deciding.approve_all(rows, user=user_of(request), seen=shown)
        told = ngettext("%(n)s price approved.", "%(n)s prices approved.", len(done))
        tell(request, told % {"n": len(done)} if done else "", refused)

    @admin.action(description=gettext_lazy("Dismiss the chosen prices"))
    def dismiss_chosen(self, request: HttpRequest, queryset: QuerySet) -> None:
        done, refused = deciding.dismiss_all(queryset, user=user_of(request))
        told = ngettext(
            "%(n)s suggestion dismissed.", "%(n)s suggestions dismissed.", len(done)
        )
        tell(request, told % {"n": len(done)} if done else "", refused)

    @admin.action(description=gettext_lazy("Download the chosen prices as CSV"))
    def download_chosen(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return export.respond(queryset[:CSV_ROWS], "prices")

    def csv_view(self, request: HttpRequest) -> HttpResponse:
        """All prices of a state: approved ones unless another is asked for."""
        self.may_view(request)
        require(request, EXPORT)
        state = request.GET.get("state", "agreed")
        states = list(deciding.MADE) if state == "agreed" else [state]
        if not set(states) <= set(State.values):
            raise Http404
        rows = PriceSuggestion.objects.filter(state__in=states)
        return export.respond(rows[:CSV_ROWS], f"prices-{state}")

    def verb_view(
        self, request: HttpRequest, object_id: int, verb: str
    ) -> HttpResponse:
        require(request, APPROVE)
        if verb not in VERBS:
            raise Http404
        row = self.found(request, str(object_id))
        given: dict[str, Any] = {
            "why": request.POST.get("why", "").replace("\0", "")[:300]
        }
        if verb == "approve":
            given["seen"] = seen.read(request.POST, row)
        try:
            done = VERBS[verb](row, user=user_of(request), **given)
        except RefusedError as problem:
            tell(request, "", [refused_text(problem)])
        else:
            tell(request, summary.told_now(done), [])
        return back(request, reverse(f"admin:{PREFIX}_changelist"))


def offers(row: PriceSuggestion) -> list[tuple[str, str, str]]:
    """Verbs of a row as (name, label, style)."""
    if row.state == State.OPEN:
        if row.due is not None and row.due > timezone.localdate():
            return []
        return [
            ("approve", _("Approve"), "default"),
            ("dismiss", _("Dismiss"), "sp-minor"),
        ]
    if row.state in deciding.MADE:
        return [("put-back", _("Put back"), "sp-minor")]
    return []


def _bound(row: PriceSuggestion) -> SafeString | str:
    held = stories.held_by(row)
    if not held:
        return ""
    return format_html("<br>{}", _("Bound by: %(rules)s") % {"rules": ", ".join(held)})


def day(found: date) -> str:
    return date_format(found, "SHORT_DATE_FORMAT")


def _listed(lines: list[str]) -> SafeString | str:
    return format_html_join(
        "", '<span class="sp-quiet">{}</span><br>', ((line,) for line in lines)
    )


def _lines(row: PriceSuggestion) -> list[str]:
    """When it is due, who decided and why."""
    lines = []
    if row.due is not None:
        lines.append(_("Due on %(day)s") % {"day": day(row.due)})
    if row.decided_at is not None:
        words = {
            "state": row.get_state_display(),
            "who": row.decided_by or _("nobody who is still here"),
            "day": day(timezone.localtime(row.decided_at).date()),
        }
        lines.append(_("%(state)s: %(who)s, %(day)s") % words)
    if row.reason:
        lines.append(row.reason)
    return lines

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from shop_personalize.admin.access import allowed, require, user_of
from shop_personalize.admin.charts import Series, line
from shop_personalize.admin.numbers import money, number, percent
from shop_personalize.admin.product_search import found_by
from shop_personalize.pricing.admin.base import (
    APP,
    PLAN,
    PricingFactAdmin,
    bench_url,
    refused_text,
    tell,
)
from shop_personalize.pricing.models import Markdown
from shop_personalize.pricing.services import marking_down
from shop_personalize.pricing.services.refused import RefusedError
from shop_personalize.pricing.words import price

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

PREFIX = f"{APP}_markdown"
State = Markdown.State
VERBS = {"approve": marking_down.approve, "cancel": marking_down.cancel}
USUAL = timedelta(weeks=6)
MOST_UNITS = 10**9


class PlanForm(forms.Form):
    item = forms.CharField(
        label=gettext_lazy("product"),
        help_text=gettext_lazy("Its id, or its title."),
        max_length=200,
    )
    clear_by = forms.DateField(
        label=gettext_lazy("to be gone by"), widget=AdminDateWidget
    )
    salvage = forms.DecimalField(
        label=gettext_lazy("worth of what is left, each"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        initial=0,
    )
    stock = forms.IntegerField(
        label=gettext_lazy("units to clear"),
        min_value=1,
        max_value=MOST_UNITS,
        required=False,
        help_text=gettext_lazy("What the catalog says, unless something is written."),
    )

    def clean_item(self) -> str:
        ids, wrong = found_by(self.cleaned_data["item"])
        if wrong or len(ids) != 1:
            raise ValidationError(wrong or _("One product at a time."))
        return ids[0]


@admin.register(Markdown)
class MarkdownAdmin(PricingFactAdmin):
    list_display = ["told", "clear_by", "stock", "brings", "state"]
    list_display_links = None
    list_filter = ["state"]
    list_per_page = 25
    search_fields = ["title", "=item_id"]
    sortable_by = ["clear_by"]
    change_list_template = f"admin/{APP}/markdowns.html"

    @property
    def media(self) -> forms.Media:
        return super().media + PlanForm().media

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("add/", view(self.plan_view), name=f"{PREFIX}_add"),
            path(
                "<int:object_id>/plan/",
                view(require_GET(self.path_view)),
                name=f"{PREFIX}_plan",
            ),
            path(
                "<int:object_id>/do/<slug:verb>/",
                view(require_POST(self.verb_view)),
                name=f"{PREFIX}_do",
            ),
            *super().get_urls(),
        ]

    def above_list(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "title": _("Clear a stock by a date"),
            "sp_may_plan": allowed(request, PLAN),
        }

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        return redirect(f"admin:{PREFIX}_plan", self.found(request, object_id).pk)

    def plan_view(self, request: HttpRequest) -> HttpResponse:
        require(request, PLAN)
        first = {
            "item": request.GET.get("item", ""),
            "clear_by": timezone.localdate() + USUAL,
        }
        form = PlanForm(request.POST or None, initial=first)
        if request.method == "POST" and form.is_valid():
            wish = dict(form.cleaned_data)
            try:
                row = marking_down.plan(
                    item_id=wish.pop("item"), user=user_of(request), **wish
                )
            except RefusedError as problem:
                form.add_error(None, str(problem))
            else:
                return redirect(f"admin:{PREFIX}_plan", row.pk)
        context = {"title": _("Plan a markdown"), "form": form}
        return self.page(request, "plan.html", context)

    def path_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        row = self.found(request, str(object_id))
        return self.page(request, "markdown.html", _context(request, row))

    def verb_view(
        self, request: HttpRequest, object_id: int, verb: str
    ) -> HttpResponse:
        require(request, PLAN)
        if verb not in VERBS:
            raise Http404
        row = self.found(request, str(object_id))
        try:
            done = VERBS[verb](row, user=user_of(request))
        except RefusedError as problem:
            tell(request, "", [refused_text(problem)])
        else:
            tell(request, _now(done), [])
        return redirect(f"admin:{PREFIX}_plan", object_id)

    @admin.display(description=gettext_lazy("product"))
    def told(self, row: Markdown) -> SafeString:
        url = reverse(f"admin:{PREFIX}_plan", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, row)

    @admin.display(description=gettext_lazy("brings"))
    def brings(self, row: Markdown) -> str:
        words = {
            "path": money(row.revenue, row.currency),
            "as_is": money(row.revenue_as_is, row.currency),
        }
        return _("%(path)s, at today's price %(as_is)s") % words


def _now(row: Markdown) -> str:
    if row.state == State.APPROVED:
        return _("Approved. Each step comes up among the suggestions on its day.")
    return _("Cancelled. Prices stay as they are.")


def _context(request: HttpRequest, row: Markdown) -> dict[str, Any]:
    code = row.currency
    days = [date_format(date.fromisoformat(s["week"]), "d M") for s in row.path]
    charts = [
        line(
            _("Price week by week"),
            days,
            [Series("", [step["price"] for step in row.path])],
            write=partial(price, currency=code),
            head=_("week of"),
        ),
        line(
            _("Expected to be left at the end of a week"),
            days,
            [Series("", [step["left"] for step in row.path], tone="c")],
            head=_("week of"),
        ),
    ]
    return {
        "title": _title(row),
        "markdown": row,
        "bench": bench_url(row.item_id),
        "charts": charts,
        "tiles": _tiles(row),
        "steps": [
            (
                date.fromisoformat(step["week"]),
                price(step["price"], code),
                number(step["units"]),
                number(step["left"]),
            )
            for step in row.path
        ],
        "verbs": _verbs(row) if allowed(request, PLAN) else [],
    }


def _title(row: Markdown) -> str:
    words = {
        "name": row,
        "n": number(row.stock, 0),
        "day": date_format(row.clear_by, "SHORT_DATE_FORMAT"),
        "more": money(row.revenue - row.revenue_as_is, row.currency),
    }
    if row.revenue - row.revenue_as_is < 0.005:
        return (
            _("“%(name)s”: today's price clears %(n)s by %(day)s as well as any")
            % words
        )
    return (
        _("“%(name)s”: clearing %(n)s by %(day)s brings %(more)s more than waiting")
        % words
    )


def _tiles(row: Markdown) -> list[tuple[str, str, str]]:
    code = row.currency
    return [
        (
            _("expected from sales and rest"),
            money(row.revenue, code),
            _("at today's price: %(sum)s") % {"sum": money(row.revenue_as_is, code)},
        ),
        (_("chance that nothing is left"), percent(row.sold_out, 0), ""),
        (_("units left over"), number(row.left), ""),
        (
            _("worth of what is left, each"),
            price(row.salvage, code),
            "",
        ),
        (_("state"), str(row.get_state_display()), ""),
    ]


def _verbs(row: Markdown) -> list[tuple[str, str, str]]:
    found = []
    falls = any(Decimal(repr(s["price"])) < row.price_now for s in row.path)
    is_ahead = row.clear_by > timezone.localdate()
    if row.state == State.PLANNED and falls and is_ahead:
        found.append(("approve", _("Approve the path"), "default"))
    if row.state in {State.PLANNED, State.APPROVED}:
        found.append(("cancel", _("Cancel"), "sp-minor"))
    return found

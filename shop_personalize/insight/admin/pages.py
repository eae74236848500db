"""The reports in the admin: a list with an answer each, a page each, a file a table."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.forms import Media
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from shop_personalize.admin.access import FactAdmin, allowed, require
from shop_personalize.insight.admin.reports import REPORTS, Report
from shop_personalize.insight.admin.shown import Shown, Step, in_days
from shop_personalize.insight.models import KeptAnswer
from shop_personalize.insight.selectors.period import LENGTHS, Period
from shop_personalize.insight.services import answers
from shop_personalize.insight.services.renewal import renew_if_due

EXPORT = "shop_personalize_insight.export_reports"
DAYS = 28


@admin.register(KeptAnswer)
class ReportAdmin(FactAdmin):
    """The list of kept answers is the list of reports."""

    folder = "shop_personalize_insight"

    @property
    def media(self) -> Media:
        style: dict[str, Any] = {"all": ("shop_personalize_insight/reports.css",)}
        return super().media + Media(css=style)

    def get_urls(self) -> list[URLPattern]:
        index = self.admin_site.admin_view(require_GET(self.index_view))
        page = self.admin_site.admin_view(require_GET(self.report_view))
        file = self.admin_site.admin_view(require_GET(self.csv_view))
        name = "shop_personalize_insight_"
        return [
            path("", index, name=f"{name}keptanswer_changelist"),
            path("", index, name=f"{name}reports"),
            path("<slug:name>/", page, name=f"{name}report"),
            path("<slug:name>/<slug:table>.csv", file, name=f"{name}csv"),
        ]

    def index_view(self, request: HttpRequest) -> HttpResponse:
        self.may_view(request)
        renew_if_due()
        kept = answers.kept(DAYS)
        rows = [
            {
                "url": address(report.name, DAYS),
                "title": report.title,
                "question": report.question,
                "answer": report.headline(*kept[report.name])
                if report.name in kept
                else "",
            }
            for report in REPORTS.values()
        ]
        title = _("What happens in the shop? Ten answers about the last %(days)s") % {
            "days": in_days(Period(DAYS, localdate()))
        }
        return self.page(
            request, "index.html", {"title": title, "rows": rows, "is_empty": not kept}
        )

    def report_view(self, request: HttpRequest, name: str) -> HttpResponse:
        self.may_view(request)
        report, days = _asked(request, name)
        renew_if_due()
        found = answers.find(name, days)
        if found is None:
            context: dict[str, Any] = {"title": report.question, "shown": _waiting()}
            return self.page(
                request, "report.html", {**context, **_frame(report, days)}
            )
        answer, period, made_at = found
        shown = report.show(answer, period)
        context = {
            "title": report.headline(answer, period),
            "shown": shown,
            "step_url": _step_url(shown.step, days),
            "tables": [
                (table, table.cells(), _csv_url(name, table.name, days))
                for table in shown.tables
            ],
            "may_export": allowed(request, EXPORT),
            "span": _span(period),
            "span_before": _span(period.before),
            "made_at": localtime(made_at),
            **_frame(report, days),
        }
        return self.page(request, "report.html", context)

    def csv_view(self, request: HttpRequest, name: str, table: str) -> HttpResponse:
        self.may_view(request)
        require(request, EXPORT)
        report, days = _asked(request, name)
        found = answers.find(name, days)
        if found is None:
            raise Http404
        answer, period, _made_at = found
        tables = {each.name: each for each in report.show(answer, period).tables}
        if table not in tables:
            raise Http404
        file = f"{name}-{table}-{period.until.isoformat()}-{days}d.csv"
        return HttpResponse(
            # The mark by which a spreadsheet knows UTF-8.
            "\N{ZERO WIDTH NO-BREAK SPACE}" + tables[table].csv(),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{file}"'},
        )


def _asked(request: HttpRequest, name: str) -> tuple[Report, int]:
    """The report and the days; days not offered are the usual ones."""
    if name not in REPORTS:
        raise Http404
    text = request.GET.get("days", "")
    days = int(text) if text.isascii() and text.isdigit() else DAYS
    return REPORTS[name], days if days in LENGTHS else DAYS


def address(name: str, days: int) -> str:
    url = reverse("admin:shop_personalize_insight_report", args=[name])
    return f"{url}?days={days}"


def _csv_url(name: str, table: str, days: int) -> str:
    url = reverse("admin:shop_personalize_insight_csv", args=[name, table])
    return f"{url}?days={days}"


def _step_url(step: Step | None, days: int) -> str:
    """A page of the admin, or another report over as many days."""
    if step is None or not step.url:
        return ""
    return address(step.url, days) if step.url in REPORTS else reverse(step.url)


def _frame(report: Report, days: int) -> dict[str, Any]:
    return {
        "report": report,
        "lengths": [
            (
                in_days(Period(each, localdate())),
                address(report.name, each),
                each == days,
            )
            for each in LENGTHS
        ],
        "others": [
            (each.title, address(each.name, days))
            for each in REPORTS.values()
            if each.name != report.name
        ],
    }


def _span(period: Period) -> str:
    first, last = (
        date_format(day, "SHORT_DATE_FORMAT") for day in (period.first, period.until)
    )
    return f"{first}\N{EN DASH}{last}"


def _waiting() -> Shown:
    return Shown(
        missing=Step(
            _(
                "The days are being counted; load the page again in a minute. Or count "
                "them now:"
            ),
            command="python manage.py personalize_reports",
        )
    )

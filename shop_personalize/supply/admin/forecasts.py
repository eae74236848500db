"""Forecasts: the runs, and what is expected of categories and the whole shop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from shop_personalize.admin.access import FactAdmin, allowed, require, user_of
from shop_personalize.admin.numbers import duration, number, percent
from shop_personalize.supply import words
from shop_personalize.supply.admin import pictures
from shop_personalize.supply.admin.base import APP, SupplyMedia
from shop_personalize.supply.admin.overview import RUN, grain_of, grains
from shop_personalize.supply.admin.sureness import sure
from shop_personalize.supply.models import ForecastRun, Level
from shop_personalize.supply.selectors import accuracy, series
from shop_personalize.supply.selectors.runs import newest
from shop_personalize.supply.services import forecasting
from shop_personalize.supply.services.records import log
from shop_personalize.supply.services.refused import RefusedError

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

State = ForecastRun.State


@admin.register(ForecastRun)
class ForecastAdmin(SupplyMedia, FactAdmin):
    folder = APP
    list_display = ["name", "told_state", "series_count", "error_of", "took"]
    list_display_links = None
    list_filter = ["grain", "state"]
    change_list_template = f"admin/{APP}/forecasts.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("make/", view(require_POST(self.make_view)), name=f"{APP}_make"),
            path("of/", view(require_GET(self.of_view)), name=f"{APP}_forecast"),
            *super().get_urls(),
        ]

    def above_list(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "title": _("What will sell, and how right that has been"),
            "sp_grains": grains(""),
            "sp_may_run": allowed(request, RUN),
            "sp_is_alive": ForecastRun.objects.filter(
                state__in=forecasting.ALIVE
            ).exists(),
        }

    @admin.display(description=gettext_lazy("forecast"))
    def name(self, run: ForecastRun) -> SafeString:
        address = reverse(f"admin:{APP}_forecast")
        return format_html(
            '<a href="{}?by={}">{}</a>', address, run.grain, run.get_grain_display()
        )

    @admin.display(description=gettext_lazy("state"))
    def told_state(self, run: ForecastRun) -> SafeString | str:
        if run.state == State.FAILED:
            return format_html(
                '<span class="sp-state sp-state-failed">{}</span> {}',
                run.get_state_display(),
                _(run.error),
            )
        if run.state == State.RUNNING:
            return format_html(
                '<progress class="sp-progress" max="1" value="{}"></progress> {}',
                f"{run.progress:.2f}",
                words.stage(run),
            )
        return run.get_state_display()

    @admin.display(description=gettext_lazy("off by, in its test"))
    def error_of(self, run: ForecastRun) -> str:
        return percent(run.accuracy.get(Level.PRODUCT, {}).get("wape"), 0)

    @admin.display(description=gettext_lazy("took"))
    def took(self, run: ForecastRun) -> str:
        if run.finished_at is None:
            return duration(None)
        return duration((run.finished_at - run.created_at).total_seconds())

    def make_view(self, request: HttpRequest) -> HttpResponse:
        require(request, RUN)
        try:
            run = forecasting.ask(
                grain=request.POST.get("grain", ""), user=user_of(request)
            )
        except RefusedError as refused:
            messages.error(request, str(refused))
        else:
            log(run, _("Asked for."), user=user_of(request))
            messages.success(
                request, _("A forecast is being made; this page shows how far it is.")
            )
        return redirect(f"admin:{APP}_forecastrun_changelist")

    def of_view(self, request: HttpRequest) -> HttpResponse:
        """The whole shop, or a category by ``?of=``."""
        self.may_view(request)
        grain, key = grain_of(request), request.GET.get("of", "")
        level = Level.CATEGORY if key else Level.SHOP
        told = series.told(grain, level, key)
        if told is None and key and newest(grain) is not None:
            raise Http404
        run = told.run if told else None
        context = {
            "title": _title(told, key),
            "key": key,
            "told": told,
            "chart": pictures.forecast(told, _("Units sold")) if told else "",
            "parts": pictures.parts(told, _("Units")) if told else [],
            "events": told.events if told else [],
            "grains": grains(grain),
            "how_sure": sure(told, Level.CATEGORY),
            "categories": [
                (name, pictures.whole(units)) for name, units in series.categories(run)
            ]
            if run
            else [],
            "past": [_past_row(each, grain) for each in accuracy.past(grain, level)]
            if not key
            else [],
            "accuracy": _accuracy(run) if run else [],
            "grain": grain,
            "may_run": allowed(request, RUN),
        }
        return self.page(request, "forecast.html", context)


def _title(told: series.Told | None, key: str) -> str:
    name = key or _("The whole shop")
    if told is None:
        return _("Nothing has been forecast yet")
    units, before = sum(told.series.mean), _before(told)
    words_of = {
        "name": name,
        "units": pictures.whole(units),
        "n": number(told.run.horizon),
        "periods": told.run.get_grain_display(),
    }
    text = _("%(name)s: about %(units)s units in the next %(n)s %(periods)s") % words_of
    if not before:
        return text
    by = units / before - 1
    if abs(by) < 0.005:
        return text
    more = _("%(text)s, %(by)s more than in the last")
    less = _("%(text)s, %(by)s less than in the last")
    return (more if by > 0 else less) % {"text": text, "by": percent(abs(by), 0)}


def _before(told: series.Told) -> float:
    """Units of as many periods before; 0 of what was not yet sold in all of them."""
    ahead = len(told.series.mean)
    first = next((at for at, sold in enumerate(told.history) if sold), None)
    if first is None or len(told.history) - first < ahead:
        return 0.0
    return sum(told.history[-ahead:])


def _past_row(each: accuracy.Past, grain: str) -> list[str]:
    return [
        pictures.label(grain, each.period),
        pictures.whole(each.forecast),
        pictures.whole(each.actual),
        percent(each.wape, 0),
        percent(each.cover80, 0),
    ]


def _accuracy(run: ForecastRun) -> list[list[str]]:
    names = ("wape", "plain", "bias", "cover80", "cover95")
    return [
        [
            str(Level(level).label),
            number(told["series"]),
            *(percent(told.get(name), 0) for name in names),
        ]
        for level, told in run.accuracy.items()
    ]

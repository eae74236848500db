from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from shop_personalize.admin import methods, readiness
from shop_personalize.admin.access import TRAIN, PersonalizeAdmin, allowed, require
from shop_personalize.admin.charts import sparkline
from shop_personalize.admin.metrics import comparison, over_time, quality, verdict
from shop_personalize.admin.names import name_of, version_name
from shop_personalize.admin.numbers import NOTHING, ago, number
from shop_personalize.admin.recommender_form import RecommenderForm
from shop_personalize.admin.training_jobs import (
    ACTIVE,
    headline,
    redirect_to,
    start,
)
from shop_personalize.models import BlockStep, ModelVersion, Recommender, TrainingJob
from shop_personalize.registry import spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse, HttpResponseBase
    from django.utils.safestring import SafeString

HISTORY = 30
"""Versions a history of quality shows."""


def history(recommenders: Iterable[Recommender]) -> dict[int, list[ModelVersion]]:
    """The last versions of each, oldest first, in one query."""
    found: dict[int, list[ModelVersion]] = defaultdict(list)
    recent = ModelVersion.objects.filter(recommender__in=recommenders)
    for version in recent.order_by("-number")[: HISTORY * 20]:
        found[version.recommender_id].append(version)
    return {pk: versions[:HISTORY][::-1] for pk, versions in found.items()}


@admin.register(Recommender)
class RecommenderAdmin(PersonalizeAdmin):
    form = RecommenderForm
    list_display = ["name", "serves", "last_trained", "is_active"]
    list_select_related = ["live_version"]
    search_fields = ["slug", "title"]
    ordering = ["slug"]
    actions = ["train_now"]
    prepopulated_fields = {"slug": ["title"]}
    change_form_template = "admin/shop_personalize/recommender_form.html"
    change_list_template = "admin/shop_personalize/recommender_list.html"
    readonly_fields = ["tuning_found"]
    fieldsets = [
        (None, {"fields": ["title", "slug", "algorithm", "is_active"]}),
        (
            gettext_lazy("When it is trained"),
            {"fields": [("train_every", "train_after_events")]},
        ),
        (
            gettext_lazy("What counts how much, and for how long"),
            {"fields": ["event_weights", "half_life_days"]},
        ),
        (
            gettext_lazy("What tuning found, and what you set instead"),
            {"classes": ["collapse"], "fields": ["tuning_found", "params"]},
        ),
    ]

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Recommender | None = None
    ) -> dict[str, Any]:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        known = cache(readiness.by_slug)
        versions = cache(lambda: history(Recommender.objects.all()))
        return [
            "name",
            _column(gettext_lazy("ready"), lambda r: _ready(known(), r)),
            "serves",
            _column(gettext_lazy("quality"), lambda r: _quality(versions(), r)),
            "last_trained",
            "is_active",
        ]

    @admin.display(description=gettext_lazy("recommender"), ordering="slug")
    def name(self, recommender: Recommender) -> SafeString:
        known = spec(recommender.algorithm)
        return format_html(
            '{} <span class="sp-quiet">{}</span><br><span class="sp-quiet">{}</span>',
            name_of(recommender),
            recommender.slug,
            known.describe if known else _("This algorithm is not installed."),
        )

    @admin.display(description=gettext_lazy("live version"), empty_value=NOTHING)
    def serves(self, recommender: Recommender) -> SafeString | str | None:
        version = recommender.live_version
        if version is None:
            known = spec(recommender.algorithm)
            return None if known is None or known.estimator else _("needs no training")
        url = reverse("admin:shop_personalize_modelversion_change", args=[version.pk])
        text = _("%(count)s products") % {"count": number(version.items)}
        return format_html(
            '<a href="{}">v{}</a> <span class="sp-quiet">{}</span>',
            url,
            version.number,
            text,
        )

    @admin.display(
        description=gettext_lazy("last trained"),
        ordering="last_trained_at",
        empty_value=NOTHING,
    )
    def last_trained(self, recommender: Recommender) -> SafeString | None:
        when = recommender.last_trained_at
        if when is None:
            return None
        full = date_format(localtime(when), "DATETIME_FORMAT")
        return format_html('<time title="{}">{}</time>', full, ago(when))

    @admin.display(description=gettext_lazy("found by tuning"))
    def tuning_found(self, recommender: Recommender) -> SafeString | str:
        found = _flat(recommender.tuned)
        if not found:
            return _("Not tuned yet: a training does it when there is enough data.")
        return format_html(
            '<div class="sp-scroll"><table class="sp-table"><thead>'
            "<tr><th>{}</th><th>{}</th><th>{}</th></tr></thead>"
            "<tbody>{}</tbody></table></div>",
            _("parameter"),
            _("found by tuning"),
            _("in force"),
            format_html_join(
                "",
                "<tr><th>{}</th><td>{}</td><td>{}</td></tr>",
                (
                    (name, _value(value), _value(recommender.params.get(name, value)))
                    for name, value in found
                ),
            ),
        )

    def has_train_permission(self, request: HttpRequest) -> bool:
        return allowed(request, TRAIN)

    @admin.action(
        description=gettext_lazy("Train the selected recommenders now"),
        permissions=["train"],
    )
    def train_now(self, request: HttpRequest, queryset: QuerySet[Recommender]) -> None:
        wanted = [r for r in queryset if _is_trained(r)]
        for recommender in wanted:
            start(request, recommender)
        done = ngettext(
            "%(count)s training was started.",
            "%(count)s trainings were started.",
            len(wanted),
        ) % {"count": number(len(wanted))}
        messages.success(request, done)

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "<path:object_id>/train/",
                self.admin_site.admin_view(require_POST(self.train_view)),
                name="shop_personalize_recommender_train",
            ),
            *super().get_urls(),
        ]

    def train_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        require(request, TRAIN)
        recommender = self.get_object(request, object_id)
        if recommender is None or not _is_trained(recommender):
            messages.info(request, _("There is nothing to train."))
            return redirect("admin:shop_personalize_recommender_changelist")
        job = start(request, recommender)
        if request.user.has_perm("shop_personalize.view_trainingjob"):
            return redirect_to(job)
        messages.success(request, _("Training was started."))
        return redirect("admin:shop_personalize_recommender_changelist")

    def above_list(self, request: HttpRequest) -> dict[str, Any]:
        return {"sp_may_train": allowed(request, TRAIN)}

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        recommender = self.get_object(request, object_id)
        context = {
            **(_summary(request, recommender) if recommender else {}),
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, context)


def _column(title: Any, show: Callable[[Recommender], Any]) -> Any:
    """A column that closes over what one request has read."""

    @admin.display(description=title)
    def column(recommender: Recommender) -> Any:
        return show(recommender)

    return column


def _ready(known: dict[str, Any], recommender: Recommender) -> SafeString:
    each = known.get(recommender.slug)
    return format_html(
        '{}<br><span class="sp-quiet">{}</span>',
        readiness.state(each),
        readiness.missing(each),
    )


def _quality(
    versions: dict[int, list[ModelVersion]], recommender: Recommender
) -> SafeString:
    measured = [quality(v) for v in versions.get(recommender.pk, [])]
    live = recommender.live_version
    return format_html(
        '{}<br><span class="sp-quiet">{}</span>',
        sparkline(
            _("quality, version by version"), [q for q in measured if q is not None]
        ),
        verdict(live) if live else "",
    )


def _is_trained(recommender: Recommender) -> bool:
    known = spec(recommender.algorithm)
    return known is not None and bool(known.estimator)


def _flat(tuned: dict[str, Any]) -> list[tuple[str, Any]]:
    """Tuned values as name and value, whether they lie in ``params`` or on top."""
    params = tuned.get("params", tuned)
    return sorted(params.items()) if isinstance(params, dict) else []


def _value(value: Any) -> str:
    return number(value) if isinstance(value, int | float) else str(value)


def _summary(request: HttpRequest, recommender: Recommender) -> dict[str, Any]:
    known = spec(recommender.algorithm)
    each = readiness.by_slug().get(recommender.slug)
    versions = history([recommender]).get(recommender.pk, [])
    jobs = TrainingJob.objects.filter(recommender=recommender)
    running = jobs.filter(state__in=ACTIVE).select_related("recommender").first()
    live = recommender.live_version
    return {
        "sp_describe": known.describe if known else "",
        "sp_state": readiness.state(each),
        "sp_missing": readiness.missing(each),
        "sp_live": live,
        "sp_live_name": version_name(live) if live else "",
        "sp_verdict": verdict(live) if live else "",
        "sp_comparison": comparison(live) if live else None,
        "sp_history": over_time(versions),
        "sp_suits": methods.suits(live) if live else "",
        "sp_methods": methods.searched(recommender),
        "sp_search": methods.search_of(recommender),
        "sp_trials": methods.trials(recommender),
        "sp_running": running,
        "sp_running_text": headline(running) if running else "",
        "sp_may_train": allowed(request, TRAIN) and _is_trained(recommender),
        "sp_blocks": [
            step.block
            for step in BlockStep.objects.filter(recommender=recommender)
            .select_related("block")
            .order_by("block__page", "block__position")
        ],
    }

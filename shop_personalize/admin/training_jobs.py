from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from shop_personalize.admin.access import (
    TRAIN,
    FactAdmin,
    allowed,
    note,
    require,
    user_of,
)
from shop_personalize.admin.names import job_name, version_name
from shop_personalize.admin.numbers import NOTHING, duration, percent
from shop_personalize.models import Recommender, TrainingJob

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

RUNNING, QUEUED = TrainingJob.State.RUNNING, TrainingJob.State.QUEUED
ACTIVE = (QUEUED, RUNNING)
ICONS = {
    "queued": "…",
    "running": "▶",
    "succeeded": "✔",
    "failed": "✖",
    "quarantined": "✖",
    "cancelled": NOTHING,
}
LOG_LINES = 200
POLL_MS = 2000
TOO_EARLY = 0.03
"""Below this progress the time still needed is a guess nobody should read."""


def seconds_taken(job: TrainingJob) -> float | None:
    if job.started_at is None:
        return None
    return ((job.finished_at or timezone.now()) - job.started_at).total_seconds()


def seconds_left(job: TrainingJob) -> float | None:
    taken = seconds_taken(job)
    if taken is None or job.state != RUNNING or job.progress < TOO_EARLY:
        return None
    return taken * (1 - job.progress) / job.progress


def headline(job: TrainingJob) -> str:
    """What is to be said of a job in one line."""
    words = {
        "what": job_name(job),
        "percent": percent(job.progress, 0),
        "left": duration(seconds_left(job)),
        "taken": duration(seconds_taken(job)),
        "attempts": job.attempts,
    }
    if job.state == RUNNING and seconds_left(job) is not None:
        return _("Training %(what)s: %(percent)s, about %(left)s left") % words
    return _SENTENCES[str(job.state)] % words


_SENTENCES = {
    "queued": gettext_lazy("Training %(what)s waits for its turn"),
    "running": gettext_lazy("Training %(what)s: %(percent)s"),
    "succeeded": gettext_lazy("Training %(what)s took %(taken)s"),
    "failed": gettext_lazy("Training %(what)s failed after %(taken)s"),
    "quarantined": gettext_lazy(
        "Training %(what)s was given up: %(attempts)s attempts"
    ),
    "cancelled": gettext_lazy("Training %(what)s was cancelled"),
}


def bar(job: TrainingJob) -> SafeString:
    if job.state not in ACTIVE:
        return format_html("{}", NOTHING)
    return format_html(
        '<progress class="sp-progress" max="100" value="{}"></progress> {}',
        round(job.progress * 100),
        percent(job.progress, 0),
    )


@admin.register(TrainingJob)
class TrainingJobAdmin(FactAdmin):
    list_display = [
        "name",
        "state_shown",
        "progress_shown",
        "stage_shown",
        "taken",
        "begun_by",
    ]
    list_filter = ["state", "trigger", "recommender"]
    list_select_related = ["recommender", "requested_by"]
    ordering = ["-created_at"]
    change_form_template = "admin/shop_personalize/job_form.html"
    change_list_template = "admin/shop_personalize/job_list.html"
    fieldsets = [
        (
            gettext_lazy("Details"),
            {
                "classes": ["collapse"],
                "fields": [
                    ("trigger", "requested_by"),
                    ("created_at", "started_at", "finished_at"),
                    ("attempts", "worker", "heartbeat_at"),
                    "options",
                ],
            },
        )
    ]

    @admin.display(description=gettext_lazy("training of"), ordering="-created_at")
    def name(self, job: TrainingJob) -> str:
        return f"#{job.pk} {job_name(job)}"

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_shown(self, job: TrainingJob) -> SafeString:
        label = _("stopping") if stopping(job) else job.get_state_display()
        return format_html(
            '<span class="sp-state sp-state-{}">{} {}</span>',
            job.state,
            ICONS[job.state],
            label,
        )

    @admin.display(description=gettext_lazy("progress"), ordering="progress")
    def progress_shown(self, job: TrainingJob) -> SafeString:
        return bar(job)

    @admin.display(description=gettext_lazy("stage"))
    def stage_shown(self, job: TrainingJob) -> str:
        return job.stage if job.state in ACTIVE else job.error[:80]

    @admin.display(description=gettext_lazy("took"))
    def taken(self, job: TrainingJob) -> str:
        return duration(seconds_taken(job))

    @admin.display(description=gettext_lazy("started by"), ordering="created_at")
    def begun_by(self, job: TrainingJob) -> str:
        return str(job.requested_by or job.get_trigger_display())

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path(
                "train-all/",
                view(require_POST(self.train_all_view)),
                name="shop_personalize_train_all",
            ),
            path(
                "<path:object_id>/live/",
                view(require_GET(self.live_view)),
                name="shop_personalize_trainingjob_live",
            ),
            path(
                "<path:object_id>/cancel/",
                view(require_POST(self.cancel_view)),
                name="shop_personalize_trainingjob_cancel",
            ),
            *super().get_urls(),
        ]

    def above_list(self, request: HttpRequest) -> dict[str, Any]:
        running = TrainingJob.objects.filter(state__in=ACTIVE).exists()
        return {
            "sp_refresh": POLL_MS if running else 0,
            "sp_may_train": allowed(request, TRAIN),
            "sp_any": running or TrainingJob.objects.exists(),
        }

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        job = self.get_object(request, object_id)
        context = {
            **(panel(job) if job else {}),
            "sp_may_train": allowed(request, TRAIN),
            **(extra_context or {}),
        }
        response = super().change_view(request, object_id, form_url, context)
        if job and hasattr(response, "context_data"):
            response.context_data["title"] = headline(job)
            response.context_data["subtitle"] = None
        return response

    def live_view(self, request: HttpRequest, object_id: str) -> JsonResponse:
        job = self.found(request, object_id)
        template = "admin/shop_personalize/job_panel.html"
        return JsonResponse(
            {
                "state": job.state,
                "stage": job.stage,
                "progress": job.progress,
                "seconds_left": seconds_left(job),
                "title": headline(job),
                "html": render_to_string(template, panel(job), request),
                "again": POLL_MS if job.state in ACTIVE else 0,
                "reload": job.state not in ACTIVE,
            }
        )

    def cancel_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        require(request, TRAIN)
        job = self.found(request, object_id)
        if job.state in ACTIVE:
            from shop_personalize.training.jobs import cancel

            cancel(job)
            note(request, job, _("Asked it to stop."))
            stops = _("Training %(what)s will stop.") % {"what": job_name(job)}
            messages.success(request, stops)
        else:
            ended = _("Training %(what)s had already ended.") % {"what": job_name(job)}
            messages.info(request, ended)
        return redirect("admin:shop_personalize_trainingjob_change", job.pk)

    def train_all_view(self, request: HttpRequest) -> HttpResponseBase:
        require(request, TRAIN)
        return redirect_to(start(request, None))


def stopping(job: TrainingJob) -> bool:
    return job.cancel_requested and job.state in ACTIVE


def panel(job: TrainingJob) -> dict[str, Any]:
    """What the part of the job's page that refreshes itself shows."""
    lines = job.log.rstrip().splitlines()
    return {
        "job": job,
        "sp_active": job.state in ACTIVE,
        "sp_stopping": stopping(job),
        "sp_percent": round(job.progress * 100),
        "sp_percent_text": percent(job.progress, 0),
        "sp_icon": ICONS[job.state],
        "sp_taken": duration(seconds_taken(job)),
        "sp_left": duration(seconds_left(job)),
        "sp_log": "\n".join(lines[-LOG_LINES:]),
        "sp_log_cut": max(0, len(lines) - LOG_LINES),
        "sp_versions": [
            (version, version_name(version))
            for version in job.versions.select_related("recommender")
        ],
        "sp_poll": POLL_MS if job.state in ACTIVE else 0,
    }


def start(request: HttpRequest, recommender: Recommender | None) -> TrainingJob:
    """Queue a training and write down who asked for it."""
    from shop_personalize.training.jobs import enqueue

    job = enqueue(recommender=recommender, trigger="admin", user=user_of(request))
    note(request, job, _("Started."))
    if recommender is not None:
        note(request, recommender, _("Started training #%(job)s.") % {"job": job.pk})
    return job


def redirect_to(job: TrainingJob) -> HttpResponseBase:
    return redirect("admin:shop_personalize_trainingjob_change", job.pk)

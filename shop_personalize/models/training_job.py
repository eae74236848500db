from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TrainingJob(models.Model):
    """Training to be done, under way or done. The row is the truth, not the broker."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        SUCCEEDED = "succeeded", _("succeeded")
        FAILED = "failed", _("failed")
        QUARANTINED = "quarantined", _("quarantined")
        CANCELLED = "cancelled", _("cancelled")

    class Trigger(models.TextChoices):
        ADMIN = "admin", _("an admin")
        COMMAND = "command", _("a command")
        SCHEDULE = "schedule", _("the schedule")
        DATA = "data", _("enough new data")
        API = "api", _("the API")

    recommender = models.ForeignKey(
        "shop_personalize.Recommender",
        verbose_name=_("recommender"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="jobs",
        help_text=_("Empty: all active recommenders."),
    )
    state = models.CharField(
        _("state"),
        max_length=12,
        choices=State.choices,
        default=State.QUEUED,
        db_index=True,
    )
    trigger = models.CharField(
        _("started by"), max_length=10, choices=Trigger.choices, default=Trigger.COMMAND
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("requested by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    options = models.JSONField(_("options"), default=dict, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    fencing_token = models.PositiveBigIntegerField(_("fencing token"), default=0)
    worker = models.CharField(_("worker"), max_length=100, blank=True, default="")
    lease_expires_at = models.DateTimeField(_("lease until"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("heartbeat"), null=True, blank=True)
    cancel_requested = models.BooleanField(_("cancel requested"), default=False)
    stage = models.CharField(_("stage"), max_length=100, blank=True, default="")
    progress = models.FloatField(_("progress"), default=0.0, help_text=_("0 to 1."))
    log = models.TextField(_("log"), blank=True, default="")
    error = models.TextField(_("error"), blank=True, default="")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("training job")
        verbose_name_plural = _("training jobs")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        what = self.recommender or _("all recommenders")
        return f"#{self.pk} {what}"

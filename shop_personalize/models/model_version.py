from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ModelVersion(models.Model):
    """One trained artifact of a recommender, with what it scored."""

    class Status(models.TextChoices):
        CANDIDATE = "candidate", _("candidate")
        LIVE = "live", _("live")
        RETIRED = "retired", _("retired")
        REJECTED = "rejected", _("rejected")

    recommender = models.ForeignKey(
        "shop_personalize.Recommender",
        verbose_name=_("recommender"),
        on_delete=models.CASCADE,
        related_name="versions",
    )
    number = models.PositiveIntegerField(_("number"))
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.CANDIDATE
    )
    artifact = models.CharField(
        _("artifact"), max_length=64, help_text=_("Hash and folder name of its files.")
    )
    job = models.ForeignKey(
        "shop_personalize.TrainingJob",
        verbose_name=_("training job"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="versions",
    )
    params = models.JSONField(_("parameters"), default=dict, blank=True)
    metrics = models.JSONField(_("metrics"), default=dict, blank=True)
    baseline = models.JSONField(_("metrics of popularity"), default=dict, blank=True)
    previous = models.JSONField(_("metrics of the live one"), default=dict, blank=True)
    reason = models.CharField(_("decision"), max_length=300, blank=True, default="")
    items = models.PositiveIntegerField(_("items"), default=0)
    interactions = models.PositiveBigIntegerField(_("interactions"), default=0)
    size_bytes = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    fit_seconds = models.FloatField(_("fit seconds"), default=0)
    trained_until = models.DateTimeField(_("data until"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    class Meta:
        verbose_name = _("model version")
        verbose_name_plural = _("model versions")
        ordering = ["-created_at", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["recommender", "number"], name="sp_version_number"
            )
        ]
        permissions = [("publish_modelversion", _("Can publish and roll back"))]

    def __str__(self) -> str:
        return f"{self.recommender} v{self.number}"

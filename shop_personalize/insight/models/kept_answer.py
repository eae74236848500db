from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class KeptAnswer(models.Model):
    """What a report says of the ``days`` days up to ``until``: a page only reads it."""

    report = models.CharField(_("report"), max_length=20)
    days = models.PositiveSmallIntegerField(_("days"))
    until = models.DateField(_("until"))
    data = models.JSONField(_("answer"), encoder=DjangoJSONEncoder)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        app_label = "shop_personalize_insight"
        verbose_name = _("answer of a report")
        verbose_name_plural = _("reports")
        default_permissions = ("view",)
        permissions = [("export_reports", _("Can download reports"))]
        constraints = [
            models.UniqueConstraint(fields=["report", "days"], name="spi_answer")
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.days}"

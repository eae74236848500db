from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class QuarantinedEvent(models.Model):
    """An event that could not be accepted, kept with the reason and the field."""

    reason = models.CharField(_("reason"), max_length=40, db_index=True)
    detail = models.CharField(_("detail"), max_length=200, blank=True, default="")
    payload = models.TextField(_("payload"), blank=True, default="")
    source = models.CharField(_("source"), max_length=16, default="native")
    received_at = models.DateTimeField(_("received at"), db_index=True)

    class Meta:
        verbose_name = _("quarantined event")
        verbose_name_plural = _("quarantined events")

    def __str__(self) -> str:
        return self.reason

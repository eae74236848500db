from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Checkpoint(models.Model):
    """How far a repeated job has come: order sync, snapshot, rollups."""

    name = models.CharField(_("name"), max_length=64, primary_key=True)
    state = models.JSONField(_("state"), default=dict)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")

    def __str__(self) -> str:
        return self.name

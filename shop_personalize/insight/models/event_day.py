from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class EventDay(models.Model):
    """How many events of a kind one source told of on one day."""

    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=20)
    source = models.CharField(_("source"), max_length=16, default="native")
    flag = models.CharField(_("flag"), max_length=8, blank=True, default="")
    events = models.PositiveIntegerField(_("events"), default=0)
    late = models.PositiveIntegerField(_("received late"), default=0)
    """Received more than an hour after they happened."""
    twice = models.PositiveIntegerField(_("told twice"), default=0)
    """Told by another source too, within the same minute."""

    class Meta:
        app_label = "shop_personalize_insight"
        verbose_name = _("day of events")
        verbose_name_plural = _("days of events")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "kind", "source", "flag"], name="spi_event_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

YEAR = timedelta(days=365)


class Event(models.Model):
    """Days on which more or less is sold for a reason that is known beforehand.

    Rows of one name are one event: what it did before is expected of it again.
    """

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("public holiday")
        PROMOTION = "promotion", _("promotion")
        CLOSED = "closed", _("shop closed")
        OTHER = "other", _("other")

    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(
        _("kind"), max_length=10, choices=Kind.choices, default=Kind.HOLIDAY
    )
    first = models.DateField(_("first day"))
    last = models.DateField(
        _("last day"), null=True, blank=True, help_text=_("Empty: a single day.")
    )
    yearly = models.BooleanField(
        _("every year"),
        default=False,
        help_text=_("On the same dates; for a movable one add a row for each year."),
    )
    category = models.CharField(
        _("category"),
        max_length=120,
        blank=True,
        default="",
        help_text=_("Empty: the whole shop."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        app_label = "shop_personalize_supply"
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["first", "name"]
        indexes = [models.Index(fields=["first"], name="sps_event_first")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.last is not None and self.first and self.last < self.first:
            raise ValidationError(
                {"last": _("The last day must not come before the first.")}
            )
        if not (self.yearly and self.first and self.last):
            return
        if self.last - self.first >= YEAR:
            raise ValidationError(
                {"last": _("What comes every year lasts less than one.")}
            )

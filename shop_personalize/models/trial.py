from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

HOLDOUT = "holdout"
"""The trial of the permanent holdout, which has no row of its own in ``Trial``."""


class Trial(models.Model):
    """Who gets what while an experiment runs: all that serving must know of it.

    Written by whoever designs experiments; serving reads the running ones.
    """

    class Kind(models.TextChoices):
        SPLIT = "split", _("split")
        INTERLEAVED = "interleaved", _("interleaved")
        ADAPTIVE = "adaptive", _("adaptive")

    slug = models.SlugField(_("slug"), max_length=20, unique=True)
    kind = models.CharField(
        _("kind"), max_length=12, choices=Kind.choices, default=Kind.SPLIT
    )
    salt = models.CharField(_("salt"), max_length=32)
    block = models.CharField(
        _("block"), max_length=60, blank=True, default="", help_text=_("Empty: all.")
    )
    share = models.FloatField(
        _("share of visitors"),
        default=1.0,
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
    )
    audience = models.CharField(_("for whom"), max_length=10, default="everyone")
    arms = models.JSONField(_("arms"), default=list)
    """``[{"key": "a", "weight": 0.5, "changes": {…}}, …]``; the first is the control.

    Changes: fields of a block by name, ``chain`` (slugs of recommenders), ``without``
    and ``only`` (ids of rules), ``hidden`` (true: the block is not shown).
    """
    is_running = models.BooleanField(_("running"), default=False)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("trial")
        verbose_name_plural = _("trials")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.slug


class TrialDay(models.Model):
    """Sums over the visitors of an arm, from the start to the end of a day.

    ``value`` is the metric of a visitor, ``per`` its denominator where it is a ratio,
    ``before`` the same value before the start. Rolled up; can be counted anew.
    """

    trial = models.CharField(_("trial"), max_length=20)
    arm = models.CharField(_("arm"), max_length=10)
    metric = models.CharField(_("metric"), max_length=30)
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    day = models.DateField(_("day"))
    units = models.PositiveBigIntegerField(_("visitors"), default=0)
    value = models.FloatField(default=0.0)
    value_value = models.FloatField(default=0.0)
    per = models.FloatField(default=0.0)
    per_per = models.FloatField(default=0.0)
    value_per = models.FloatField(default=0.0)
    before = models.FloatField(default=0.0)
    before_before = models.FloatField(default=0.0)
    value_before = models.FloatField(default=0.0)

    class Meta:
        verbose_name = _("day of a trial")
        verbose_name_plural = _("days of trials")
        constraints = [
            models.UniqueConstraint(
                fields=["trial", "arm", "metric", "currency", "day"],
                name="sp_trial_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.trial} {self.arm} {self.metric} {self.day}"

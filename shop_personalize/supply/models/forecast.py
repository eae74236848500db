from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

APP = "shop_personalize_supply"


class Grain(models.TextChoices):
    DAY = "day", _("days")
    WEEK = "week", _("weeks")
    MONTH = "month", _("months")


class Level(models.TextChoices):
    PRODUCT = "product", _("product")
    CATEGORY = "category", _("category")
    SHOP = "shop", _("whole shop")


class ForecastRun(models.Model):
    """One forecast of everything; of a grain, the newest that is done counts."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("under way")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    grain = models.CharField(
        _("periods"), max_length=5, choices=Grain.choices, default=Grain.WEEK
    )
    horizon = models.PositiveSmallIntegerField(_("periods ahead"))
    state = models.CharField(
        _("state"), max_length=8, choices=State.choices, default=State.QUEUED
    )
    progress = models.FloatField(_("progress"), default=0.0)
    stage = models.CharField(_("at work on"), max_length=120, blank=True, default="")
    start = models.DateField(_("first period forecast"), null=True, blank=True)
    series_count = models.PositiveIntegerField(_("series"), default=0)
    methods = models.JSONField(_("methods"), default=dict, blank=True)
    """How many series each method forecasts."""
    accuracy = models.JSONField(_("accuracy"), default=dict, blank=True)
    """By level, in the last periods that are known: see ``services.backtest``."""
    promise = models.JSONField(_("promise"), default=dict, blank=True)
    """By class, what past forecasts would have kept: see ``services.promising``."""
    error = models.TextField(_("error"), blank=True, default="")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked for by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        app_label = APP
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")
        ordering = ["-pk"]
        permissions = [("run_forecast", _("Can make forecasts"))]

    def __str__(self) -> str:
        return f"{self.get_grain_display()} {self.start or ''}".strip()


class ForecastSeries(models.Model):
    """What is expected of one product, category or the shop: units, period by period.

    ``low80`` to ``high80`` holds the outcome in eight of ten cases. ``totals`` are
    quantiles of the sum over the coming periods, ``[[…] per level]``: see
    ``services.engine.LEVELS`` and ``spans``.
    """

    run = models.ForeignKey(
        ForecastRun, on_delete=models.CASCADE, related_name="series", db_index=False
    )
    level = models.CharField(_("level"), max_length=8, choices=Level.choices)
    key = models.CharField(_("of"), max_length=120, blank=True, default="")
    start = models.DateField(_("first period"))
    mean = models.JSONField(_("expected"), default=list)
    low80 = models.JSONField(default=list)
    high80 = models.JSONField(default=list)
    low95 = models.JSONField(default=list)
    high95 = models.JSONField(default=list)
    totals = models.JSONField(default=list)
    history = models.JSONField(default=list)
    """Units sold in the periods before, of groups; a product's are asked for."""
    method = models.CharField(_("method"), max_length=60, blank=True, default="")
    error = models.FloatField(_("error in the backtest"), null=True)
    """Sum of the misses by the sum of what was sold; None where nothing was."""
    notes = models.JSONField(default=list, blank=True)
    """What must be known of it, as ``[code, words]``: see ``words.note``."""

    class Meta:
        app_label = APP
        verbose_name = _("forecast series")
        verbose_name_plural = _("forecast series")
        constraints = [
            models.UniqueConstraint(
                fields=["run", "level", "key"], name="sps_series_once"
            )
        ]
        indexes = [models.Index(fields=["level", "key"], name="sps_series_key")]

    def __str__(self) -> str:
        return f"{self.level} {self.key}".strip()


class ForecastOutcome(models.Model):
    """How right a forecast was about one period that has passed since."""

    run = models.ForeignKey(
        ForecastRun, on_delete=models.CASCADE, related_name="outcomes", db_index=False
    )
    level = models.CharField(_("level"), max_length=8, choices=Level.choices)
    step = models.PositiveSmallIntegerField(_("periods ahead"))
    period = models.DateField(_("period"))
    series_count = models.PositiveIntegerField(_("series"))
    actual = models.FloatField(_("units sold"))
    forecast = models.FloatField(_("units expected"))
    wape = models.FloatField(_("error"), null=True)
    bias = models.FloatField(_("bias"), null=True)
    """Expected minus sold, by sold: above 0 too much was expected."""
    cover80 = models.FloatField(_("within the 80 % band"))
    cover95 = models.FloatField(_("within the 95 % band"))

    class Meta:
        app_label = APP
        verbose_name = _("outcome of a forecast")
        verbose_name_plural = _("outcomes of forecasts")
        constraints = [
            models.UniqueConstraint(
                fields=["run", "level", "step"], name="sps_outcome_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.period} +{self.step}"

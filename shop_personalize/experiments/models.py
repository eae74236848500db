from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from shop_personalize.experiments.metrics import CHOICES
from shop_personalize.models import Rule, Trial

PERCENT = [MinValueValidator(0.01), MaxValueValidator(100.0)]


class Experiment(models.Model):
    """A question to the shop's visitors: which of these variants is better?

    While it runs it publishes one ``Trial``, the only row serving knows of.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        RUNNING = "running", _("under way")
        PAUSED = "paused", _("paused")
        STOPPED = "stopped", _("stopped early")
        FINISHED = "finished", _("completed")
        DECIDED = "decided", _("decided")

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(
        _("short name"),
        max_length=20,
        unique=True,
        help_text=_("Goes into links and reports; cannot be changed later."),
    )
    hypothesis = models.CharField(
        _("what you expect"),
        max_length=300,
        blank=True,
        default="",
        help_text=_(
            "In a sentence: “With more variety visitors see more products and "
            "buy more.”"
        ),
    )
    block = models.CharField(
        _("block"),
        max_length=60,
        blank=True,
        default="",
        help_text=_("Where the variants differ."),
    )
    kind = models.CharField(
        _("how visitors are shared out"),
        max_length=12,
        choices=Trial.Kind.choices,
        default=Trial.Kind.SPLIT,
    )
    audience = models.CharField(
        _("for whom"),
        max_length=10,
        choices=Rule.Audience.choices,
        default=Rule.Audience.EVERYONE,
    )
    primary_metric = models.CharField(
        _("what decides"), max_length=30, choices=CHOICES, default="revenue"
    )
    secondary_metrics = models.JSONField(
        _("what is looked at as well"), default=list, blank=True
    )
    smallest_change = models.FloatField(
        _("smallest change worth knowing, in %"),
        default=5.0,
        validators=PERCENT,
        help_text=_("The smaller, the more visitors it takes."),
    )
    planned_visitors = models.PositiveBigIntegerField(
        _("visitors planned for each variant"), null=True, blank=True
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.DRAFT
    )
    winner = models.CharField(_("winner"), max_length=10, blank=True, default="")
    undo = models.JSONField(default=dict, blank=True)
    """What the decision overwrote and what it wrote; empty where nothing was."""
    is_archived = models.BooleanField(_("archived"), default=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        app_label = "shop_personalize_experiments"
        verbose_name = _("experiment")
        verbose_name_plural = _("experiments")
        ordering = ["-pk"]
        permissions = [
            ("run_experiment", _("Can start, ramp, pause and stop experiments")),
            ("decide_experiment", _("Can apply the winner of an experiment")),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def trial(self) -> Trial | None:
        """What serving knows of it; none before the start."""
        return Trial.objects.filter(slug=self.slug).first()


class Arm(models.Model):
    """A variant: what it changes of the block; the first one is the control."""

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="arms"
    )
    key = models.SlugField(_("letter"), max_length=10)
    name = models.CharField(_("name"), max_length=60)
    weight = models.FloatField(_("of 100 visitors"), default=50.0, validators=PERCENT)
    changes = models.JSONField(_("changes"), default=dict, blank=True)
    """As in ``Trial.arms``."""
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        app_label = "shop_personalize_experiments"
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "key"], name="sp_arm_once")
        ]

    def __str__(self) -> str:
        return self.name


class RampStep(models.Model):
    """From so many days after the start on, so many visitors take part."""

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="ramp"
    )
    day = models.PositiveSmallIntegerField(_("days after the start"), default=0)
    share = models.FloatField(
        _("of 100 visitors take part"), default=100.0, validators=PERCENT
    )

    class Meta:
        app_label = "shop_personalize_experiments"
        verbose_name = _("step")
        verbose_name_plural = _("step by step")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "day"], name="sp_ramp_once")
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.share:g} %"


class Guardrail(models.Model):
    """What must not get worse; the experiment stops by itself when it surely has."""

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="guardrails"
    )
    metric = models.CharField(_("what must not fall"), max_length=30, choices=CHOICES)
    worst = models.FloatField(
        _("by more than, in %"),
        default=5.0,
        validators=[MinValueValidator(0.0), MaxValueValidator(100.0)],
    )

    class Meta:
        app_label = "shop_personalize_experiments"
        verbose_name = _("guardrail")
        verbose_name_plural = _("guardrails")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["experiment", "metric"], name="sp_guardrail_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.metric} −{self.worst:g} %"


class Entry(models.Model):
    """A line of an experiment's history; without a user it went by itself."""

    class Verb(models.TextChoices):
        STARTED = "started", _("started")
        RAMPED = "ramped", _("ramped")
        REWEIGHED = "reweighed", _("shared out anew")
        PAUSED = "paused", _("paused")
        RESUMED = "resumed", _("went on")
        STOPPED = "stopped", _("stopped")
        GUARDED = "guarded", _("stopped by a guardrail")
        ALARMED = "alarmed", _("traffic alarm")
        DECIDED = "decided", _("decided")
        UNDONE = "undone", _("decision undone")
        ARCHIVED = "archived", _("archived")
        RESTORED = "restored", _("taken out of the archive")

    experiment = models.ForeignKey(
        Experiment, on_delete=models.CASCADE, related_name="entries"
    )
    at = models.DateTimeField(_("when"), auto_now_add=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    verb = models.CharField(_("what"), max_length=10, choices=Verb.choices)
    facts = models.JSONField(default=dict)

    class Meta:
        app_label = "shop_personalize_experiments"
        verbose_name = _("line of the history")
        verbose_name_plural = _("history")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.experiment_id} {self.verb}"

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class Recommender(models.Model):
    """A configured algorithm, such as ``also_viewed``, and the version it serves."""

    slug = models.SlugField(_("slug"), max_length=50, unique=True)
    algorithm = models.CharField(
        _("algorithm"), max_length=50, help_text=_("Name in the registry.")
    )
    title = models.CharField(_("title"), max_length=100, blank=True, default="")
    is_active = models.BooleanField(_("active"), default=True)
    params = models.JSONField(
        _("parameters"),
        default=dict,
        blank=True,
        help_text=_("Set by tuning; what you enter here wins over it."),
    )
    event_weights = models.JSONField(
        _("event weights"),
        default=dict,
        blank=True,
        help_text=_('Such as {"view": 1, "purchase": 5}; empty: the shop\'s defaults.'),
    )
    half_life_days = models.JSONField(
        _("half-lives in days"),
        default=dict,
        blank=True,
        help_text=_('Such as {"view": 14}; empty: the shop\'s defaults.'),
    )
    tuned = models.JSONField(_("found by tuning"), default=dict, blank=True)
    train_every = models.DurationField(
        _("train every"), default=timedelta(days=1), null=True, blank=True
    )
    train_after_events = models.PositiveIntegerField(
        _("or after so many new events"), null=True, blank=True, default=5000
    )
    live_version = models.ForeignKey(
        "shop_personalize.ModelVersion",
        verbose_name=_("live version"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    fence = models.PositiveBigIntegerField(_("fence"), default=0, editable=False)
    last_trained_at = models.DateTimeField(_("last trained"), null=True, blank=True)
    last_event_id = models.PositiveBigIntegerField(
        _("last event seen"), default=0, editable=False
    )

    class Meta:
        verbose_name = _("recommender")
        verbose_name_plural = _("recommenders")
        ordering = ["slug"]
        permissions = [("train_recommender", _("Can start training"))]

    def __str__(self) -> str:
        return self.title or self.slug

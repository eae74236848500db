from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

PRICE: dict[str, Any] = {"max_digits": 14, "decimal_places": 4}


class PriceSuggestion(models.Model):
    """A price that would be better, until a person says what becomes of it.

    Changes are of a week; ``low`` and ``high`` beside them come from the ends of the
    elasticity's interval, which holds it in 8 of 10 cases.
    """

    class State(models.TextChoices):
        OPEN = "open", _("to decide")
        APPROVED = "approved", _("approved")
        APPLIED = "applied", _("approved and in the shop")
        DISMISSED = "dismissed", _("dismissed")
        REVERTED = "reverted", _("put back")
        EXPIRED = "expired", _("expired")

    class Origin(models.TextChoices):
        LEARNED = "learned", _("learned from sales")
        MARKDOWN = "markdown", _("step of a markdown")

    item_id = models.CharField(_("product"), max_length=64)
    title = models.CharField(_("title"), max_length=200, blank=True, default="")
    category = models.CharField(_("category"), max_length=120, blank=True, default="")
    brand = models.CharField(_("brand"), max_length=120, blank=True, default="")
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    price_now = models.DecimalField(_("price today"), **PRICE)
    suggested = models.DecimalField(_("suggested price"), **PRICE)
    best_low = models.DecimalField(null=True, blank=True, **PRICE)
    best_high = models.DecimalField(null=True, blank=True, **PRICE)
    """Between which the best price lies, under the rules; None where it is not told."""
    cost = models.DecimalField(_("cost"), null=True, blank=True, **PRICE)
    aim = models.CharField(_("aimed at"), max_length=10, default="profit")
    units = models.FloatField(_("units a week at today's price"), default=0.0)
    units_change = models.FloatField(_("units a week more"), default=0.0)
    units_low = models.FloatField(default=0.0)
    units_high = models.FloatField(default=0.0)
    revenue_change = models.FloatField(_("revenue a week more"), default=0.0)
    revenue_low = models.FloatField(default=0.0)
    revenue_high = models.FloatField(default=0.0)
    profit_change = models.FloatField(_("profit a week more"), null=True, blank=True)
    profit_low = models.FloatField(null=True, blank=True)
    profit_high = models.FloatField(null=True, blank=True)
    gain = models.FloatField(_("what is aimed at, a week more"), default=0.0)
    """The change of profit or revenue, whichever is aimed at: what lists go by."""
    elasticity = models.FloatField(_("elasticity"), default=0.0)
    elasticity_low = models.FloatField(default=0.0)
    elasticity_high = models.FloatField(default=0.0)
    source = models.CharField(_("elasticity from"), max_length=10, default="prior")
    bounds = models.JSONField(_("rules that bound it"), default=list, blank=True)
    """Of each: ``limit``, ``value`` and the ``rule`` it comes from (its name)."""
    origin = models.CharField(
        _("origin"), max_length=10, choices=Origin.choices, default=Origin.LEARNED
    )
    markdown = models.ForeignKey(
        "shop_personalize_pricing.Markdown",
        verbose_name=_("markdown"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="suggestions",
    )
    due = models.DateField(_("due"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.OPEN
    )
    reason = models.CharField(_("why"), max_length=300, blank=True, default="")
    """What the person who decided gave as the reason."""
    made_at = models.DateTimeField(_("made"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        app_label = "shop_personalize_pricing"
        verbose_name = _("price suggestion")
        verbose_name_plural = _("price suggestions")
        ordering = ["-gain", "pk"]
        default_permissions = ("view",)
        permissions = [
            ("approve_price", _("Can approve, dismiss and put back prices")),
            ("export_prices", _("Can download prices")),
        ]
        indexes = [
            models.Index(fields=["state", "-gain"], name="spp_suggestion_state"),
            models.Index(fields=["item_id", "-made_at"], name="spp_suggestion_item"),
        ]

    def __str__(self) -> str:
        return self.title or self.item_id

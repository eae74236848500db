from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shop_personalize.pricing.models.suggestion import PRICE


class Markdown(models.Model):
    """Prices week by week until the stock of a product is to be gone."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        APPROVED = "approved", _("under way")
        CANCELLED = "cancelled", _("cancelled")
        DONE = "done", _("over")

    item_id = models.CharField(_("product"), max_length=64)
    title = models.CharField(_("title"), max_length=200, blank=True, default="")
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    stock = models.PositiveIntegerField(_("units to clear"))
    clear_by = models.DateField(_("to be gone by"))
    salvage = models.DecimalField(_("worth of what is left, each"), default=0, **PRICE)
    price_now = models.DecimalField(_("price today"), **PRICE)
    path = models.JSONField(_("prices week by week"), default=list)
    """Of each week: ``week``, ``price``, ``units`` (expected), ``left``."""
    revenue = models.FloatField(_("revenue expected"), default=0.0)
    revenue_as_is = models.FloatField(
        _("revenue expected at today's price"), default=0.0
    )
    left = models.FloatField(_("units left over"), default=0.0)
    sold_out = models.FloatField(_("chance that nothing is left"), default=0.0)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.PLANNED
    )
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
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
        verbose_name = _("markdown")
        verbose_name_plural = _("markdowns")
        ordering = ["-pk"]
        default_permissions = ("view",)
        permissions = [("plan_markdown", _("Can plan and approve markdowns"))]
        indexes = [models.Index(fields=["item_id"], name="spp_markdown_item")]

    def __str__(self) -> str:
        return self.title or self.item_id

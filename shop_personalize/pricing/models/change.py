from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shop_personalize.pricing.models.suggestion import PRICE, PriceSuggestion


class PriceChange(models.Model):
    """A line of the log: which price became which, by whom, and why."""

    class Verb(models.TextChoices):
        APPROVED = "approved", _("approved")
        REVERTED = "reverted", _("put back")

    item_id = models.CharField(_("product"), max_length=64)
    title = models.CharField(_("title"), max_length=200, blank=True, default="")
    old = models.DecimalField(_("old price"), **PRICE)
    new = models.DecimalField(_("new price"), **PRICE)
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    verb = models.CharField(_("what"), max_length=10, choices=Verb.choices)
    is_applied = models.BooleanField(_("written into the shop"), default=False)
    suggestion = models.ForeignKey(
        PriceSuggestion,
        verbose_name=_("suggestion"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="changes",
    )
    units_before = models.FloatField(_("units a week before"), null=True, blank=True)
    units_expected = models.FloatField(
        _("units a week expected"), null=True, blank=True
    )
    why = models.CharField(_("why"), max_length=300, blank=True, default="")
    at = models.DateTimeField(_("when"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        app_label = "shop_personalize_pricing"
        verbose_name = _("price change")
        verbose_name_plural = _("price changes")
        ordering = ["-pk"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["item_id", "-at"], name="spp_change_item")]

    def __str__(self) -> str:
        return f"{self.title or self.item_id}: {self.old} → {self.new}"

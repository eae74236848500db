from __future__ import annotations

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CompetitorPrice(models.Model):
    """For what another shop sold a product, seen at one moment; the latest counts."""

    item_id = models.CharField(_("product"), max_length=64)
    competitor = models.CharField(_("competitor"), max_length=80)
    price = models.DecimalField(
        _("price"),
        max_digits=14,
        decimal_places=4,
        validators=[MinValueValidator(Decimal("0.0001"))],
    )
    currency = models.CharField(_("currency"), max_length=3)
    seen_at = models.DateTimeField(_("seen on"), default=timezone.now)

    class Meta:
        app_label = "shop_personalize_pricing"
        verbose_name = _("competitor's price")
        verbose_name_plural = _("competitors' prices")
        ordering = ["-seen_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item_id", "competitor", "currency", "seen_at"],
                name="spp_competitor_price",
            )
        ]
        indexes = [models.Index(fields=["seen_at"], name="spp_competitor_seen")]

    def __str__(self) -> str:
        return f"{self.competitor} {self.item_id}"

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ItemDay(models.Model):
    """How a product was looked at on one day."""

    item_id = models.CharField(_("product"), max_length=64)
    day = models.DateField(_("day"))
    views = models.PositiveIntegerField(_("viewed"), default=0)
    carts = models.PositiveIntegerField(_("put into the basket"), default=0)

    class Meta:
        app_label = "shop_personalize_insight"
        verbose_name = _("day of a product")
        verbose_name_plural = _("days of products")
        constraints = [
            models.UniqueConstraint(fields=["item_id", "day"], name="spi_item_day")
        ]
        indexes = [models.Index(fields=["day"], name="spi_item_day_day")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.day}"

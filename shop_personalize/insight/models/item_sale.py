from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ItemSale(models.Model):
    """What a product sold on one day in one currency; what came back, on its own day.

    ``revenue`` is less what was refunded that day, so it may be negative.
    """

    item_id = models.CharField(_("product"), max_length=64)
    day = models.DateField(_("day"))
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    orders = models.PositiveIntegerField(_("orders"), default=0)
    units = models.DecimalField(
        _("units bought"), max_digits=14, decimal_places=3, default=0
    )
    returned = models.DecimalField(
        _("units returned"), max_digits=14, decimal_places=3, default=0
    )
    revenue = models.DecimalField(
        _("revenue"), max_digits=16, decimal_places=2, default=0
    )

    class Meta:
        app_label = "shop_personalize_insight"
        verbose_name = _("day of a product's sales")
        verbose_name_plural = _("days of products' sales")
        constraints = [
            models.UniqueConstraint(
                fields=["item_id", "day", "currency"], name="spi_item_sale"
            )
        ]
        indexes = [models.Index(fields=["day"], name="spi_item_sale_day")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.day}"

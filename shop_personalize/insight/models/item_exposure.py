from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ItemExposure(models.Model):
    """How much a product was seen as a recommendation on one day.

    ``weight`` counts a place less the lower it is: 1 / log2(place + 1).
    """

    item_id = models.CharField(_("product"), max_length=64)
    day = models.DateField(_("day"))
    seen = models.PositiveIntegerField(_("seen"), default=0)
    clicked = models.PositiveIntegerField(_("clicked"), default=0)
    weight = models.FloatField(_("seen, by place"), default=0.0)

    class Meta:
        app_label = "shop_personalize_insight"
        verbose_name = _("day of a recommended product")
        verbose_name_plural = _("days of recommended products")
        constraints = [
            models.UniqueConstraint(fields=["item_id", "day"], name="spi_exposure")
        ]
        indexes = [models.Index(fields=["day"], name="spi_exposure_day")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.day}"

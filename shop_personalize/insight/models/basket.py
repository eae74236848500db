from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Basket(models.Model):
    """What one order held when it was placed, in one currency; whose, nobody knows."""

    day = models.DateField(_("day"))
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    products = models.PositiveIntegerField(_("products"), default=0)
    units = models.DecimalField(
        _("units bought"), max_digits=14, decimal_places=3, default=0
    )
    value = models.DecimalField(_("value"), max_digits=16, decimal_places=2, default=0)
    is_linked = models.BooleanField(_("visit known"), default=False)
    """Whether the browser is known from which it was placed."""

    class Meta:
        app_label = "shop_personalize_insight"
        verbose_name = _("order as a basket")
        verbose_name_plural = _("orders as baskets")
        indexes = [models.Index(fields=["day", "currency"], name="spi_basket_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.value} {self.currency}"

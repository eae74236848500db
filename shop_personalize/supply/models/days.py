from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

APP = "shop_personalize_supply"


class DemandDay(models.Model):
    """What was bought of a product on one day in one currency, and what came back.

    ``revenue`` is less what was refunded that day, so it may be negative; ``paid`` is
    what the units bought cost, so ``paid / units`` is the price of the day.
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
    paid = models.DecimalField(
        _("paid for them"), max_digits=16, decimal_places=2, default=0
    )
    revenue = models.DecimalField(
        _("revenue"), max_digits=16, decimal_places=2, default=0
    )

    class Meta:
        app_label = APP
        verbose_name = _("day of demand")
        verbose_name_plural = _("days of demand")
        constraints = [
            models.UniqueConstraint(
                fields=["item_id", "day", "currency"], name="sps_demand_day"
            )
        ]
        indexes = [models.Index(fields=["day"], name="sps_demand_day_day")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.day}"


class StockDay(models.Model):
    """Units of a product in stock when they were counted on a day."""

    item_id = models.CharField(_("product"), max_length=64)
    day = models.DateField(_("day"))
    stock = models.IntegerField(_("in stock"))

    class Meta:
        app_label = APP
        verbose_name = _("day of stock")
        verbose_name_plural = _("days of stock")
        constraints = [
            models.UniqueConstraint(fields=["item_id", "day"], name="sps_stock_day")
        ]
        indexes = [models.Index(fields=["day", "stock"], name="sps_stock_day_day")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.day}: {self.stock}"

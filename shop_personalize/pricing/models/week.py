from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PriceWeek(models.Model):
    """What a product was sold for in one week and currency, and how often.

    ``price`` is the mean over order lines, whatever their quantity: weighed by units, a
    large order at a discount would look like demand that answers the price. Lines
    without a price, or with a price of nothing, are left out.
    """

    item_id = models.CharField(_("product"), max_length=64)
    week = models.DateField(_("week"))
    """Its Monday."""
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    price = models.DecimalField(_("mean price"), max_digits=14, decimal_places=4)
    low = models.DecimalField(_("lowest price"), max_digits=14, decimal_places=4)
    high = models.DecimalField(_("highest price"), max_digits=14, decimal_places=4)
    units = models.DecimalField(
        _("units bought"), max_digits=14, decimal_places=3, default=0
    )
    returned = models.DecimalField(
        _("units returned"), max_digits=14, decimal_places=3, default=0
    )
    revenue = models.DecimalField(
        _("revenue"), max_digits=16, decimal_places=2, default=0
    )
    """Of what was bought, before returns."""
    orders = models.PositiveIntegerField(_("orders"), default=0)

    class Meta:
        app_label = "shop_personalize_pricing"
        verbose_name = _("week of a price")
        verbose_name_plural = _("weeks of prices")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["item_id", "week", "currency"], name="spp_price_week"
            )
        ]
        indexes = [models.Index(fields=["week"], name="spp_week_week")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.week}"

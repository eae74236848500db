from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

APP = "shop_personalize_supply"
NOT_NEGATIVE = [MinValueValidator(0)]
TEN_YEARS = MaxValueValidator(3650)
"""Days; a nine typed too often is no lead time, and no date lies so far ahead."""


class Supplier(models.Model):
    name = models.CharField(_("name"), max_length=120, unique=True)
    lead_time_days = models.FloatField(
        _("days from order to delivery"),
        default=7.0,
        validators=[*NOT_NEGATIVE, TEN_YEARS],
    )
    lead_time_sd = models.FloatField(
        _("of which it varies by"),
        default=0.0,
        validators=[*NOT_NEGATIVE, TEN_YEARS],
        help_text=_("Standard deviation in days; 0: always on time."),
    )
    review_days = models.FloatField(
        _("days between orders"),
        default=7.0,
        validators=[MinValueValidator(1), TEN_YEARS],
        help_text=_("How often you order there."),
    )
    minimum_order_value = models.DecimalField(
        _("minimum order value"),
        max_digits=12,
        decimal_places=2,
        default=0,
        validators=NOT_NEGATIVE,
    )
    order_cost = models.DecimalField(
        _("cost of an order"),
        max_digits=12,
        decimal_places=2,
        default=0,
        validators=NOT_NEGATIVE,
        help_text=_("Freight and work of one order, however large."),
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    email = models.EmailField(_("e-mail"), blank=True, default="")

    class Meta:
        app_label = APP
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ItemSupply(models.Model):
    """Where a product comes from; what is empty is the supplier's or the settings'."""

    item_id = models.CharField(_("product"), max_length=64, unique=True)
    supplier = models.ForeignKey(
        Supplier,
        verbose_name=_("supplier"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="items",
    )
    lead_time_days = models.FloatField(
        _("days from order to delivery"),
        null=True,
        blank=True,
        validators=[*NOT_NEGATIVE, TEN_YEARS],
        help_text=_("Empty: as the supplier."),
    )
    unit_cost = models.DecimalField(
        _("cost of a unit"),
        max_digits=12,
        decimal_places=4,
        null=True,
        blank=True,
        validators=NOT_NEGATIVE,
    )
    pack = models.PositiveIntegerField(
        _("units in a pack"), default=1, validators=[MinValueValidator(1)]
    )
    minimum = models.PositiveIntegerField(_("fewest units in an order"), default=0)
    service_level = models.FloatField(
        _("service level"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.5), MaxValueValidator(0.999)],
        help_text=_("0.95: in 95 of 100 cases nothing runs out. Empty: by class."),
    )
    is_active = models.BooleanField(
        _("is reordered"), default=True, help_text=_("Off: never suggested.")
    )

    class Meta:
        app_label = APP
        verbose_name = _("supply of a product")
        verbose_name_plural = _("supply of products")
        ordering = ["item_id"]

    def __str__(self) -> str:
        return self.item_id

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

POSITIVE = [MinValueValidator(Decimal("0.0001"))]
SHARE = [MinValueValidator(0.0), MaxValueValidator(100.0)]


class PriceRule(models.Model):
    """Limits of the prices that may be suggested; what is empty limits nothing.

    Each limit is taken from the narrowest rule that sets it: product before brand
    before category before all; of equals the one with the lower position.
    """

    class Scope(models.TextChoices):
        ALL = "all", _("all products")
        CATEGORY = "category", _("a category")
        BRAND = "brand", _("a brand")
        PRODUCT = "product", _("a product")

    class Aim(models.TextChoices):
        DEFAULT = "", _("as set for the shop")
        PROFIT = "profit", _("profit")
        REVENUE = "revenue", _("revenue")

    class Ending(models.TextChoices):
        ANY = "", _("any")
        NINETY_NINE = ".99", "… .99"
        NINETY_FIVE = ".95", "… .95"
        NINETY = ".90", "… .90"
        WHOLE = ".00", _("whole")

    name = models.CharField(_("name"), max_length=80)
    is_active = models.BooleanField(_("active"), default=True)
    scope = models.CharField(
        _("holds for"), max_length=10, choices=Scope.choices, default=Scope.ALL
    )
    key = models.CharField(
        _("which"),
        max_length=120,
        blank=True,
        default="",
        help_text=_(
            "The category or brand as the shop writes it, or the product's id; empty "
            "for all products."
        ),
    )
    position = models.PositiveSmallIntegerField(
        _("position"),
        default=0,
        help_text=_("Of rules for the same products the lower one wins."),
    )
    aim = models.CharField(
        _("aim for"), max_length=10, choices=Aim.choices, blank=True, default=""
    )
    margin = models.FloatField(
        _("margin of at least, in %"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.0), MaxValueValidator(99.0)],
        help_text=_("Of the price; needs a known cost."),
    )
    least = models.DecimalField(
        _("price of at least"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=POSITIVE,
    )
    most = models.DecimalField(
        _("price of at most"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=POSITIVE,
    )
    step = models.FloatField(
        _("change of at most, in %"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.1), MaxValueValidator(100.0)],
        help_text=_("Up or down from today's price, at one time."),
    )
    ending = models.CharField(
        _("prices end in"),
        max_length=4,
        choices=Ending.choices,
        blank=True,
        default="",
    )
    below = models.FloatField(
        _("below the cheapest competitor by at most, in %"),
        null=True,
        blank=True,
        validators=SHARE,
    )
    above = models.FloatField(
        _("above the cheapest competitor by at most, in %"),
        null=True,
        blank=True,
        validators=SHARE,
    )
    days = models.PositiveSmallIntegerField(
        _("not more often than every … days"), null=True, blank=True
    )

    class Meta:
        app_label = "shop_personalize_pricing"
        verbose_name = _("price rule")
        verbose_name_plural = _("price rules")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        wrong: dict[str, Any] = {}
        if self.scope == self.Scope.ALL and self.key:
            wrong["key"] = _("A rule for all products names none.")
        if self.scope != self.Scope.ALL and not self.key.strip():
            wrong["key"] = _("Say which one.")
        if self.least is not None and self.most is not None and self.least > self.most:
            wrong["most"] = _(
                "No price is at least %(least)s and at most %(most)s."
            ) % {"least": self.least, "most": self.most}
        if wrong:
            raise ValidationError(wrong)

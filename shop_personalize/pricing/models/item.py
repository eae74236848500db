from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PricedItem(models.Model):
    """What is known of a product on sale, as of the last renewal; pages read it.

    ``problem`` says why no price is suggested for it.
    """

    class Problem(models.TextChoices):
        NONE = "", _("none")
        NO_PRICE = "no_price", _("no price")
        NO_SALES = "no_sales", _("never sold")
        FEW_WEEKS = "few_weeks", _("sold in too few weeks")
        NO_DEMAND = "no_demand", _("not sold lately")
        OTHER_CURRENCY = "currency", _("sold in another currency only")
        NO_COST = "no_cost", _("cost not known")
        RULES = "rules", _("rules exclude each other")
        NO_ANSWER = "no_answer", _("nothing holds the price")
        BEST = "best", _("today's price is the best one")
        RECENT = "recent", _("changed too recently")

    item_id = models.CharField(_("product"), max_length=64, unique=True)
    title = models.CharField(_("title"), max_length=200, blank=True, default="")
    category = models.CharField(_("category"), max_length=120, blank=True, default="")
    brand = models.CharField(_("brand"), max_length=120, blank=True, default="")
    price = models.DecimalField(
        _("price"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    cost = models.DecimalField(
        _("cost"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    stock = models.IntegerField(_("in stock"), null=True, blank=True)
    units = models.FloatField(_("units a week, lately"), default=0.0)
    paid = models.FloatField(_("paid lately"), null=True, blank=True)
    """Mean price of the weeks ``units`` is of."""
    noise = models.FloatField(_("how much weeks differ"), default=0.0)
    """Standard deviation of the units of those weeks."""
    problem = models.CharField(
        _("why no price is suggested"),
        max_length=10,
        choices=Problem.choices,
        blank=True,
        default="",
    )
    detail = models.JSONField(_("more about it"), default=dict, blank=True)
    """Of rules that exclude each other: ``rules``, ``low``, ``high``, ``by``."""
    units_now = models.FloatField(_("units a week at today's price"), default=0.0)
    renewed_at = models.DateTimeField(_("as of"))

    class Meta:
        app_label = "shop_personalize_pricing"
        verbose_name = _("product and its price")
        verbose_name_plural = _("products and their prices")
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["title"], name="spp_item_title"),
            models.Index(fields=["category"], name="spp_item_category"),
            models.Index(fields=["problem"], name="spp_item_problem"),
        ]

    def __str__(self) -> str:
        return self.title or self.item_id

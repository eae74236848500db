from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Elasticity(models.Model):
    """By how many percent demand rises where the price rises by one: below zero.

    Of a product, a category, or the whole shop. ``low`` and ``high`` hold it in 8 of
    10 cases; ``source`` says whose sales speak.
    """

    class Kind(models.TextChoices):
        ITEM = "item", _("product")
        CATEGORY = "category", _("category")
        SHOP = "shop", _("shop")

    class Source(models.TextChoices):
        OWN = "own", _("its own sales")
        CATEGORY = "category", _("its category's sales")
        SHOP = "shop", _("the whole shop's sales")
        PRIOR = "prior", _("what shops usually find")

    kind = models.CharField(_("of what"), max_length=10, choices=Kind.choices)
    key = models.CharField(_("which"), max_length=120, blank=True, default="")
    """The id of a product, the name of a category, nothing for the shop."""
    value = models.FloatField(_("elasticity"))
    error = models.FloatField(_("standard error"), default=0.0)
    low = models.FloatField(_("at least"))
    high = models.FloatField(_("at most"))
    source = models.CharField(_("from"), max_length=10, choices=Source.choices)
    weeks = models.PositiveIntegerField(_("weeks seen"), default=0)
    prices = models.PositiveIntegerField(_("prices seen"), default=0)
    note = models.CharField(_("note"), max_length=20, blank=True, default="")
    """Why its own sales alone do not speak: a code of ``stories.NOTES``."""
    own = models.FloatField(_("by its own sales alone"), null=True, blank=True)
    cross = models.JSONField(
        _("others whose price it answers"), default=list, blank=True
    )
    """Of each: ``key``, ``value`` and ``error``, the strongest first; only of products
    that sell most in their category."""
    renewed_at = models.DateTimeField(_("as of"))

    class Meta:
        app_label = "shop_personalize_pricing"
        verbose_name = _("elasticity")
        verbose_name_plural = _("elasticities")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="spp_elasticity")
        ]

    def __str__(self) -> str:
        return f"{self.key or self.kind} {self.value:.2f}"

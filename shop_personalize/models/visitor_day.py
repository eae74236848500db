from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class VisitorDay(models.Model):
    """What one visitor did on one day, in one currency: rolled up from interactions.

    A visitor may have several rows a day (two guests who turned out to be one
    customer); sums hold, and who counts visitors counts them distinct.
    """

    visitor = models.ForeignKey(
        "shop_personalize.Visitor",
        verbose_name=_("visitor"),
        on_delete=models.CASCADE,
        related_name="days",
        db_index=False,
    )
    day = models.DateField(_("day"))
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    site = models.CharField(_("site"), max_length=32, blank=True, default="")
    views = models.PositiveIntegerField(_("products viewed"), default=0)
    searches = models.PositiveIntegerField(_("searches"), default=0)
    carts = models.PositiveIntegerField(_("put into the basket"), default=0)
    checkouts = models.PositiveIntegerField(_("checkouts"), default=0)
    orders = models.PositiveIntegerField(_("orders"), default=0)
    units = models.DecimalField(
        _("units bought"), max_digits=14, decimal_places=3, default=0
    )
    revenue = models.DecimalField(
        _("revenue"), max_digits=16, decimal_places=2, default=0
    )
    seen = models.PositiveIntegerField(_("recommendations seen"), default=0)
    clicked = models.PositiveIntegerField(_("recommendations clicked"), default=0)
    is_present = models.BooleanField(_("was in the shop"), default=False)
    """Whether the visitor did anything but buy: orders from elsewhere bring nobody."""

    class Meta:
        verbose_name = _("day of a visitor")
        verbose_name_plural = _("days of visitors")
        indexes = [
            models.Index(fields=["day", "visitor"], name="sp_visitor_day"),
            models.Index(fields=["visitor", "day"], name="sp_visitor_days"),
        ]

    def __str__(self) -> str:
        return f"{self.visitor_id} {self.day}"

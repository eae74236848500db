from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ItemState(models.Model):
    """Where a product stands: stock, what will sell, how long it lasts.

    Written anew by every replenishment, read by pages and blocks. What is not known is
    null, and ``notes`` say why.
    """

    item_id = models.CharField(_("product"), max_length=64, unique=True)
    title = models.CharField(_("title"), max_length=200, blank=True, default="")
    category = models.CharField(_("category"), max_length=120, blank=True, default="")
    stock = models.IntegerField(_("in stock"), null=True)
    on_order = models.PositiveIntegerField(_("on order"), default=0)
    expected = models.FloatField(_("expected a week"), null=True)
    cover_days = models.FloatField(_("lasts days"), null=True)
    """None: nothing is expected to be sold, or stock or demand are not known."""
    risk = models.FloatField(_("risk of running out"), default=0.0)
    """Before a delivery ordered now could come, 0 to 1."""
    surplus = models.FloatField(_("units too many"), default=0.0)
    tied = models.FloatField(_("money tied up in them"), null=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    pressure = models.FloatField(_("stock pressure"), default=0.0)
    """−1: will run out before the next delivery, spare it; 1: too much, push it."""
    abc = models.CharField(_("class by revenue"), max_length=1, blank=True, default="")
    xyz = models.CharField(
        _("class by regularity"), max_length=1, blank=True, default=""
    )
    notes = models.JSONField(default=list, blank=True)
    """What must be known of it, as ``[code, words]``: see ``words.note``."""
    measured_at = models.DateTimeField(_("measured"))

    class Meta:
        app_label = "shop_personalize_supply"
        verbose_name = _("stock of a product")
        verbose_name_plural = _("stock of products")
        ordering = ["-risk", "item_id"]
        indexes = [
            models.Index(fields=["-risk"], name="sps_state_risk"),
            models.Index(fields=["-surplus"], name="sps_state_surplus"),
            models.Index(fields=["-tied"], name="sps_state_tied"),
        ]

    def __str__(self) -> str:
        return self.title or self.item_id

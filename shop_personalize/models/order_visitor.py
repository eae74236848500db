from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderVisitor(models.Model):
    """Which browser placed an order: noted as it is created, never rewritten."""

    order_id = models.CharField(_("order"), max_length=64, unique=True)
    visitor = models.ForeignKey(
        "shop_personalize.Visitor", verbose_name=_("visitor"), on_delete=models.CASCADE
    )
    rids = models.JSONField(
        _("recommendation tokens by item"), default=dict, blank=True
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("visitor of an order")
        verbose_name_plural = _("visitors of orders")

    def __str__(self) -> str:
        return self.order_id

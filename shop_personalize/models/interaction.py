from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Interaction(models.Model):
    """One thing a visitor did with a product (or a search, with no product)."""

    class Flag(models.TextChoices):
        NONE = "", _("counted")
        BOT = "bot", _("bot")
        SHADOW = "shadow", _("attribution only: the shop's orders are counted instead")

    event_id = models.UUIDField(_("event id"), unique=True)
    visitor = models.ForeignKey(
        "shop_personalize.Visitor",
        verbose_name=_("visitor"),
        on_delete=models.CASCADE,
        related_name="interactions",
        db_index=False,
    )
    kind = models.CharField(_("kind"), max_length=20)
    item_id = models.CharField(_("item"), max_length=64, blank=True, default="")
    quantity = models.DecimalField(
        _("quantity"), max_digits=12, decimal_places=3, default=1
    )
    value = models.DecimalField(
        _("unit price"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    order_id = models.CharField(_("order"), max_length=64, blank=True, default="")
    rid = models.CharField(
        _("recommendation token"), max_length=200, blank=True, default=""
    )
    flag = models.CharField(
        _("flag"), max_length=8, blank=True, default="", choices=Flag.choices
    )
    source = models.CharField(_("source"), max_length=16, default="native")
    site = models.CharField(_("site"), max_length=32, blank=True, default="")
    context = models.JSONField(_("context"), default=dict, blank=True)
    occurred_at = models.DateTimeField(_("occurred at"))
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        verbose_name = _("interaction")
        verbose_name_plural = _("interactions")
        indexes = [
            models.Index(fields=["visitor", "-occurred_at"], name="sp_inter_visitor"),
            models.Index(fields=["received_at"], name="sp_inter_received"),
            models.Index(fields=["occurred_at"], name="sp_inter_occurred"),
            models.Index(fields=["order_id", "item_id"], name="sp_inter_order"),
            # What a visitor ever bought or hid is asked for by every page.
            models.Index(
                fields=["visitor", "kind", "item_id", "flag"],
                condition=models.Q(kind__in=["purchase", "hide"]),
                name="sp_inter_settled",
            ),
        ]
        permissions = [("export_interactions", _("Can export interactions"))]

    def __str__(self) -> str:
        return f"{self.kind} {self.item_id}"

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from shop_personalize.supply.models.suppliers import Supplier


class Reorder(models.Model):
    """A suggestion to order more of a product, and what became of it."""

    class State(models.TextChoices):
        OPEN = "open", _("to be decided")
        APPROVED = "approved", _("approved")
        CHANGED = "changed", _("approved with another quantity")
        DISMISSED = "dismissed", _("dismissed")
        ORDERED = "ordered", _("ordered")
        RECEIVED = "received", _("received")

    item_id = models.CharField(_("product"), max_length=64, db_index=True)
    supplier = models.ForeignKey(
        Supplier,
        verbose_name=_("supplier"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="reorders",
    )
    suggested = models.PositiveIntegerField(_("suggested"))
    quantity = models.PositiveIntegerField(_("quantity"))
    unit_cost = models.DecimalField(
        _("cost of a unit"), max_digits=12, decimal_places=4, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    order_by = models.DateField(_("order by"))
    due_on = models.DateField(_("delivery expected"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=9, choices=State.choices, default=State.OPEN
    )
    facts = models.JSONField(default=dict)
    """The figures the suggestion rests on: see ``services.replenishing``."""
    risk = models.FloatField(_("risk of running out"), default=0.0)
    notes = models.JSONField(default=list, blank=True)
    """What must be known of it, as ``[code, words]``: see ``words.note``."""
    reason = models.CharField(_("why not"), max_length=200, blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    ordered_at = models.DateTimeField(_("ordered"), null=True, blank=True)
    received_at = models.DateTimeField(_("received"), null=True, blank=True)
    created_at = models.DateTimeField(_("suggested on"), auto_now_add=True)

    class Meta:
        app_label = "shop_personalize_supply"
        verbose_name = _("suggested order")
        verbose_name_plural = _("replenishment")
        ordering = ["order_by", "-risk", "pk"]
        indexes = [
            models.Index(fields=["state", "order_by"], name="sps_reorder_state"),
        ]
        permissions = [
            ("decide_reorder", _("Can approve, change and dismiss suggested orders"))
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.item_id}"

    @property
    def value(self) -> float | None:
        """What it costs; None where the cost of a unit is not known."""
        return None if self.unit_cost is None else float(self.unit_cost * self.quantity)

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Connection(models.Model):
    """One visitor is tied to another: what the target does may speak to the source.

    Only a confirmed connection speaks. The shop's own are confirmed from the start;
    one asked for over HTTP is once the other side has asked for the same.
    """

    class Kind(models.TextChoices):
        FOLLOW = "follow", _("follows")
        HOUSEHOLD = "household", _("same household")
        GIFT = "gift", _("gives presents to")

    class Origin(models.TextChoices):
        SHOP = "shop", _("the shop")
        VISITOR = "visitor", _("the visitor")

    source = models.ForeignKey(
        "shop_personalize.Visitor",
        verbose_name=_("from"),
        on_delete=models.CASCADE,
        related_name="connections",
    )
    target = models.ForeignKey(
        "shop_personalize.Visitor",
        verbose_name=_("to"),
        on_delete=models.CASCADE,
        related_name="connections_to",
    )
    kind = models.CharField(
        _("kind"), max_length=12, choices=Kind.choices, default=Kind.FOLLOW
    )
    weight = models.FloatField(_("weight"), default=1.0)
    origin = models.CharField(
        _("made by"), max_length=8, choices=Origin.choices, default=Origin.SHOP
    )
    confirmed = models.BooleanField(_("confirmed"), default=True)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "target", "kind"], name="sp_connection_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(source=models.F("target")),
                name="sp_connection_other",
            ),
            models.CheckConstraint(
                condition=models.Q(weight__gt=0), name="sp_connection_weight"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"

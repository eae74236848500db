from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class BlockDay(models.Model):
    """What a block led to on one day: rolled up from interactions with a token.

    ``shown`` was on the page, ``seen`` came into view. ``variant`` is the arm of a
    trial, "" outside of any; ``position`` 1 is the first place.
    """

    block = models.CharField(_("block"), max_length=60)
    recommender = models.CharField(_("recommender"), max_length=50)
    variant = models.CharField(_("variant"), max_length=32, blank=True, default="")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    day = models.DateField(_("day"))
    shown = models.PositiveIntegerField(_("shown"), default=0)
    seen = models.PositiveIntegerField(_("seen"), default=0)
    clicked = models.PositiveIntegerField(_("clicked"), default=0)
    carted = models.PositiveIntegerField(_("in the basket"), default=0)
    bought = models.PositiveIntegerField(_("bought"), default=0)
    revenue = models.DecimalField(
        _("revenue"), max_digits=16, decimal_places=2, default=0
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")

    class Meta:
        verbose_name = _("day of a block")
        verbose_name_plural = _("overview")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "block",
                    "recommender",
                    "variant",
                    "position",
                    "day",
                    "currency",
                ],
                name="sp_block_day",
            )
        ]
        indexes = [models.Index(fields=["day"], name="sp_block_day_day")]

    def __str__(self) -> str:
        return f"{self.block} {self.day}"

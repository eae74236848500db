from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from shop_personalize.models.block import Block


class Rule(models.Model):
    """What the owner wants of blocks, whatever the models say."""

    class Action(models.TextChoices):
        INCLUDE = "include", _("show only these")
        EXCLUDE = "exclude", _("never show these")
        PIN = "pin", _("pin to a place")
        BOOST = "boost", _("show earlier")
        BURY = "bury", _("show later")

    class Audience(models.TextChoices):
        EVERYONE = "everyone", _("everyone")
        NEW = "new", _("new visitors")
        RETURNING = "returning", _("visitors who were here before")
        CUSTOMERS = "customers", _("who is logged in")
        GUESTS = "guests", _("who is not logged in")
        BUYERS = "buyers", _("who has bought before")
        NO_BUYERS = "no_buyers", _("who has not bought yet")

    name = models.CharField(_("name"), max_length=80)
    action = models.CharField(_("what to do"), max_length=8, choices=Action.choices)
    block = models.ForeignKey(
        "shop_personalize.Block",
        verbose_name=_("block"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="rules",
        help_text=_("Empty: every block."),
    )
    page = models.CharField(
        _("page"),
        max_length=10,
        choices=Block.Page.choices,
        default=Block.Page.ANY,
        help_text=_("Only on pages of this kind."),
    )
    items = models.JSONField(
        _("products"),
        default=list,
        blank=True,
        help_text=_("Ids of products; empty: all that fulfil the conditions."),
    )
    conditions = models.JSONField(
        _("conditions"),
        default=list,
        blank=True,
        help_text=_("All must hold of a product."),
    )
    position = models.PositiveSmallIntegerField(
        _("place"),
        default=1,
        validators=[MinValueValidator(1)],
        help_text=_("Of a pin: 1 is the first place."),
    )
    strength = models.FloatField(
        _("strength"),
        default=0.5,
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
        help_text=_("0 to 1: how far products are moved earlier or later."),
    )
    audience = models.CharField(
        _("for whom"), max_length=10, choices=Audience.choices, default="everyone"
    )
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    priority = models.PositiveSmallIntegerField(
        _("precedence"),
        default=100,
        help_text=_("1 goes first; of two rules that disagree the first one holds."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    site = models.CharField(_("site"), max_length=32, blank=True, default="")

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering = ["priority", "pk"]

    def __str__(self) -> str:
        return self.name

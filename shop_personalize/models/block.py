from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

SHARE = [MinValueValidator(0.0), MaxValueValidator(1.0)]


class Block(models.Model):
    """A place on a page: an ordered chain of recommenders and how to show them."""

    class Page(models.TextChoices):
        ANY = "any", _("any page")
        HOME = "home", _("home")
        PRODUCT = "product", _("product")
        CATEGORY = "category", _("category")
        BASKET = "basket", _("basket")
        SEARCH = "search", _("search")
        ORDER = "order", _("order placed")
        ACCOUNT = "account", _("account")
        NOT_FOUND = "not_found", _("nothing found")

    class Occasion(models.TextChoices):
        ALWAYS = "always", _("always")
        SOLD_OUT = "sold_out", _("only where the page's product is sold out")
        FOR_SALE = "for_sale", _("only where the page's product can be bought")
        EMPTY_BASKET = "empty_basket", _("only while the basket is empty")
        FULL_BASKET = "full_basket", _("only while something is in the basket")

    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    page = models.CharField(
        _("page"), max_length=10, choices=Page.choices, default=Page.ANY
    )
    title = models.CharField(
        _("title"), max_length=120, help_text=_("What shoppers read; translated.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    shown_when = models.CharField(
        _("shown"), max_length=12, choices=Occasion.choices, default=Occasion.ALWAYS
    )
    limit = models.PositiveSmallIntegerField(_("products"), default=8)
    minimum = models.PositiveSmallIntegerField(
        _("at least"), default=3, help_text=_("With fewer, the block is left out.")
    )
    template = models.CharField(_("template"), max_length=120, blank=True, default="")
    exclude_purchased = models.BooleanField(
        _("leave out what was bought"), default=True
    )
    rebuy_days = models.PositiveSmallIntegerField(
        _("until so many days later"),
        null=True,
        blank=True,
        help_text=_("Empty: for ever."),
    )
    exclude_basket = models.BooleanField(_("leave out the basket"), default=True)
    same_category = models.BooleanField(_("same category only"), default=False)
    diversity = models.FloatField(
        _("variety"),
        default=0.0,
        validators=SHARE,
        help_text=_(
            "0 to 1: how much later a product comes that is like those before it."
        ),
    )
    per_category = models.PositiveSmallIntegerField(
        _("at most of one category"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: no limit."),
    )
    calibration = models.FloatField(
        _("keep to the visitor's own mix"),
        default=0.0,
        validators=SHARE,
        help_text=_(
            "0 to 1: who buys two thirds mugs and one third bags is shown about that."
        ),
    )
    damping = models.FloatField(
        _("hold back best sellers"),
        default=0.0,
        validators=SHARE,
        help_text=_("0 to 1: makes room for what fewer people know."),
    )
    exploration = models.FloatField(
        _("places for the new and seldom seen"),
        default=0.0,
        validators=SHARE,
        help_text=_(
            "0 to 1: this share of the places; 0.1 of 10 products is one. "
            "A visitor sees the same ones all day."
        ),
    )
    revenue = models.FloatField(
        _("revenue"),
        default=0.0,
        validators=SHARE,
        help_text=_("0 to 1: how much more what brings in more money counts."),
    )
    margin = models.FloatField(
        _("margin"),
        default=0.0,
        validators=SHARE,
        help_text=_("0 to 1: how much more what earns more counts; needs the cost."),
    )
    freshness = models.FloatField(
        _("freshness"),
        default=0.0,
        validators=SHARE,
        help_text=_("0 to 1: how much more what is new in the shop counts."),
    )
    clearance = models.FloatField(
        _("clearance"),
        default=0.0,
        validators=SHARE,
        help_text=_("0 to 1: how much more what lies long in stock counts."),
    )
    stock = models.FloatField(
        _("stock"),
        default=0.0,
        validators=SHARE,
        help_text=_(
            "0 to 1: how much later a product comes that will run out before the next "
            "delivery, and earlier one of which there is too much; needs Supply."
        ),
    )
    rotation = models.FloatField(
        _("rotation"),
        default=0.0,
        validators=SHARE,
        help_text=_(
            "0 to 1: how much later a product comes that this visitor saw often "
            "and did not click."
        ),
    )
    show_reason = models.BooleanField(_("show the reason"), default=True)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    site = models.CharField(_("site"), max_length=32, blank=True, default="")
    position = models.PositiveSmallIntegerField(_("order on the page"), default=0)

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        ordering = ["page", "position", "slug"]

    def __str__(self) -> str:
        return self.slug


class BlockStep(models.Model):
    """One recommender in a block's chain; the next fills what this one leaves empty."""

    block = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="steps")
    recommender = models.ForeignKey(
        "shop_personalize.Recommender",
        verbose_name=_("recommender"),
        on_delete=models.CASCADE,
        related_name="steps",
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["block", "recommender"], name="sp_step_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.block} → {self.recommender}"

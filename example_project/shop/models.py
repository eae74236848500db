"""A small shop: nothing here knows that its pages recommend."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Category(models.Model):
    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=60)
    blurb = models.CharField(_("blurb"), max_length=120, blank=True)
    motif = models.CharField(_("picture"), max_length=20, blank=True)
    color = models.CharField(_("color"), max_length=20, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position"]

    def __str__(self) -> str:
        return gettext(self.name)

    def get_absolute_url(self) -> str:
        return reverse("shop:category", args=[self.slug])


class Product(models.Model):
    sku = models.CharField(_("stock code"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=120)
    slug = models.SlugField(_("slug"), max_length=80)
    category = models.ForeignKey(
        Category,
        verbose_name=_("category"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="products",
    )
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2)
    cost = models.DecimalField(
        _("cost"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Invented: the orders of the demo tell no cost."),
    )
    stock = models.PositiveIntegerField(_("in stock"), default=0)
    available = models.BooleanField(_("published"), default=True)
    created = models.DateTimeField(_("in the shop since"))
    updated = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("shop:product", args=[self.pk, self.slug])

    def picture(self) -> str:
        return reverse("shop:picture", args=[self.pk])


class Order(models.Model):
    class Status(models.TextChoices):
        PAID = "paid", _("paid")
        CANCELLED = "cancelled", _("cancelled")

    number = models.PositiveIntegerField(_("number"), unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("customer"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="orders",
    )
    email = models.EmailField(_("e-mail"), blank=True)
    country = models.CharField(_("country"), max_length=40, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.PAID
    )
    total = models.DecimalField(_("total"), max_digits=12, decimal_places=2, default=0)
    placed_at = models.DateTimeField(_("placed"))
    updated = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-placed_at"]

    def __str__(self) -> str:
        return str(self.number)


class OrderLine(models.Model):
    order = models.ForeignKey(
        Order, verbose_name=_("order"), on_delete=models.CASCADE, related_name="lines"
    )
    product = models.ForeignKey(
        Product,
        verbose_name=_("product"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    unit_price = models.DecimalField(_("unit price"), max_digits=10, decimal_places=3)
    refunded = models.PositiveIntegerField(_("units refunded"), default=0)
    returned = models.BooleanField(_("all units came back"), default=False)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product}"

    @property
    def total(self) -> Decimal:
        return self.unit_price * self.quantity

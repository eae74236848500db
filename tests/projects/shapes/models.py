"""Shops as they are found: one family of models for each way of writing them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

# The cart that is an order with complete=False; prices as float; buyers by profile.


class Customer(models.Model):
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE
    )
    name = models.CharField(max_length=80)
    email = models.CharField(max_length=80)


class CartProduct(models.Model):
    name = models.CharField(max_length=80)
    price = models.FloatField()
    digital = models.BooleanField(default=False)
    image = models.ImageField(null=True, blank=True, upload_to="products")

    def get_absolute_url(self) -> str:
        return f"/cart/{self.pk}/"


class CartOrder(models.Model):
    customer = models.ForeignKey(Customer, null=True, on_delete=models.SET_NULL)
    date_ordered = models.DateTimeField(auto_now_add=True)
    complete = models.BooleanField(default=False)
    transaction_id = models.CharField(max_length=80, null=True)  # noqa: DJ001


class CartOrderItem(models.Model):
    product = models.ForeignKey(CartProduct, null=True, on_delete=models.SET_NULL)
    order = models.ForeignKey(CartOrder, null=True, on_delete=models.SET_NULL)
    quantity = models.IntegerField(default=0, null=True)
    date_added = models.DateTimeField(auto_now_add=True)


# The order that has a many-to-many of lines; categories as choices.


class ManyItem(models.Model):
    KINDS = (("S", "Shirts"), ("W", "Winter wear"))
    title = models.CharField(max_length=80)
    price = models.FloatField()
    category = models.CharField(choices=KINDS, max_length=2)
    slug = models.SlugField(unique=True)
    description = models.TextField()

    def get_absolute_url(self) -> str:
        return f"/many/{self.slug}/"


class ManyOrderItem(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    ordered = models.BooleanField(default=False)
    item = models.ForeignKey(ManyItem, on_delete=models.CASCADE)
    quantity = models.IntegerField(default=1)


class ManyOrder(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    items = models.ManyToManyField(ManyOrderItem)
    start_date = models.DateTimeField(auto_now_add=True)
    ordered_date = models.DateTimeField()
    ordered = models.BooleanField(default=False)
    refund_granted = models.BooleanField(default=False)


# Lines that keep the SKU as text; UUID keys; prices as text; categories many-to-many.


class SkuCategory(models.Model):
    title = models.CharField(max_length=80)


class SkuProduct(models.Model):
    uid = models.UUIDField(primary_key=True, default=uuid.uuid4)
    sku = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=80)
    price = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    categories = models.ManyToManyField(SkuCategory)
    in_stock = models.BooleanField(default=True)
    status = models.CharField(
        max_length=10, choices=[("d", "Draft"), ("p", "Published")], default="p"
    )

    def get_absolute_url(self) -> str:
        return f"/sku/{self.sku}/"


class SkuOrder(models.Model):
    number = models.CharField(max_length=20, primary_key=True)
    billing_email = models.EmailField()
    status = models.IntegerField(
        choices=[(1, "Open"), (2, "Shipped"), (3, "Cancelled"), (4, "Returned")]
    )
    order_date = models.DateField()


class SkuOrderLine(models.Model):
    order = models.ForeignKey(SkuOrder, on_delete=models.CASCADE, related_name="lines")
    sku = models.CharField(max_length=40)
    qty = models.DecimalField(max_digits=9, decimal_places=3)
    total = models.CharField(max_length=20)


# Variants by a parent; prices in cents; a tree of categories; the account as a number.


class TreeCategory(models.Model):
    name = models.CharField(max_length=80)
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE)


class VariantProduct(models.Model):
    name = models.CharField(max_length=80)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="variants"
    )
    category = models.ForeignKey(TreeCategory, null=True, on_delete=models.SET_NULL)
    price_cents = models.IntegerField(null=True)
    price_currency = models.CharField(max_length=3, default="EUR")
    stock = models.IntegerField(null=True)
    is_active = models.BooleanField(default=True)
    color = models.CharField(max_length=20, blank=True)
    shop = models.CharField(max_length=20, blank=True)

    def get_absolute_url(self) -> str:
        return f"/variant/{self.pk}/"


class VariantOrder(models.Model):
    user_id = models.IntegerField(null=True)
    customer_email = models.EmailField(blank=True)
    payment_status = models.CharField(
        max_length=10, choices=[("new", "New"), ("paid", "Paid"), ("void", "Voided")]
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField(auto_now=True)


class VariantOrderItem(models.Model):
    order = models.ForeignKey(VariantOrder, on_delete=models.CASCADE)
    product = models.ForeignKey(VariantProduct, null=True, on_delete=models.SET_NULL)
    quantity = models.IntegerField(null=True)
    unit_price_cents = models.IntegerField()


# Prices, stock and pictures in tables of their own; text keys; lines of variants.


class Brand(models.Model):
    name = models.CharField(max_length=40)


class PoolProduct(models.Model):
    code = models.CharField(max_length=20, primary_key=True)
    title = models.CharField(max_length=80)
    body = models.TextField(blank=True)
    brand = models.ForeignKey(Brand, null=True, on_delete=models.SET_NULL)
    deleted_at = models.DateTimeField(null=True)

    @property
    def url(self) -> str:
        return f"/pool/{self.code}/"


class PoolVariant(models.Model):
    product = models.ForeignKey(
        PoolProduct, on_delete=models.CASCADE, related_name="variants"
    )
    size = models.CharField(max_length=5)
    price = models.DecimalField(max_digits=9, decimal_places=2)
    stock = models.IntegerField(default=0)


class PoolPicture(models.Model):
    product = models.ForeignKey(
        PoolProduct, on_delete=models.CASCADE, related_name="pictures"
    )
    image = models.ImageField(upload_to="pool")


class PoolInvoice(models.Model):
    buyer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL
    )
    created = models.DateTimeField()
    is_paid = models.BooleanField(default=False)


class PoolInvoiceLine(models.Model):
    invoice = models.ForeignKey(PoolInvoice, on_delete=models.CASCADE)
    variant = models.ForeignKey(PoolVariant, on_delete=models.CASCADE)
    quantity = models.IntegerField()
    price = models.DecimalField(max_digits=9, decimal_places=2)


# No lines at all: the order has products.


class DirectProduct(models.Model):
    name = models.CharField(max_length=80)
    price = models.DecimalField(max_digits=9, decimal_places=2)

    def get_absolute_url(self) -> str:
        return f"/direct/{self.pk}/"


class DirectOrder(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    products = models.ManyToManyField(DirectProduct)
    date = models.DateTimeField()


# All that a rule can ask of a product: a cost, a maker, labels, a tree of categories.


class Label(models.Model):
    name = models.CharField(max_length=40)


class WineProduct(models.Model):
    title = models.CharField(max_length=80)
    price = models.DecimalField(max_digits=10, decimal_places=2)
    cost_price = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    brand = models.ForeignKey(Brand, null=True, on_delete=models.SET_NULL)
    category = models.ForeignKey(TreeCategory, null=True, on_delete=models.SET_NULL)
    labels = models.ManyToManyField(Label)
    color = models.CharField(max_length=20, blank=True)
    stock = models.IntegerField(default=10)
    created_at = models.DateTimeField(default=timezone.now)
    is_active = models.BooleanField(default=True)

    def get_absolute_url(self) -> str:
        return f"/wine/{self.pk}/"

"""Each shape with the settings it needs and two products, one order: what is to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from tests.projects.gifts import models as gifts
from tests.projects.shapes import models


@dataclass
class Built:
    """What ``build`` made: a product for sale, one not, an order of the first."""

    good: Any
    bad: Any
    order_id: str
    user_id: str = ""
    email: str = ""


@dataclass(frozen=True)
class Shop:
    name: str
    build: Callable[[], Built]
    catalog: dict[str, Any]
    orders: dict[str, Any]
    price: str
    category: str = ""
    currency: str = ""
    unit_price: str | None = None
    quantity: str = "2"
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, Any]:
        return {"CATALOG": self.catalog, "ORDERS": self.orders}


def user() -> Any:
    return get_user_model().objects.create_user("ann", "ann@example.com")


def build_gifts() -> Built:
    home = gifts.Category.objects.create(name="Home")
    make = gifts.Product.objects.create
    good = make(name="Mug", price="4.50", category=home)
    bad = make(name="Old mug", price="4.50", available=False)
    order = gifts.Order.objects.create(
        email="ann@example.com", created=timezone.now(), paid=True
    )
    gifts.OrderItem.objects.create(order=order, product=good, quantity=2, price="4")
    return Built(good, bad, str(order.pk), email="ann@example.com")


def build_cart() -> Built:
    ann = user()
    who = models.Customer.objects.create(user=ann, name="Ann", email="ann@example.com")
    good = models.CartProduct.objects.create(name="Mug", price=4.1)
    bad = models.CartProduct.objects.create(name="Download", price=1.0, digital=True)
    order = models.CartOrder.objects.create(customer=who, complete=True)
    models.CartOrderItem.objects.create(product=good, order=order, quantity=2)
    cart = models.CartOrder.objects.create(customer=who)
    models.CartOrderItem.objects.create(product=good, order=cart, quantity=9)
    email = "ann@example.com"
    return Built(good, bad, str(order.pk), user_id=str(ann.pk), email=email)


def build_many() -> Built:
    ann = user()
    make = models.ManyItem.objects.create
    good = make(title="Parka", price=99.9, category="W", slug="parka")
    bad = make(title="Draft", price=1, category="S", slug="draft")
    order = models.ManyOrder.objects.create(
        user=ann, ordered=True, ordered_date=timezone.now()
    )
    line = models.ManyOrderItem.objects.create(user=ann, item=good, quantity=2)
    order.items.add(line)
    models.ManyOrderItem.objects.create(user=ann, item=good, quantity=7)
    return Built(good, bad, str(order.pk), user_id=str(ann.pk))


def build_sku() -> Built:
    tools = models.SkuCategory.objects.create(title="Tools")
    make = models.SkuProduct.objects.create
    good = make(sku="A-1", title="Saw", price="€ 1.234,50", currency="eur")
    good.categories.add(tools)
    bad = make(sku="A-2", title="Sold", price="1", currency="EUR", in_stock=False)
    order = models.SkuOrder.objects.create(
        number="N-7",
        billing_email="ann@example.com",
        status=2,
        order_date=date(2026, 1, 31),
    )
    order.lines.create(sku="A-1", qty=Decimal("2.5"), total="3086,25")
    order.lines.create(sku="no longer sold", qty=1, total="1")
    return Built(good, bad, "N-7", email="ann@example.com")


def build_variants() -> Built:
    ann = user()
    root = models.TreeCategory.objects.create(name="Clothes")
    leaf = models.TreeCategory.objects.create(name="Shirts", parent=root)
    make = models.VariantProduct.objects.create
    good = make(name="Shirt", category=leaf, stock=0)
    make(name="Shirt S", parent=good, price_cents=2100, stock=0)
    large = make(name="Shirt L", parent=good, price_cents=1999, stock=3)
    bad = make(name="Sold out", category=leaf, price_cents=500, stock=0)
    order = models.VariantOrder.objects.create(
        user_id=ann.pk, payment_status="paid", created_at=timezone.now()
    )
    models.VariantOrderItem.objects.create(
        order=order, product=large, quantity=2, unit_price_cents=1850
    )
    return Built(good, bad, str(order.pk), user_id=str(ann.pk))


def build_pool() -> Built:
    ann = user()
    acme = models.Brand.objects.create(name="Acme")
    make = models.PoolProduct.objects.create
    good = make(code="p/1 ü", title="Ring", brand=acme)
    bad = make(code="p2", title="Gone", deleted_at=timezone.now())
    for product in (good, bad):
        product.variants.create(size="L", price="9.00", stock=0)
        product.pictures.create(image="pool/ring.jpg")
    small = good.variants.create(size="S", price="7.00", stock=2)
    invoice = models.PoolInvoice.objects.create(
        buyer=ann, created=timezone.now(), is_paid=True
    )
    models.PoolInvoiceLine.objects.create(
        invoice=invoice, variant=small, quantity=2, price="7.00"
    )
    return Built(good, bad, str(invoice.pk), user_id=str(ann.pk))


def build_direct() -> Built:
    ann = user()
    good = models.DirectProduct.objects.create(name="Tea", price="3.00")
    bad = models.DirectProduct.objects.create(name="hidden tea", price="3.00")
    order = models.DirectOrder.objects.create(user=ann, date=timezone.now())
    order.products.add(good)
    return Built(good, bad, str(order.pk), user_id=str(ann.pk))


def is_upper(product: models.DirectProduct) -> bool:
    """A rule only code can say."""
    return product.name[:1].isupper()


SHOPS = (
    Shop(
        "gifts",
        build_gifts,
        {"model": "gifts.Product"},
        {"model": "gifts.OrderItem"},
        price="4.50",
        category="Home",
        unit_price="4",
    ),
    Shop(
        "cart",
        build_cart,
        {"model": "shapes.CartProduct", "visible": {"digital": False}},
        {"model": "shapes.CartOrderItem"},
        price="4.1",
    ),
    Shop(
        "many",
        build_many,
        {"model": "shapes.ManyItem", "visible": [{"category": "W"}, {"slug": "x"}]},
        {"model": "shapes.ManyOrderItem", "unit_price": "item__price"},
        price="99.9",
        category="Winter wear",
        unit_price="99.9",
    ),
    Shop(
        "sku",
        build_sku,
        {"model": "shapes.SkuProduct"},
        {"model": "shapes.SkuOrderLine", "line_total": "total", "currency": "=EUR"},
        price="1234.50",
        currency="EUR",
        category="Tools",
        unit_price="1234.5",
        quantity="2.5",
    ),
    Shop(
        "variants",
        build_variants,
        {"model": "shapes.VariantProduct"},
        {"model": "shapes.VariantOrderItem"},
        price="19.99",
        currency="EUR",
        category="Shirts",
        unit_price="18.5",
    ),
    Shop(
        "pool",
        build_pool,
        {"model": "shapes.PoolProduct", "currency": "=USD"},
        {"model": "shapes.PoolInvoiceLine"},
        price="7.00",
        currency="USD",
        unit_price="7",
    ),
    Shop(
        "direct",
        build_direct,
        {
            "model": "shapes.DirectProduct",
            "visible": "tests.projects.shapes.shops.is_upper",
        },
        {"model": "shapes.DirectOrder_products", "unit_price": "directproduct__price"},
        price="3.00",
        unit_price="3",
        quantity="1",
    ),
)

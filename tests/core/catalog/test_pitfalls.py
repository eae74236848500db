"""What real shops do to a plugin, as far as it meets the catalog and the orders."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db.models.signals import post_save
from django.test import RequestFactory, override_settings
from django.utils import timezone

from shop_personalize.capture.orders import backfill, sync_orders
from shop_personalize.catalog import get_catalog, get_orders
from shop_personalize.catalog.discovery import find_lines, find_products
from shop_personalize.catalog.generic import values
from shop_personalize.catalog.generic.hints import connect
from shop_personalize.catalog.loader import EmptyCatalog
from shop_personalize.catalog.types import LineState, Money
from shop_personalize.models import Interaction, OrderVisitor, Visitor
from tests.projects.gifts.models import Order, OrderItem, Product
from tests.projects.shapes import models
from tests.projects.shapes.shops import SHOPS, Shop

pytestmark = pytest.mark.django_db
BY_NAME = {shop.name: shop for shop in SHOPS}


def described(name: str, **catalog: Any) -> Any:
    shop: Shop = BY_NAME[name]
    return override_settings(
        SHOP_PERSONALIZE={
            "CATALOG": {**shop.catalog, **catalog},
            "ORDERS": shop.orders,
        }
    )


@pytest.mark.parametrize(
    ("given", "amount"),
    [
        ("12.50", "12.50"),
        ("€ 1.234,50", "1234.50"),
        ("1,234.50 USD", "1234.50"),
        ("1'234.50", "1234.50"),
        ("1 234,5 kr", "1234.5"),
        ("1,234", "1234"),
        ("12,5", "12.5"),
        (12, "12"),
        (0.1, "0.1"),
        (Decimal("0.00"), "0.00"),
        (SimpleNamespace(amount=Decimal(3), currency="EUR"), "3"),
        ("free", None),
        ("", None),
        (None, None),
        (float("nan"), None),
        (Decimal("NaN"), None),
        (10**30, None),
    ],
)
def test_prices_of_every_kind(given: Any, amount: str | None) -> None:
    assert values.price(given) == (None if amount is None else Decimal(amount))


def test_cents_are_whole_currency_with_a_scale() -> None:
    assert values.price(1999, 100) == Decimal("19.99")


@pytest.mark.parametrize(
    ("given", "quantity"),
    [(None, "1"), (-2, "-2"), ("2.5", "2.5"), (10**20, "1"), (0, "0"), ("x", "1")],
)
def test_quantities_of_every_kind(given: Any, quantity: str) -> None:
    assert values.quantity(given) == Decimal(quantity)


def test_dates_of_every_kind() -> None:
    day = values.moment(date(2026, 1, 31))
    assert day is not None
    assert day.isoformat() == "2026-01-31T00:00:00+00:00"
    naive = values.moment(datetime(2026, 1, 31, 8))  # noqa: DTZ001
    assert naive is not None
    assert naive.tzinfo is not None
    assert values.moment(1769853600) is not None
    assert values.moment("soon") is None
    with override_settings(USE_TZ=False):
        plain = values.moment(timezone.now())
        assert plain is not None
        assert plain.tzinfo is None


def line(order: Order, product: Product | None, quantity: Any = 1) -> OrderItem:
    [made] = OrderItem.objects.bulk_create(
        [OrderItem(order=order, product=product, quantity=quantity, price="0.00")]
    )
    return made


def paid(**kwargs: Any) -> Order:
    given = {"paid": True, "created": timezone.now(), "email": "a@b.de", **kwargs}
    [made] = Order.objects.bulk_create([Order(**given)])
    return made


def test_a_price_of_nothing_through_an_offer_is_a_purchase() -> None:
    gift = Product.objects.create(name="Gift", price=0)
    line(paid(), gift)
    backfill()
    assert Interaction.objects.get().value == 0
    card = get_catalog().card(get_catalog().objects([str(gift.pk)])[str(gift.pk)])
    assert card.price == Money(Decimal(0), "")


def test_null_negative_and_zero_quantities() -> None:
    shirt = models.VariantProduct.objects.create(name="Shirt", price_cents=500)
    order = models.VariantOrder.objects.create(
        payment_status="paid", created_at=timezone.now(), customer_email="a@b.de"
    )
    for quantity in (None, -3, 0):
        models.VariantOrderItem.objects.create(
            order=order, product=shirt, quantity=quantity, unit_price_cents=500
        )
    with described("variants"):
        backfill()
        backfill()
    rows = Interaction.objects.order_by("kind").values_list("kind", "quantity", "value")
    assert list(rows) == [("purchase", 1, 5), ("refund", 3, 5)]


def test_several_currencies_in_one_shop() -> None:
    make = models.VariantProduct.objects.create
    euro = make(name="Here", price_cents=100, stock=1)
    yen = make(name="There", price_cents=10000, price_currency="JPY", stock=1)
    order = models.VariantOrder.objects.create(
        payment_status="paid", created_at=timezone.now()
    )
    for product in (euro, yen):
        models.VariantOrderItem.objects.create(
            order=order, product=product, quantity=1, unit_price_cents=100
        )
    with described("variants"):
        prices = {item.id: item.price for item in get_catalog().iter_items()}
        backfill()
    assert prices == {
        str(euro.pk): Money(Decimal(1), "EUR"),
        str(yen.pk): Money(Decimal(100), "JPY"),
    }
    rows = Interaction.objects.order_by("currency").values_list("currency", flat=True)
    assert list(rows) == ["EUR", "JPY"]


def test_a_product_deleted_after_its_purchase_keeps_the_purchase() -> None:
    mug = Product.objects.create(name="Mug", price=1)
    line(paid(), mug)
    backfill()
    Product.objects.filter(pk=mug.pk).delete()
    assert sync_orders().without_product == 1
    assert Interaction.objects.count() == 1


def test_a_webhook_without_a_cookie_changes_nothing_of_who_ordered(client: Any) -> None:
    """The order is placed in a browser; "paid" comes later, from elsewhere."""
    mug = Product.objects.create(name="Mug", price=1)
    made = paid(paid=False)
    line(made, mug)
    guest = Visitor.objects.create(key="g" * 43)
    OrderVisitor.objects.create(order_id=str(made.pk), visitor=guest)
    sync_orders()
    made.paid = True
    made.save()
    sync_orders()
    assert OrderVisitor.objects.get().visitor_id == guest.pk
    assert Interaction.objects.get(kind="purchase").visitor_id == guest.pk


def test_a_saved_order_is_a_hint_but_a_fixture_is_none(tmp_path: Any) -> None:
    heard: list[Any] = []
    before, post_save.receivers = post_save.receivers, []
    post_save.sender_receivers_cache.clear()
    try:
        connect(OrderItem, "order", heard.append)
        made = Order.objects.create(created=timezone.now())
        OrderItem.objects.create(order=made, price=1)
        OrderItem.objects.bulk_create([OrderItem(order=made, price=1)])
        assert heard == [made.pk, made.pk]
        path = tmp_path / "orders.json"
        call_command("dumpdata", "gifts", output=str(path), verbosity=0)
        call_command("loaddata", str(path), verbosity=0)
        assert heard == [made.pk, made.pk]
    finally:
        post_save.receivers = before
        post_save.sender_receivers_cache.clear()


def test_a_hint_that_fails_does_not_reach_the_checkout() -> None:
    def fail(order: Any) -> None:
        raise RuntimeError("our fault")

    before, post_save.receivers = post_save.receivers, []
    post_save.sender_receivers_cache.clear()
    try:
        connect(OrderItem, "order", fail)
        assert Order.objects.create(created=timezone.now()).pk
    finally:
        post_save.receivers = before
        post_save.sender_receivers_cache.clear()


def test_a_line_in_two_orders_counts_in_both_and_a_cart_in_none() -> None:
    ann = get_user_model().objects.create_user("ann")
    item = models.ManyItem.objects.create(
        title="Parka", price=9, category="W", slug="p"
    )
    shared = models.ManyOrderItem.objects.create(user=ann, item=item)
    models.ManyOrderItem.objects.create(user=ann, item=item)
    for ordered in (True, True, False):
        order = models.ManyOrder.objects.create(
            user=ann, ordered=ordered, ordered_date=timezone.now()
        )
        order.items.add(shared)
    with described("many"):
        orders = get_orders()
        assert orders is not None
        states = sorted(str(one.state) for one in orders.iter_lines())
        assert states == ["open", "purchased", "purchased"]
        assert backfill().purchases == 2


def test_a_refund_said_by_the_order_of_a_many_to_many() -> None:
    ann = get_user_model().objects.create_user("ann")
    item = models.ManyItem.objects.create(
        title="Parka", price=9, category="W", slug="p"
    )
    order = models.ManyOrder.objects.create(
        user=ann, ordered=True, ordered_date=timezone.now(), refund_granted=True
    )
    order.items.add(models.ManyOrderItem.objects.create(user=ann, item=item))
    shop = BY_NAME["many"]
    orders = {**shop.orders, "refunded": {"manyorder__refund_granted": True}}
    given = {"CATALOG": shop.catalog, "ORDERS": orders}
    with override_settings(SHOP_PERSONALIZE=given):
        found = get_orders()
        assert found is not None
        assert [one.state for one in found.iter_lines()] == [LineState.REFUNDED]


def test_variants_roll_up_and_lend_their_price_and_stock() -> None:
    built = BY_NAME["variants"].build()
    small, large = models.VariantProduct.objects.filter(parent=built.good)
    with described("variants"):
        catalog = get_catalog()
        [item] = catalog.iter_items(ids=[str(built.good.pk)])
        assert item.variants == (str(small.pk), str(large.pk))
        assert (item.stock, item.available) == (3, True)
        assert item.categories == (("Clothes", "Shirts"),)
        assert catalog.item_id(large) == str(built.good.pk)
        assert catalog.item_ids([large.pk]) == {str(large.pk): str(built.good.pk)}
        orders = get_orders()
        assert orders is not None
        [bought] = orders.iter_lines()
        assert (bought.item_id, bought.variant_id) == (
            str(built.good.pk),
            str(large.pk),
        )
        models.VariantProduct.objects.filter(pk=large.pk).update(stock=0)
        assert catalog.objects([str(built.good.pk)]) == {}


def test_a_sku_or_a_slug_names_a_product_as_well_as_its_key() -> None:
    built = BY_NAME["sku"].build()
    with described("sku"):
        catalog = get_catalog()
        assert catalog.item_ids(["A-1", built.bad.pk]) == {
            "A-1": str(built.good.pk),
            str(built.bad.pk): str(built.bad.pk),
        }
        assert catalog.item_id("A-1") == str(built.good.pk)


def test_methods_constants_and_functions_are_read_in_bulk(
    django_assert_num_queries: Any,
) -> None:
    for at in range(9):
        models.ManyItem.objects.create(title=f"I{at}", price=1, category="S", slug=at)
    spec = {
        "brand": "=Own brand",
        "text": ["()get_category_display", "tests.core.catalog.test_pitfalls.shout"],
        "attributes": {"kind": "category"},
    }
    with described("many", visible=None, **spec):
        catalog = get_catalog()
        with django_assert_num_queries(2):
            items = list(catalog.iter_items())
    assert items[0].text == "Shirts\nI0!"
    assert items[0].brand == "Own brand"
    assert items[0].attributes == {"kind": "Shirts"}


def shout(item: models.ManyItem) -> str:
    return f"{item.title}!"


def test_what_fans_out_costs_a_query_a_chunk_not_a_row(
    django_assert_num_queries: Any,
) -> None:
    tools = models.SkuCategory.objects.create(title="Tools")
    for at in range(20):
        made = models.SkuProduct.objects.create(sku=str(at), title="x", price="1")
        made.categories.add(tools)
    with described("sku"):
        catalog = get_catalog()
        with django_assert_num_queries(2):
            assert len(list(catalog.iter_items())) == 20
        with django_assert_num_queries(6):
            assert len(list(catalog.iter_items(chunk=8))) == 20


def test_items_changed_since() -> None:
    old = Product.objects.create(name="Old", price=1)
    past = timezone.now() - timedelta(days=9)
    Product.objects.filter(pk=old.pk).update(created=past, updated=past)
    new = Product.objects.create(name="New", price=1)
    since = timezone.now() - timedelta(days=1)
    assert [i.id for i in get_catalog().iter_items(since=since)] == [str(new.pk)]


def test_a_shop_among_several_shows_only_its_own() -> None:
    make = models.VariantProduct.objects.create
    north = make(name="N", price_cents=1, stock=1, shop="north")
    south = make(name="S", price_cents=1, stock=1, shop="south")
    ids = [str(north.pk), str(south.pk)]
    request = RequestFactory().get("/")
    request.personalize = SimpleNamespace(site="south")  # type: ignore[attr-defined]
    with described("variants", site="shop"):
        catalog = get_catalog()
        assert set(catalog.objects(ids, request)) == {str(south.pk)}
        assert set(catalog.objects(ids)) == set(ids)
        assert {i.site for i in catalog.iter_items()} == {"north", "south"}


def test_without_settings_nothing_is_shown_and_nothing_fails() -> None:
    with override_settings(SHOP_PERSONALIZE={}):
        catalog = get_catalog()
        assert isinstance(catalog, EmptyCatalog)
        assert (catalog.count(), list(catalog.iter_items())) == (0, [])
        assert catalog.objects(["1"]) == catalog.item_ids(["1"]) == {}
        assert get_orders() is None
        assert sync_orders().lines == 0


def test_the_models_of_a_shop_are_found() -> None:
    found = find_products()
    assert Product in found
    assert find_lines(Product)[0] is OrderItem
    assert find_lines(models.PoolProduct)[0] is models.PoolInvoiceLine

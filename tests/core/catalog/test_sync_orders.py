"""Orders become interactions once, whoever asks and however often."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from shop_personalize.capture.orders import backfill, sync_orders
from shop_personalize.models import Checkpoint, Interaction, OrderVisitor, Visitor
from shop_personalize.models.visitor import visitor_key
from tests.projects.gifts.models import Order, OrderItem, Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug() -> Product:
    return Product.objects.create(name="Mug", price="4.50")


def order(product: Product | None, *, days: float = 1, **kwargs: Any) -> Order:
    """An order with one line, written as imports do: without a signal."""
    quantity = kwargs.pop("quantity", 2)
    values = {"paid": True, "created": timezone.now() - timedelta(days=days), **kwargs}
    [made] = Order.objects.bulk_create([Order(**values)])
    OrderItem.objects.bulk_create(
        [OrderItem(order=made, product=product, quantity=quantity, price="4.50")]
    )
    return made


def rows() -> list[tuple[str, str, Decimal]]:
    found = Interaction.objects.order_by("kind").values_list(
        "kind", "item_id", "quantity"
    )
    return list(found)


def test_a_paid_line_is_a_purchase_of_the_account(mug: Product) -> None:
    anna = get_user_model().objects.create_user("anna")
    made = order(mug, user=anna, email="anna@example.com")
    assert backfill().purchases == 1
    bought = Interaction.objects.get()
    assert (bought.kind, bought.item_id, bought.quantity) == (
        "purchase",
        str(mug.pk),
        2,
    )
    assert (bought.value, bought.order_id) == (Decimal("4.5"), str(made.pk))
    assert bought.source == "orders"
    assert bought.occurred_at == made.created
    assert bought.visitor.key == visitor_key("user", anna.pk)
    assert bought.visitor.kind == "user"


def test_asking_again_changes_nothing(mug: Product) -> None:
    order(mug, email="a@example.com")
    backfill()
    again = backfill()
    assert (again.purchases, again.known) == (0, 1)
    assert sync_orders().purchases == 0
    assert Interaction.objects.count() == 1


def test_an_order_is_counted_when_it_is_paid_though_update_fires_no_signal(
    mug: Product,
) -> None:
    made = order(mug, email="a@example.com", paid=False)
    assert sync_orders().open == 1
    assert Interaction.objects.count() == 0
    Order.objects.filter(pk=made.pk).update(paid=True)
    assert sync_orders().purchases == 1


def test_a_payment_long_after_the_order_is_found_by_the_daily_look_back(
    mug: Product,
) -> None:
    made = order(mug, days=30, email="a@example.com", paid=False)
    past = timezone.now() - timedelta(days=30)
    Order.objects.update(updated=past)
    sync_orders()
    Order.objects.filter(pk=made.pk).update(paid=True)
    assert sync_orders().purchases == 0
    state = Checkpoint.objects.get(name="orders")
    state.state["deep_at"] = (timezone.now() - timedelta(days=2)).isoformat()
    state.save()
    assert sync_orders().purchases == 1


def test_a_cancellation_subtracts_what_was_counted_once(mug: Product) -> None:
    made = order(mug, email="a@example.com")
    backfill()
    Order.objects.filter(pk=made.pk).update(status="cancelled")
    assert sync_orders().refunds == 1
    assert sync_orders().refunds == 0
    assert rows() == [("purchase", str(mug.pk), 2), ("refund", str(mug.pk), 2)]


def test_an_order_cancelled_before_it_was_seen_is_nothing(mug: Product) -> None:
    order(mug, email="a@example.com", status="cancelled")
    backfill()
    assert rows() == []


def test_a_refunded_order_was_a_purchase_and_is_subtracted(mug: Product) -> None:
    order(mug, email="a@example.com", status="refunded")
    backfill()
    assert rows() == [("purchase", str(mug.pk), 2), ("refund", str(mug.pk), 2)]


def test_an_order_whose_date_is_corrected_is_not_counted_twice(mug: Product) -> None:
    made = order(mug, email="a@example.com")
    backfill()
    Order.objects.filter(pk=made.pk).update(created=timezone.now())
    assert sync_orders().purchases == 0
    assert Interaction.objects.count() == 1


def test_a_deleted_product_is_skipped_and_said(mug: Product) -> None:
    order(None, email="a@example.com")
    assert backfill().without_product == 1
    assert rows() == []


def test_an_order_without_a_user_belongs_to_the_browser_that_placed_it(
    mug: Product,
) -> None:
    made = order(mug, email="a@example.com")
    guest = Visitor.objects.create(key="g" * 43)
    OrderVisitor.objects.create(
        order_id=str(made.pk), visitor=guest, rids={str(mug.pk): "token"}
    )
    backfill()
    bought = Interaction.objects.get()
    assert (bought.visitor_id, bought.rid) == (guest.pk, "token")


def test_the_browser_of_an_erased_visitor_is_not_replaced_by_the_email(
    mug: Product,
) -> None:
    made = order(mug, email="a@example.com")
    gone = Visitor.objects.create(key="g" * 43, is_erased=True)
    OrderVisitor.objects.create(order_id=str(made.pk), visitor=gone)
    assert backfill().without_buyer == 1
    assert rows() == []


def test_orders_by_the_same_email_are_one_buyer_however_it_is_spelled(
    mug: Product,
) -> None:
    order(mug, email="Ann@Example.com")
    order(mug, email="ann@example.com ")
    backfill()
    key = visitor_key("email", "ann@example.com")
    assert set(Interaction.objects.values_list("visitor__key", flat=True)) == {key}


def test_orders_of_nobody_still_say_what_goes_together(mug: Product) -> None:
    first, second = order(mug), order(mug)
    backfill()
    assert Visitor.objects.filter(kind="guest").count() == 2
    orders = set(Interaction.objects.values_list("order_id", flat=True))
    assert orders == {str(first.pk), str(second.pk)}


def test_a_buyer_by_email_with_an_account_now_is_one_visitor(mug: Product) -> None:
    order(mug, email="ann@example.com")
    backfill()
    ann = get_user_model().objects.create_user("ann", email="Ann@example.com")
    order(mug, user=ann, email="ann@example.com")
    assert sync_orders().merged == 1
    keys = set(Interaction.objects.values_list("visitor__key", flat=True))
    assert keys == {visitor_key("user", ann.pk)}
    order(mug, email="ann@example.com", days=0)
    sync_orders()
    assert set(Interaction.objects.values_list("visitor__key", flat=True)) == keys


def test_typing_the_email_of_another_takes_nothing_from_them(mug: Product) -> None:
    order(mug, email="ann@example.com")
    backfill()
    eve = get_user_model().objects.create_user("eve", email="eve@example.com")
    order(mug, user=eve, email="ann@example.com")
    assert sync_orders().merged == 0
    keys = set(Interaction.objects.values_list("visitor__key", flat=True))
    assert keys == {
        visitor_key("email", "ann@example.com"),
        visitor_key("user", eve.pk),
    }


def test_named_orders_only(mug: Product) -> None:
    one, _other = order(mug), order(mug)
    assert sync_orders(order_ids=[str(one.pk), "no such order"]).purchases == 1
    assert not Checkpoint.objects.filter(name="orders").exists()


def test_since_leaves_out_what_is_older(mug: Product) -> None:
    order(mug, days=10)
    Order.objects.update(updated=timezone.now() - timedelta(days=10))
    order(mug, days=1)
    since: datetime = timezone.now() - timedelta(days=5)
    assert sync_orders(since=since).purchases == 1


def test_reading_and_writing_take_a_fixed_number_of_queries(
    mug: Product, django_assert_num_queries: Any
) -> None:
    for at in range(30):
        order(mug, email=f"{at % 3}@example.com")
    with django_assert_num_queries(11):
        # has any, lines, links, visitors (read, savepoint, insert, end, read), insert
        # between its savepoints, checkpoint: none of them grows with the lines
        sync_orders(since=timezone.now() - timedelta(days=9))

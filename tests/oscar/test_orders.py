"""Oscar's order lines: states by order and by line, children rolled up."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from oscar.core.loading import get_model

from shop_personalize.capture.orders import backfill, sync_orders
from shop_personalize.catalog import get_orders
from shop_personalize.catalog.oscar import OscarOrders
from shop_personalize.catalog.types import LineState, Money
from shop_personalize.models import Interaction

Make = Callable[..., Any]
pytestmark = pytest.mark.django_db


@pytest.fixture
def order(db: None) -> Make:
    """Make an order of one line as imports do, without Oscar's signals."""
    models = {name: get_model("order", name) for name in ("Order", "Line")}

    def make(number: str, product: Any, **kwargs: Any) -> Any:
        line_status = kwargs.pop("line_status", "Pending")
        values = {
            "number": number,
            "currency": "GBP",
            "total_incl_tax": 9,
            "total_excl_tax": 9,
            "shipping_incl_tax": 0,
            "shipping_excl_tax": 0,
            "status": "Pending",
            "date_placed": timezone.now(),
            **kwargs,
        }
        [made] = models["Order"].objects.bulk_create([models["Order"](**values)])
        side = ("incl_tax", "excl_tax")
        totals = [f"line_price_{one}" for one in side]
        totals += [f"line_price_before_discounts_{one}" for one in side]
        models["Line"].objects.bulk_create(
            [
                models["Line"](
                    order=made,
                    product=product,
                    partner_sku="sku",
                    title="x",
                    quantity=2,
                    status=line_status,
                    unit_price_incl_tax=Decimal("4.50"),
                    unit_price_excl_tax=Decimal("4.50"),
                    **dict.fromkeys(totals, Decimal(9)),
                    num_allocated=0,
                )
            ]
        )
        return made

    return make


def test_a_line_of_a_child_counts_for_its_parent(product: Make, order: Make) -> None:
    parent = product("Shirt", price=None, structure="parent")
    child = product("Shirt S", parent=parent)
    user = get_user_model().objects.create_user("ann", "ann@example.com")
    order("100001", child, user=user)
    orders = get_orders()
    assert isinstance(orders, OscarOrders)
    [line] = orders.iter_lines()
    assert (line.item_id, line.variant_id) == (str(parent.pk), str(child.pk))
    assert (line.order_id, line.user_id) == ("100001", str(user.pk))
    assert line.unit_price == Money(Decimal("4.50"), "GBP")
    assert line.quantity == 2


@pytest.mark.parametrize(
    ("status", "line_status", "state"),
    [
        ("Pending", "Pending", LineState.PURCHASED),
        ("Complete", "", LineState.PURCHASED),
        ("Cancelled", "Pending", LineState.CANCELLED),
        ("Complete", "Cancelled", LineState.CANCELLED),
        ("Complete", "Refunded", LineState.REFUNDED),
    ],
)
def test_the_state_is_the_orders_or_the_lines(
    product: Make, order: Make, status: str, line_status: str, state: LineState
) -> None:
    order("1", product("Mug"), status=status, line_status=line_status)
    orders = get_orders()
    assert orders is not None
    assert [line.state for line in orders.iter_lines()] == [state]


def test_a_cancellation_by_the_shop_subtracts(product: Make, order: Make) -> None:
    made = order("100002", product("Mug"), guest_email="a@example.com")
    assert backfill().purchases == 1
    get_model("order", "Order").objects.filter(pk=made.pk).update(status="Cancelled")
    assert sync_orders().refunds == 1
    assert list(Interaction.objects.values_list("kind", "order_id")) == [
        ("purchase", "100002"),
        ("refund", "100002"),
    ]


def test_named_orders_are_named_by_number(product: Make, order: Make) -> None:
    mug = product("Mug")
    order("A-1", mug)
    order("A-2", mug)
    assert sync_orders(order_ids=["A-2"]).lines == 1

"""The risk of running out beside what is on its way, on time, late, or not ordered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shop_personalize.supply.models import ItemState, Reorder
from shop_personalize.supply.services import replenishing
from tests.supply.builders import foreseen, product, steady, supplied

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug() -> str:
    """Sells ten a week; five are left, which last half a week; a delivery takes one."""
    item = product("Mug", stock=5)
    steady(item, weeks=2)
    foreseen({item: 10})
    supplied(item)
    return item


def risk(item: str, state: str, due_in: int) -> float:
    today = timezone.localdate()
    given: dict[str, Any] = {"order_by": today, "due_on": today + timedelta(due_in)}
    Reorder.objects.create(
        item_id=item, suggested=40, quantity=40, state=state, **given
    )
    replenishing.replenish()
    told = ItemState.objects.get(item_id=item)
    assert told.on_order == 40
    return told.risk


@pytest.mark.parametrize(
    ("state", "due_in", "expected"),
    [
        ("ordered", 0, 0.0),
        ("ordered", 1, 0.0),
        ("ordered", 6, 1.0),
        ("ordered", -1, 1.0),
        ("ordered", -30, 1.0),
        ("approved", 0, 1.0),
        ("approved", -30, 1.0),
        ("changed", 1, 1.0),
    ],
)
def test_only_a_delivery_that_was_ordered_and_is_on_time_is_waited_for(
    mug: str, state: str, due_in: int, expected: float
) -> None:
    assert risk(mug, state, due_in) == expected


def test_two_orders_of_all_that_can_be_ordered_fit_in_a_column(mug: str) -> None:
    many = 2_000_000_000
    for _k in range(2):
        Reorder.objects.create(
            item_id=mug,
            suggested=15,
            quantity=many,
            state="ordered",
            order_by=timezone.localdate(),
        )
    replenishing.replenish()
    assert ItemState.objects.get().on_order == many

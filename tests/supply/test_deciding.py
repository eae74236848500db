"""Every decision is a person's, is written down, and can only be made in its time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from shop_personalize.supply.models import Reorder
from shop_personalize.supply.services import deciding
from shop_personalize.supply.services.refused import RefusedError

pytestmark = pytest.mark.django_db
State = Reorder.State


@pytest.fixture
def row() -> Reorder:
    return Reorder.objects.create(
        item_id="1",
        suggested=40,
        quantity=40,
        order_by=timezone.localdate(),
        facts={"lead": 9},
    )


def said() -> list[str]:
    return list(
        LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    )


def test_from_open_to_received(row: Reorder, boss: Any) -> None:
    row = deciding.approve(row, user=boss)
    assert (row.state, row.decided_by, row.decided_at is None) == (
        State.APPROVED,
        boss,
        False,
    )
    row = deciding.change(row, quantity=36, user=boss)
    assert (row.state, row.quantity, row.suggested) == (State.CHANGED, 36, 40)
    row = deciding.order(row, user=boss)
    assert row.due_on == timezone.localdate() + timedelta(days=9)
    row = deciding.receive(row, quantity=30, user=boss)
    assert (row.state, row.quantity) == (State.RECEIVED, 30)
    assert said() == [
        "Approved: 40.",
        "Approved: 36 instead of 40.",
        "Ordered: 36.",
        "Received: 30 of 36.",
    ]
    assert set(LogEntry.objects.values_list("user", flat=True)) == {boss.pk}


def test_the_suggested_quantity_is_no_change(row: Reorder) -> None:
    assert deciding.change(row, quantity=40).state == State.APPROVED


def test_dismissing_keeps_the_reason(row: Reorder, boss: Any) -> None:
    row = deciding.dismiss(row, reason="  end of the range ", user=boss)
    assert (row.state, row.reason) == (State.DISMISSED, "end of the range")
    assert said() == ["Dismissed: 40. end of the range"]


@pytest.mark.parametrize(
    ("verb", "given", "says"),
    [
        (deciding.order, {}, "is to be decided; this can be done while it is: appro"),
        (deciding.receive, {}, "this can be done while it is: ordered"),
        (deciding.change, {"quantity": 0}, "The quantity must be 1 or more, not 0"),
        (deciding.change, {"quantity": -4}, "The quantity must be 1 or more, not -4"),
        (deciding.change, {"quantity": 3_000_000_000}, "must be 1 or more"),
    ],
)
def test_what_is_not_its_turn_is_refused(
    row: Reorder, boss: Any, verb: Any, given: dict[str, Any], says: str
) -> None:
    with pytest.raises(RefusedError, match=says):
        verb(row, user=boss, **given)
    row.refresh_from_db()
    assert (row.state, row.quantity) == (State.OPEN, 40)
    assert said() == []


def test_a_row_that_was_replaced_meanwhile_is_refused(row: Reorder) -> None:
    Reorder.objects.all().delete()
    with pytest.raises(RefusedError, match="was replaced by a newer one"):
        deciding.approve(row)


def test_a_decision_is_made_once(row: Reorder) -> None:
    deciding.approve(row)
    with pytest.raises(RefusedError, match="is approved"):
        deciding.approve(row)

"""Suggestions of orders: decided on one page, and sent to a supplier as a file."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from shop_personalize.supply.models import Reorder
from tests.reading import text, title
from tests.supply.addresses import url

pytestmark = pytest.mark.django_db


def noted() -> list[str]:
    """What the admin's history has, the oldest first."""
    rows = LogEntry.objects.order_by("pk")
    return list(rows.values_list("change_message", flat=True))


def test_rows_are_approved_changed_and_dismissed_on_one_page(
    admin: Client, shop: dict[str, str]
) -> None:
    page = text(admin, url("reorder_changelist"))
    assert title(page) == "1 product should be ordered"
    assert "5 in stock, enough for 4 days; 0 on order." in page
    row = Reorder.objects.get()
    sent = {"verb": "approve", "row": row.pk, f"quantity-{row.pk}": "24"}
    admin.post(url("reorder_decide"), sent)
    row.refresh_from_db()
    assert (row.state, row.quantity) == ("changed", 24)
    approved = text(admin, url("reorder_changelist") + "?show=approved")
    assert "£4.00 below the minimum order value" in approved
    assert url("reorder_csv", shop["hale"]) in approved
    admin.post(url("reorder_decide"), {"verb": "order", "row": row.pk})
    received = {"verb": "receive", "row": row.pk, f"quantity-{row.pk}": "20"}
    admin.post(url("reorder_decide"), received)
    row.refresh_from_db()
    assert (row.state, row.quantity) == ("received", 20)
    assert noted() == [
        "Approved: 24 instead of 15.",
        "Ordered: 24.",
        "Received: 20 of 24.",
    ]


def test_all_of_a_page_at_once(admin: Client, shop: dict[str, str]) -> None:
    row = Reorder.objects.get()
    admin.post(url("reorder_decide"), {"every": "approve", "on-page": row.pk})
    row.refresh_from_db()
    assert row.state == "approved"


def test_a_quantity_changed_beside_the_tick_is_what_was_ordered(
    admin: Client, shop: dict[str, str]
) -> None:
    row = Reorder.objects.get()
    admin.post(url("reorder_decide"), {"verb": "approve", "row": row.pk})
    sent = {"verb": "order", "row": row.pk, f"quantity-{row.pk}": "18"}
    admin.post(url("reorder_decide"), sent)
    row.refresh_from_db()
    assert (row.state, row.quantity) == ("ordered", 18)
    assert noted() == [
        "Approved: 15.",
        "Approved: 18 instead of 15.",
        "Ordered: 18.",
    ]


def test_dismissing_asks_why(admin: Client, shop: dict[str, str]) -> None:
    row = Reorder.objects.get()
    sent = {"verb": "dismiss", "row": row.pk, "reason": "end of the range"}
    admin.post(url("reorder_decide"), sent)
    page = text(admin, url("reorder_changelist") + "?show=dismissed")
    assert "end of the range" in page
    assert "boss" in page


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"verb": "approve"}, "Nothing was ticked, so nothing was done."),
        ({"verb": "buy", "row": "1"}, "Nothing was ticked, so nothing was done."),
        ({"verb": "receive", "row": "own"}, "this can be done while it is: ordered"),
        (
            {"verb": "approve", "row": "own", "n": "x"},
            "must be a whole number",
        ),
        ({"verb": "approve", "row": "own", "n": "0"}, "must be 1 or more, not 0"),
        ({"verb": "approve", "row": "999999"}, "1 suggestion was replaced by a newer"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_changes(
    admin: Client, shop: dict[str, str], sent: dict[str, str], says: str
) -> None:
    row = Reorder.objects.get()
    given: dict[str, Any] = {**sent}
    if given.get("row") == "own":
        given["row"] = row.pk
    if "n" in given:
        given[f"quantity-{row.pk}"] = given.pop("n")
    page = admin.post(url("reorder_decide"), given, follow=True).content.decode()
    assert says in page
    row.refresh_from_db()
    assert (row.state, row.quantity) == ("open", 15)


def test_the_purchase_order_of_a_supplier(admin: Client, shop: dict[str, str]) -> None:
    row = Reorder.objects.get()
    admin.post(url("reorder_decide"), {"verb": "approve", "row": row.pk})
    response = admin.get(url("reorder_csv", shop["hale"]))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines == [
        "item_id,title,quantity,unit_cost,total,currency,order_by",
        f"{shop['mug']},Mug,15,4.0000,60.00,GBP,{row.order_by}",
    ]
    nobody = admin.get(url("reorder_csv", "none")).content.decode("utf-8-sig")
    assert nobody.splitlines() == lines[:1]
    assert admin.get(url("reorder_csv", "4711")).status_code == 404


def test_rows_can_be_seen_by_supplier(admin: Client, shop: dict[str, str]) -> None:
    address = url("reorder_changelist")
    own = text(admin, f"{address}?supplier={shop['hale']}")
    assert title(own) == "1 product should be ordered"
    other = text(admin, f"{address}?supplier=none")
    assert title(other) == "Nothing has to be ordered now"

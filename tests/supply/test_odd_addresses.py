"""Addresses and forms that nobody was given: an answer, never a fault of the server."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from shop_personalize.supply.models import Reorder
from tests.supply.addresses import api, url

pytestmark = pytest.mark.django_db
ODD = ["²", "٣", "9" * 30, "9" * 5000, "-1", "1e3", "\0"]


@pytest.mark.parametrize("odd", ODD)
def test_no_such_supplier_is_every_supplier(
    admin: Client, shop: dict[str, str], odd: str
) -> None:
    response = admin.get(url("reorder_changelist"), {"supplier": odd})
    assert response.status_code == 200
    assert "1 product should be ordered" in response.content.decode()


@pytest.mark.parametrize("odd", ["²", "9" * 30, "9" * 5000, "-1", "1e3"])
def test_a_program_is_told_which_field_is_wrong(admin: Client, odd: str) -> None:
    refused = admin.get(api("reorders"), {"supplier": odd})
    assert (refused.status_code, list(refused.json())) == (400, ["supplier"])


@pytest.mark.parametrize("odd", ODD)
def test_no_such_row_is_nothing_ticked(
    admin: Client, shop: dict[str, str], odd: str
) -> None:
    sent = {"verb": "approve", "row": odd}
    response = admin.post(url("reorder_decide"), sent, follow=True)
    assert "Nothing was ticked" in response.content.decode()


@pytest.mark.parametrize("odd", ["9" * 30, "9" * 5000])
def test_no_such_order_is_not_found(admin: Client, odd: str) -> None:
    assert admin.get(url("reorder_csv", odd)).status_code == 404
    assert admin.get(api("purchase", odd)).status_code == 404


def test_more_digits_than_a_quantity_has_are_refused(
    admin: Client, shop: dict[str, str]
) -> None:
    row = Reorder.objects.get()
    for many in ("9" * 18, "9" * 5000):
        sent = {"verb": "approve", "row": row.pk, f"quantity-{row.pk}": many}
        response = admin.post(url("reorder_decide"), sent, follow=True)
        assert "The quantity" in response.content.decode()
    row.refresh_from_db()
    assert (row.state, row.quantity) == ("open", 15)


@pytest.mark.parametrize("pk", ["9" * 25])
def test_a_key_beyond_all_rows_is_not_found(admin: Client, pk: str) -> None:
    for verb in ("approve", "dismiss", "order", "receive"):
        given: dict[str, Any] = {"content_type": "application/json"}
        address = api(verb, 1).replace("/1/", f"/{pk}/")
        assert admin.post(address, {}, **given).status_code == 404

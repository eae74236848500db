"""For staff programs: forecasts, suggestions and deciding them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from shop_personalize.supply.models import Reorder
from shop_personalize.supply.services import replenishing
from tests.supply.addresses import api
from tests.supply.builders import foreseen, monday, product, steady, supplied, supplier

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug(db: Any) -> str:
    item = product("Mug", stock=5)
    steady(item, weeks=3)
    foreseen({item: 10})
    supplied(item, supplier())
    replenishing.replenish()
    return item


def post(client: Client, address: str, **data: Any) -> Any:
    return client.post(address, data, content_type="application/json")


def test_what_is_expected_of_a_product(admin: Client, mug: str) -> None:
    told = admin.get(api("forecast", mug)).json()
    assert (told["item_id"], told["by"], told["method"]) == (mug, "week", "by hand")
    assert told["sold"][-1] == {"start": monday(1).isoformat(), "units": 10.0}
    assert len(told["sold"]) == 52
    assert admin.get(api("forecast", "nobody")).status_code == 404
    assert admin.get(api("forecast", mug) + "?by=month").status_code == 404
    wrong = admin.get(api("forecast", mug) + "?by=year")
    assert (wrong.status_code, list(wrong.json())) == (400, ["by"])


def test_suggestions_by_page_with_their_reasons(admin: Client, mug: str) -> None:
    told = admin.get(api("reorders") + "?state=open").json()
    assert told["count"] == 1
    (row,) = told["results"]
    assert (row["item_id"], row["quantity"], row["supplier"]) == (mug, 15, "Hale")
    assert row["headline"] == "Reorder 15 today (lead time 7 days, service 97 %)"
    assert row["why"][0] == "5 in stock, enough for 4 days; 0 on order."
    assert admin.get(api("reorders") + "?state=dismissed").json()["count"] == 0
    assert admin.get(api("reorders") + "?state=lost").status_code == 400
    states = admin.get(api("stock")).json()["results"]
    assert [(each["item_id"], each["stock"]) for each in states] == [(mug, 5)]


def test_a_suggestion_is_decided_step_by_step(admin: Client, mug: str) -> None:
    pk = Reorder.objects.get().pk
    assert post(admin, api("change", pk), quantity=20).json()["state"] == "changed"
    assert post(admin, api("order", pk)).json()["state"] == "ordered"
    refused = post(admin, api("dismiss", pk), reason="no")
    assert refused.status_code == 409
    assert "this can be done while it is" in refused.json()["detail"]
    assert post(admin, api("receive", pk)).json()["state"] == "received"
    assert post(admin, api("approve", 4711)).status_code == 404


def test_a_wrong_quantity_names_the_field(admin: Client, mug: str) -> None:
    pk = Reorder.objects.get().pk
    for wrong in (0, -1, "many", None):
        response = post(admin, api("change", pk), quantity=wrong)
        assert (response.status_code, list(response.json())) == (400, ["quantity"])
    assert post(admin, api("approve", pk)).json()["quantity"] == 15


def test_the_purchase_order_as_csv(admin: Client, mug: str) -> None:
    row = Reorder.objects.get()
    post(admin, api("approve", row.pk))
    response = admin.get(api("purchase", str(row.supplier_id)))
    assert f"{mug},Mug,15,4.0000,60.00,GBP" in response.content.decode()
    assert admin.get(api("purchase", "4711")).status_code == 404
    assert admin.get(api("purchase", "none")).status_code == 200


def test_rights_are_those_of_the_admin(staff: Any, mug: str) -> None:
    pk = Reorder.objects.get().pk
    client = staff("view_reorder")
    assert client.get(api("reorders")).status_code == 200
    closed = [api("forecast", mug), api("stock"), api("purchase", "none")]
    assert [client.get(each).status_code for each in closed] == [403] * 3
    steps = ("approve", "change", "dismiss", "order", "receive")
    assert [post(client, api(each, pk)).status_code for each in steps] == [403] * 5
    assert Client().get(api("reorders")).status_code == 403

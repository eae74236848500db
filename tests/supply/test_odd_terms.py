"""Terms that cannot be meant: refused where they are typed, harmless elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from shop_personalize.supply.models import Reorder, Supplier
from shop_personalize.supply.services import importing, needs, replenishing
from tests.supply.addresses import url
from tests.supply.builders import foreseen, product, steady, supplied

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["lead_time_days", "lead_time_sd", "review_days"])
def test_no_supplier_takes_longer_than_ten_years(admin: Client, name: str) -> None:
    with pytest.raises(importing.WrongLinesError, match=f"Line 2: {name}: Ensure this"):
        importing.suppliers(f"name,{name}\nHale,3651\n")
    with pytest.raises(importing.WrongLinesError, match="Line 2: lead_time_days: Ens"):
        importing.items("item_id,lead_time_days\n1,1e300\n")
    sent = {
        "name": "Hale",
        "lead_time_days": "7",
        "lead_time_sd": "0",
        "review_days": "7",
        "minimum_order_value": "0",
        "order_cost": "0",
    }
    refused = admin.post(url("supplier_add"), {**sent, name: "1e7"})
    assert "less than or equal to 3650" in refused.content.decode()
    assert not Supplier.objects.exists()
    assert importing.suppliers(f"name,{name}\nHale,3650\n").created == 1


@pytest.mark.parametrize("cost", [1e8, -1.0, float("inf"), float("nan")])
def test_a_cost_that_cannot_be_is_not_known(monkeypatch: Any, cost: float) -> None:
    item = product("Mug", stock=5)
    steady(item, weeks=2)
    foreseen({item: 10})
    supplied(item, unit_cost=None)
    monkeypatch.setattr(needs, "costs", lambda items: dict.fromkeys(items, cost))
    replenishing.replenish()
    row = Reorder.objects.get()
    assert (row.quantity, row.unit_cost) == (15, None)
    assert ["no_cost", {}] in row.notes

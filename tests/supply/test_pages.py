"""What holds of every page: who may see it, what it costs, that reading is harmless."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from shop_personalize.supply.models import Reorder
from shop_personalize.supply.services import replenishing
from tests.reading import text
from tests.supply.addresses import url
from tests.supply.builders import foreseen, product, supplied, supplier

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "query", "count"),
    [
        ("overview", "", 14),
        ("stock", "?show=all", 4),
        ("reorder_changelist", "", 7),
        ("reorder_changelist", "?show=approved", 9),
        ("forecast", "", 8),
        ("itemsupply_changelist", "", 6),
    ],
)
def test_pages_read_few_queries_however_many_products(
    admin: Client, name: str, query: str, count: int, django_assert_num_queries: Any
) -> None:
    hale = supplier()
    items = [product(f"P{at}", stock=1) for at in range(30)]
    for item in items:
        supplied(item, hale)
    foreseen(dict.fromkeys(items, 5.0))
    replenishing.replenish()
    Reorder.objects.filter(item_id__in=items[:10]).update(state="approved")
    text(admin, url(name) + query)
    with django_assert_num_queries(count):
        text(admin, url(name) + query)


def test_without_a_right_nothing_is_seen(staff: Any, shop: dict[str, str]) -> None:
    client = staff()
    names = ["overview", "stock", "reorder_changelist", "forecast"]
    names += ["forecastrun_changelist", "supplier_changelist", "supplier_import"]
    names += ["itemsupply_import", "event_changelist"]
    found = [client.get(url(name)).status_code for name in names]
    assert found == [403] * len(names)
    assert client.get(url("item", shop["mug"])).status_code == 403


def test_who_may_only_look_decides_nothing(staff: Any, shop: dict[str, str]) -> None:
    client = staff("view_reorder", "view_forecastrun", "view_itemstate")
    page = text(client, url("reorder_changelist"))
    assert 'name="verb"' not in page
    assert 'type="checkbox"' not in page
    row = Reorder.objects.get()
    sent = {"verb": "approve", "row": row.pk}
    assert client.post(url("reorder_decide"), sent).status_code == 403
    assert client.post(url("make"), {"grain": "week"}).status_code == 403
    assert client.get(url("reorder_csv", shop["hale"])).status_code == 403
    row.refresh_from_db()
    assert row.state == "open"


def test_reading_changes_nothing(admin: Client, shop: dict[str, str]) -> None:
    assert admin.get(url("reorder_decide")).status_code == 405
    assert admin.get(url("make")).status_code == 405

"""Names that would be code: of products, categories, suppliers, events, reasons."""

from __future__ import annotations

import pytest
from django.test import Client

from shop_personalize.supply.models import Event, Reorder
from shop_personalize.supply.services import deciding, replenishing
from tests.reading import text
from tests.supply.addresses import api, url
from tests.supply.builders import (
    forecast,
    monday,
    product,
    steady,
    supplied,
    supplier,
)

pytestmark = pytest.mark.django_db
TAG = "<script>alert(1)</script>"
QUOTE = "\"'><img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("http://evil.example")'


@pytest.fixture
def item() -> str:
    found = product(TAG, stock=5, category=QUOTE[:40])
    steady(found)
    Event.objects.create(name=f"{TAG} {QUOTE}"[:60], first=monday(2), yearly=True)
    Event.objects.create(name=TAG, first=monday(-1), category=QUOTE[:40])
    forecast()
    supplied(found, supplier(f"{TAG}{QUOTE}"))
    replenishing.replenish()
    return found


def test_names_are_names_on_every_page(admin: Client, item: str) -> None:
    row = Reorder.objects.get()
    pages = [
        url("overview"),
        url("stock") + "?show=all",
        url("item", item),
        url("forecast"),
        url("forecast") + "?of=" + QUOTE[:40].replace(" ", "%20"),
        url("reorder_changelist"),
        url("supplier_changelist"),
        url("itemsupply_changelist"),
        url("event_changelist"),
    ]
    found = [text(admin, page) for page in pages]
    deciding.dismiss(row, reason=TAG)
    found.append(text(admin, url("reorder_changelist") + "?show=dismissed"))
    found.append(text(admin, url("reorder_changelist") + f"?supplier={TAG}&show={TAG}"))
    for page in found:
        assert TAG not in page
        assert "<img src=x" not in page
        assert "onerror=alert(1)>" not in page
        assert " style=" not in page[page.index('id="content') :]


def test_a_formula_is_a_word_in_a_purchase_order(admin: Client) -> None:
    found = product(FORMULA, stock=5)
    steady(found)
    forecast()
    supplied(found, supplier())
    replenishing.replenish()
    row = Reorder.objects.get()
    deciding.approve(row)
    for address in (
        url("reorder_csv", row.supplier_id),
        api("purchase", row.supplier_id),
    ):
        told = admin.get(address).content.decode("utf-8-sig")
        assert '"\'=HYPERLINK(""http://evil.example"")"' in told

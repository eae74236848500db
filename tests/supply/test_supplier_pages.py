"""Suppliers, what they supply, and events: files and the usual lists."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shop_personalize.supply.models import ItemSupply, Supplier
from tests.reading import text
from tests.supply.addresses import url

pytestmark = pytest.mark.django_db


def test_a_file_of_suppliers_is_read_or_says_what_is_wrong(admin: Client) -> None:
    def send(body: bytes) -> str:
        file = SimpleUploadedFile("s.csv", body)
        page = admin.post(url("supplier_import"), {"file": file}, follow=True)
        return page.content.decode()

    assert "Line 2: “soon” is no number" in send(b"name,lead_time_days\nHale,soon\n")
    assert not Supplier.objects.exists()
    assert "Imported: 1 new, 0 changed." in send(b"name,lead_time_days\nHale,9\n")
    assert Supplier.objects.get().lead_time_days == 9
    latin = "name,lead_time_days\nCafé,3\n".encode("cp1252")
    assert "Imported: 1 new, 0 changed." in send(latin)
    assert Supplier.objects.filter(name="Café").exists()


def test_suppliers_events_and_supplies_are_the_usual_lists(
    admin: Client, shop: dict[str, str]
) -> None:
    listed = text(admin, url("supplier_changelist"))
    assert "Hale" in listed
    assert url("supplier_import") in listed
    assert "Mug" in text(admin, url("itemsupply_changelist"))
    text(admin, url("event_changelist"))
    sent = {"name": "Fair", "kind": "promotion", "first": "2026-05-02"}
    wrong = admin.post(url("event_add"), {**sent, "last": "2026-05-01"})
    assert "must not come before the first" in wrong.content.decode()
    assert admin.post(url("event_add"), sent).status_code == 302


def test_a_new_supply_of_a_product_opens_with_its_id(
    admin: Client, shop: dict[str, str]
) -> None:
    page = text(admin, url("itemsupply_add") + "?item_id=4711")
    assert 'value="4711"' in page
    assert ItemSupply.objects.count() == 2

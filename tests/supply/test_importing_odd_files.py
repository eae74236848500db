"""Files that no program should have written: each is refused with a sentence."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shop_personalize.supply.models import ItemSupply, Supplier
from shop_personalize.supply.services import importing
from shop_personalize.supply.services.refused import RefusedError
from tests.files import usual_limit  # noqa: F401
from tests.supply.addresses import url
from tests.supply.builders import supplier

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("word", ["nan", "NaN", "inf", "-Infinity"])
@pytest.mark.parametrize("column", ["lead_time_days", "minimum_order_value"])
def test_what_is_no_finite_number_is_no_number(word: str, column: str) -> None:
    with pytest.raises(importing.WrongLinesError) as caught:
        importing.suppliers(f"name,{column}\nHale,{word}\n")
    assert str(caught.value) == f"Line 2: “{word}” is no number ({column})."


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("Hale,1e999,", "minimum_order_value: Ensure that there are no more than 12"),
        ("Hale,sNaN", "Line 2: “sNaN” is no number (minimum_order_value)."),
        ("Hale,2,35", "Line 2: “35” stands beyond the last column."),
        ("Ha\0le,2", "Line 2: a character that no database keeps (name)."),
    ],
)
def test_a_cell_that_cannot_be_kept_is_named(line: str, says: str) -> None:
    with pytest.raises(importing.WrongLinesError) as caught:
        importing.suppliers(f"name,minimum_order_value\n{line}\n")
    assert says in str(caught.value)


def test_empty_cells_beyond_the_last_column_are_a_spreadsheets_way() -> None:
    assert importing.suppliers("name,lead_time_days\nHale,9,,\n").created == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name,email\nHale,a@b.example\nJade," + "x" * 140_000, "Line 3 cannot be"),
        ('name,email\n"Hale,a@b.example\nJade,\n', "cannot be read as CSV"),
        ("name,email,name\nHale,,Jade\n", "names the column “name” twice"),
    ],
)
@pytest.mark.usefixtures("usual_limit")
def test_a_file_that_is_no_table_is_refused(text: str, says: str) -> None:
    with pytest.raises(RefusedError, match=says):
        importing.suppliers(text)
    assert not Supplier.objects.exists()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(end: str) -> None:
    text = end.join(["name,lead_time_days", "Hale,9", "", "Jade,soon", ""])
    with pytest.raises(importing.WrongLinesError, match="Line 4: “soon”"):
        importing.suppliers(text)
    assert importing.suppliers(text.replace("soon", "3")).created == 2


def test_a_supplier_is_written_in_one_way_only() -> None:
    supplier("Hale")
    with pytest.raises(importing.WrongLinesError) as caught:
        importing.suppliers("name,lead_time_days\nhale,9\nJade,1\nJADE,2\n")
    assert caught.value.lines == [
        "Line 2: “hale” and “Hale” differ in case only.",
        "Line 4: “JADE” and “Jade” differ in case only.",
    ]


def test_only_columns_of_the_file_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    ItemSupply.objects.create(item_id="1", pack=6)
    assert importing.items("item_id\n1\n").changed == 1
    values = importing._values

    def meanwhile(*given: Any) -> Any:
        ItemSupply.objects.update(pack=24)
        return values(*given)

    monkeypatch.setattr(importing, "_values", meanwhile)
    importing.items("item_id,minimum\n1,12\n")
    row = ItemSupply.objects.get()
    assert (row.pack, row.minimum) == (24, 12)


def test_many_rows_are_changed_by_few_queries(
    django_assert_max_num_queries: Any,
) -> None:
    ids = [str(at) for at in range(2500)]
    ItemSupply.objects.bulk_create(ItemSupply(item_id=each) for each in ids)
    text = "item_id,unit_cost,pack\n" + "".join(f"{each},2.5,6\n" for each in ids)
    with django_assert_max_num_queries(28) as told:
        assert importing.items(text).changed == 2500
    assert not any("CASE" in query["sql"] for query in told.captured_queries)
    kept = ItemSupply.objects.values_list("unit_cost", "pack").distinct().order_by()
    assert list(kept) == [(Decimal("2.5"), 6)]
    assert ItemSupply.objects.count() == 2500


def test_a_picture_in_place_of_a_file_is_refused_on_the_page(admin: Client) -> None:
    sent = SimpleUploadedFile("s.csv", bytes(range(256)) * 1000)
    page = admin.post(url("supplier_import"), {"file": sent})
    assert page.status_code == 200
    assert "The first line must name the columns" in page.content.decode()

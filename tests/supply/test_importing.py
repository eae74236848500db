"""Files of suppliers and of products' supply: all of it or nothing, and why."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from shop_personalize.supply.models import ItemSupply, Supplier
from shop_personalize.supply.services import importing
from shop_personalize.supply.services.refused import RefusedError
from tests.supply.builders import supplier

pytestmark = pytest.mark.django_db
SUPPLIERS = (
    "name,lead_time_days,review_days,currency,email\n"
    "Hale,9,14,GBP,hale@example.com\n"
    "Jade,21,,EUR,\n"
)


def test_suppliers_are_made_and_found_again_by_name(boss: Any) -> None:
    done = importing.suppliers(SUPPLIERS, user=boss)
    assert (done.created, done.changed) == (2, 0)
    jade = Supplier.objects.get(name="Jade")
    assert (jade.lead_time_days, jade.review_days, jade.currency) == (21, 7, "EUR")
    done = importing.suppliers("name;lead_time_days\nJade;30\n", user=boss)
    assert (done.created, done.changed) == (0, 1)
    jade.refresh_from_db()
    assert (jade.lead_time_days, jade.currency) == (30, "EUR")
    told = LogEntry.objects.values_list("change_message", flat=True)
    assert set(told) == {
        "Imported a file: 2 new, 0 changed.",
        "Imported a file: 0 new, 1 changed.",
    }


def test_products_with_their_supplier() -> None:
    hale = supplier("Hale")
    done = importing.items(
        "\N{ZERO WIDTH NO-BREAK SPACE}item_id\tsupplier\tunit_cost\tpack\tis_active\n"
        "1\tHale\t2.35\t12\tyes\n"
        "2\t\t\t\tno\n"
    )
    assert (done.created, done.changed) == (2, 0)
    told = ItemSupply.objects.values_list(
        "item_id", "supplier", "unit_cost", "pack", "is_active"
    )
    assert list(told) == [
        ("1", hale.pk, Decimal("2.35"), 12, True),
        ("2", None, None, 1, False),
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("1,Nobody,1,1,0.9,yes", "Line 2: there is no supplier “Nobody”"),
        ("1,Hale,-1,1,0.9,yes", "Line 2: unit_cost: Ensure this value is greater"),
        ("1,Hale,much,1,0.9,yes", "Line 2: “much” is no number (unit_cost)"),
        ("1,Hale,1,0,0.9,yes", "Line 2: pack: Ensure this value is greater"),
        ("1,Hale,1,1,95,yes", "Line 2: service_level: Ensure this value is less"),
        ("1,Hale,1,1,0.9,perhaps", "Line 2: “perhaps” is neither yes nor no"),
        (",Hale,1,1,0.9,yes", "Line 2: “item_id” is empty"),
        ("1,Hale,1,1,.9,1\n1,Hale,1,1,.9,1", "Line 3: “1” is in the file twice"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_imported(line: str, says: str) -> None:
    supplier("Hale")
    head = "item_id,supplier,unit_cost,pack,service_level,is_active\n"
    with pytest.raises(importing.WrongLinesError) as caught:
        importing.items(f"{head}{line}\n9,Hale,1,1,0.9,yes\n")
    assert says in str(caught.value)
    assert not ItemSupply.objects.exists()


@pytest.mark.parametrize(
    "text", ["", "pack,supplier\n1,Hale\n", "item_id,color\n1,red"]
)
def test_a_file_without_the_columns_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="The first line must name the columns"):
        importing.items(text)

"""Files of what competitors ask: line by line, and why not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shop_personalize.pricing.models import CompetitorPrice
from tests.pricing.addresses import url
from tests.pricing.builders import product

pytestmark = pytest.mark.django_db


def imported(client: Client, lines: str, **given: Any) -> Any:
    file = SimpleUploadedFile("prices.csv", lines.encode())
    return client.post(
        url("competitorprice_import"), {"file": file, "currency": "gbp", **given}
    )


def test_competitors_prices_are_imported_line_by_line(admin: Client) -> None:
    item = product()
    lines = (
        "Item,Competitor,Price,Seen\n"
        f"{item.pk},Rival,9.80,2026-03-01\n"
        f"{item.pk},Another,£ 9.90,\n"
        "999,Rival,1.00,\n"
        f"{item.pk},Rival,free,\n"
        f"{item.pk},,5.00,\n"
        f"{item.pk},Rival,5.00,someday\n"
        f"{item.pk},Rival,5.00,2999-01-01\n"
    )
    page = imported(admin, lines, is_trial="on").content.decode()
    assert not CompetitorPrice.objects.exists()
    for told in (
        "line 4: the shop has no product “999”",
        "line 5: “free” is no price above zero",
        "line 6: no competitor is named",
        "line 7: “someday” is no date like 2026-03-29",
        "line 8: “2999-01-01” is still to come",
    ):
        assert told in page
    imported(admin, lines)
    rows = CompetitorPrice.objects.order_by("price")
    assert [(row.competitor, row.price, row.currency) for row in rows] == [
        ("Rival", Decimal("9.80"), "GBP"),
        ("Another", Decimal("9.90"), "GBP"),
    ]
    dated = "\n".join(lines.splitlines()[:2])
    assert imported(admin, dated).status_code == 302
    assert CompetitorPrice.objects.count() == 2


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("item,price\n1,2\n", "The file has no column competitor; its columns are"),
        ("", "The submitted file is empty."),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused(
    admin: Client, lines: str, told: str
) -> None:
    assert told in imported(admin, lines).content.decode()

"""Files and forms of competitors' prices as they come: broken, doubled, of tomorrow."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shop_personalize.pricing.models import CompetitorPrice
from shop_personalize.pricing.services import competing
from shop_personalize.pricing.services.refused import RefusedError
from tests.files import usual_limit  # noqa: F401
from tests.pricing.addresses import url
from tests.pricing.builders import product

pytestmark = pytest.mark.django_db
HEAD = "item,competitor,price,currency,seen\n"


@pytest.mark.usefixtures("usual_limit")
def test_a_field_too_long_to_be_read_is_refused_with_its_line() -> None:
    item = product()
    text = f'{HEAD}{item.pk},Rival,9.00,GBP,\n{item.pk},"{"x" * 200_000}",9,GBP,\n'
    with pytest.raises(RefusedError, match="Line 3 of the file"):
        competing.import_csv(text)
    assert not CompetitorPrice.objects.exists()


def test_lines_are_counted_as_the_file_has_them() -> None:
    item = product()
    blank = f'{HEAD}\n{item.pk},"Rival\nand Sons",9.00,GBP,\n\n{item.pk},,9.00,GBP,\n'
    assert competing.import_csv(blank).wrong == [(6, "no competitor is named")]


def test_text_no_database_keeps_is_told_at_its_line() -> None:
    item = product()
    report = competing.import_csv(f"{HEAD}{item.pk},Ri\0val,9.00,GBP,\n")
    assert report.wrong == [(2, "there is a character in it that is no text")]
    assert not CompetitorPrice.objects.exists()


def test_a_price_without_a_day_is_one_price_however_often_the_file_comes() -> None:
    item = product()
    text = f"{HEAD}{item.pk},Rival,9.00,GBP,\n{item.pk},Rival,9.00,GBP,\n"
    first, again = competing.import_csv(text), competing.import_csv(text)
    assert (first.taken, again.taken, again.known) == (1, 0, 1)
    changed = competing.import_csv(f"{HEAD}{item.pk},Rival,8.50,GBP,\n")
    assert changed.taken == 1
    prices = CompetitorPrice.objects.order_by("seen_at").values_list("price", flat=True)
    assert list(prices) == [Decimal("9.00"), Decimal("8.50")]


def test_an_import_beside_another_of_the_same_file_adds_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    item = product()
    text = f"{HEAD}{item.pk},Rival,9.00,GBP,2026-03-01\n"
    competing.import_csv(text)
    monkeypatch.setattr(competing, "_unknown", lambda made, now: list(made.values()))
    competing.import_csv(text)
    assert CompetitorPrice.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"currency": "£"}, "no currency"),
        ({"seen_at_0": "2999-01-01"}, "still to come"),
    ],
)
def test_a_price_that_could_never_count_is_not_typed_in(
    admin: Client, change: dict[str, Any], told: str
) -> None:
    yesterday = timezone.localtime(timezone.now() - timedelta(days=1))
    given = {
        "item_id": str(product().pk),
        "competitor": "Rival",
        "price": "9.00",
        "currency": "gbp",
        "seen_at_0": str(yesterday.date()),
        "seen_at_1": "12:00",
    }
    page = admin.post(url("competitorprice_add"), {**given, **change})
    assert told in page.content.decode()
    assert not CompetitorPrice.objects.exists()
    assert admin.post(url("competitorprice_add"), given).status_code == 302
    assert CompetitorPrice.objects.get().currency == "GBP"

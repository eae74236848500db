"""What a person approves is what the person saw, whatever was thought meanwhile."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from shop_personalize.pricing.models import PriceChange, PriceSuggestion
from shop_personalize.pricing.services import deciding
from shop_personalize.pricing.services.refused import RefusedError
from tests.pricing.addresses import api, url
from tests.pricing.builders import known, product, suggested

pytestmark = pytest.mark.django_db
BY_NOW = "9.80 is suggested by now, not £9.50"


def renewed(row: PriceSuggestion) -> None:
    """The schedule thought it over: under the same key, as it does."""
    PriceSuggestion.objects.filter(pk=row.pk).update(suggested=Decimal("9.80"))


def test_a_button_approves_the_price_that_stood_beside_it(admin: Client) -> None:
    row = suggested(product())
    page = admin.get(url("pricesuggestion_changelist")).content.decode()
    field = f'<input type="hidden" name="seen-{row.pk}" value="9.5000">'
    assert field in page
    renewed(row)
    given = {f"seen-{row.pk}": "9.5000"}
    answer = admin.post(
        url("pricesuggestion_do", row.pk, "approve"), given, follow=True
    )
    assert BY_NOW in answer.content.decode()
    assert not PriceChange.objects.exists()
    given = {f"seen-{row.pk}": "9.8000"}
    admin.post(url("pricesuggestion_do", row.pk, "approve"), given)
    assert PriceChange.objects.get().new == Decimal("9.80")


def test_many_are_approved_at_the_prices_that_stood_there(admin: Client) -> None:
    row, other = suggested(product()), suggested(product())
    renewed(row)
    given = {
        "action": "approve_chosen",
        "_selected_action": [row.pk, other.pk],
        f"seen-{row.pk}": "9.5000",
        f"seen-{other.pk}": "9.5000",
    }
    page = admin.post(url("pricesuggestion_changelist"), given, follow=True)
    assert BY_NOW in page.content.decode()
    assert PriceChange.objects.get().suggestion == other


def test_the_workbench_sends_along_what_it_showed(admin: Client) -> None:
    item = product()
    known(item)
    row = suggested(item)
    page = admin.get(url("workbench", item.pk)).content.decode()
    assert f'<input type="hidden" name="seen-{row.pk}" value="9.5000">' in page


def test_whoever_asks_by_http_may_say_which_price_is_meant(admin: Client) -> None:
    row = suggested(product())
    renewed(row)
    answer = admin.post(api("approve", row.pk), {"price": "9.50"}, "application/json")
    assert answer.status_code == 409
    assert BY_NOW in answer.json()["detail"]
    wrong = admin.post(api("approve", row.pk), {"price": "x"}, "application/json")
    assert (wrong.status_code, list(wrong.json())) == (400, ["price"])
    answer = admin.post(api("approve", row.pk), {"price": "9.80"}, "application/json")
    assert answer.json()["state"] == "applied"


def test_what_was_replaced_meanwhile_is_refused_not_an_error(boss: Any) -> None:
    row = suggested(product())
    PriceSuggestion.objects.filter(pk=row.pk).delete()
    with pytest.raises(RefusedError, match="is gone by now"):
        deciding.approve(row, user=boss)

"""What a person decides while prices are thought over is not undone by it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shop_personalize.pricing.models import PriceSuggestion
from shop_personalize.pricing.services import deciding, storing
from tests.pricing.builders import product, suggested

pytestmark = pytest.mark.django_db


def thought_again(row: PriceSuggestion) -> PriceSuggestion:
    fields = PriceSuggestion._meta.concrete_fields
    same = {f.attname: getattr(row, f.attname) for f in fields if f.name != "id"}
    return PriceSuggestion(**same)


@pytest.mark.parametrize("verb", [deciding.approve, deciding.dismiss])
def test_what_was_decided_meanwhile_is_not_asked_again(boss: Any, verb: Any) -> None:
    began = timezone.now()
    row, other = suggested(product()), suggested(product())
    again = [thought_again(row), thought_again(other)]
    verb(row, user=boss)
    storing.keep(again, began)
    left = PriceSuggestion.objects.filter(state="open")
    assert [each.item_id for each in left] == [other.item_id]


def test_what_was_decided_before_may_be_thought_over(boss: Any) -> None:
    row = suggested(product())
    again = thought_again(row)
    deciding.dismiss(row, user=boss)
    storing.keep([again], timezone.now() + timedelta(seconds=1))
    assert PriceSuggestion.objects.filter(state="open").count() == 1

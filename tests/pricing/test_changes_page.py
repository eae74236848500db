"""The log of prices: what was changed, and what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shop_personalize.pricing.models import PriceChange
from shop_personalize.pricing.services import deciding
from tests.pricing.addresses import url
from tests.pricing.builders import known, monday, product, sold, suggested
from tests.reading import text

pytestmark = pytest.mark.django_db


def test_before_and_after_stand_beside_what_was_expected(
    admin: Client, boss: Any
) -> None:
    item = product()
    known(item)
    deciding.approve(suggested(item), user=boss)
    PriceChange.objects.update(at=timezone.now() - timedelta(weeks=5))
    changed = monday(5)
    for week in range(1, 14):
        ago = monday(week)
        sold(item, [10.0], [48 if ago > changed else 40], until=week)
    told = "40 before, 48 in the 4 weeks after; 44 expected."
    assert told in text(admin, url("pricechange_changelist"))
    assert told in text(admin, url("workbench", item.pk))


def test_the_log_reads_few_queries_however_many_there_are(
    admin: Client, boss: Any, django_assert_num_queries: Any
) -> None:
    for at in range(6):
        deciding.approve(suggested(product(f"Stand {at}")), user=boss)
    PriceChange.objects.update(at=timezone.now() - timedelta(weeks=5))
    text(admin, url("pricechange_changelist"))
    with django_assert_num_queries(5):
        text(admin, url("pricechange_changelist"))

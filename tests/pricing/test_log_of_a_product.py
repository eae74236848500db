"""The log on a product's workbench: few queries, and weeks before that there were."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shop_personalize.pricing.models import PriceChange
from shop_personalize.pricing.selectors.after import afterwards
from tests.pricing.addresses import url
from tests.pricing.builders import known, product, sold
from tests.projects.gifts.models import Product

pytestmark = pytest.mark.django_db


def changed(item: Product, weeks_ago: int, **given: Any) -> PriceChange:
    return PriceChange.objects.create(
        item_id=str(item.pk),
        old=Decimal(10),
        new=Decimal(9),
        currency="GBP",
        verb="approved",
        at=timezone.now() - timedelta(weeks=weeks_ago),
        **given,
    )


def test_a_workbench_reads_as_much_for_many_changes_as_for_one(admin: Client) -> None:
    item = product()
    known(item)
    sold(item, [10] * 30, [5] * 30)
    changed(item, 5)
    counts = []
    for _turn in range(2):
        admin.get(url("workbench", item.pk))
        with CaptureQueriesContext(connection) as queries:
            admin.get(url("workbench", item.pk))
        counts.append(len(queries))
        for weeks_ago in range(6, 16):
            changed(item, weeks_ago)
    assert counts[0] == counts[1]


def test_before_is_told_of_the_weeks_since_the_first_sale() -> None:
    """Sold in the two weeks before the change for the first time, 6 units each."""
    item = product()
    sold(item, [10] * 2, [6, 6], until=6)
    sold(item, [9] * 4, [9] * 4)
    change = changed(item, 5)
    after = afterwards(change)
    assert after is not None
    assert (after.weeks, after.before, after.after) == (4, 6.0, 9.0)


def test_before_counts_empty_weeks_of_what_was_sold_long_ago() -> None:
    item = product()
    sold(item, [10], [3], until=30)
    sold(item, [10] * 2, [6, 6], until=6)
    change = changed(item, 5)
    after = afterwards(change)
    assert after is not None
    assert (after.before, after.after) == (1.5, 0.0)

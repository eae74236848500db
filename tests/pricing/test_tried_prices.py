"""Prices that are only tried: numbers that are none, and the smallest coin."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.pricing.addresses import api, url
from tests.pricing.builders import known, product, sold

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("price", ["nan", "inf", "-inf", "0", "1e400", "free", ""])
def test_what_is_no_price_is_not_simulated(admin: Client, price: str) -> None:
    item = product()
    known(item)
    answer = admin.get(api("simulate", item.pk), {"price": price})
    assert answer.status_code == 400
    assert list(answer.json()) == ["price"]


def test_the_smallest_coin_can_be_tried(admin: Client) -> None:
    item = product(price="0.02", cost=None)
    known(item)
    sold(item, [0.02], [5])
    page = admin.get(url("workbench", item.pk), {"price": "0.01"}).content.decode()
    assert "greater than or equal" not in page
    assert "tried" in page

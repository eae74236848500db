"""What ``personalize doctor`` says of supply."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shop_personalize.management.doctor import examine
from shop_personalize.supply.looks import look
from shop_personalize.supply.models import ForecastRun, ItemState
from tests.projects.gifts.models import Product
from tests.supply.builders import missed

pytestmark = pytest.mark.django_db


def says() -> list[tuple[str, str]]:
    return [(one.level, one.says) for one in look()]


def test_before_the_first_order() -> None:
    assert says() == [("warning", "Supply has counted no demand yet.")]


def test_all_is_well(shop: dict[str, str]) -> None:
    assert says() == [("good", "Supply knows the stock of 2 products.")]


def test_a_forecast_that_failed(shop: dict[str, str]) -> None:
    failed = ForecastRun.State.FAILED
    ForecastRun.objects.create(grain="week", horizon=13, state=failed, error="No disk.")
    assert says()[0] == ("error", "The last forecast failed: No disk.")


def test_a_forecast_that_has_become_worse_is_told_beside_the_core(
    shop: dict[str, str],
) -> None:
    for weeks_ago in (1, 2, 3):
        missed(weeks_ago, 0.5)
    told = "The forecast (product) is off by 50% of what was sold; its test said 20%."
    assert ("warning", told) in says()
    assert told in [one.says for one in examine()]


def test_suggestions_that_nobody_renews(shop: dict[str, str]) -> None:
    old = timezone.now() - timedelta(days=5)
    ItemState.objects.update(measured_at=old)
    assert ("warning", "What to order was worked out 5 days ago.") in says()


def test_never_worked_out(shop: dict[str, str]) -> None:
    ItemState.objects.all().delete()
    assert says() == [("warning", "What to order was never worked out.")]


def test_a_shop_that_tells_no_stock(shop: dict[str, str]) -> None:
    ItemState.objects.update(stock=None)
    assert says() == [("warning", "The shop tells the stock of no product.")]


def test_a_look_that_fails_does_not_end_the_others(
    shop: dict[str, str], monkeypatch: Any
) -> None:
    def broken() -> Any:
        raise RuntimeError("no light")

    monkeypatch.setattr("shop_personalize.registry.looks._looks", {"supply": broken})
    found = [one.says for one in examine()]
    assert "Looking at supply failed: no light" in found
    assert Product.objects.count() == 2
    assert len(found) > 3

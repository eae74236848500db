"""What the schedule does by itself, and how often."""

from __future__ import annotations

from typing import Any

import pytest

from shop_personalize.supply.models import DemandDay, ForecastOutcome, ForecastRun
from shop_personalize.supply.services import renewal
from tests.supply.builders import monday, product, steady

pytestmark = pytest.mark.django_db
State = ForecastRun.State


def test_the_schedule_forecasts_once_a_period_and_suggests_once_a_day() -> None:
    mug = product(stock=0)
    steady(mug)
    renewal.renew()
    assert DemandDay.objects.filter(item_id=mug).count() == 30
    (run,) = ForecastRun.objects.all()
    assert run.state == State.DONE
    renewal.renew()
    assert ForecastRun.objects.count() == 1
    ForecastRun.objects.update(start=monday(1))
    renewal.renew()
    assert ForecastRun.objects.count() == 2
    assert ForecastOutcome.objects.filter(run=run, step=1).exists()


def test_a_shop_without_orders_is_left_alone(
    django_assert_max_num_queries: Any,
) -> None:
    with django_assert_max_num_queries(20):
        renewal.renew()
    assert not ForecastRun.objects.exists()

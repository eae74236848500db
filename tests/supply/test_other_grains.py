"""Orders planned by days or months, and for longer than is forecast."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shop_personalize.supply.models import ItemState, Reorder
from shop_personalize.supply.services import renewal, replenishing
from tests.supply.builders import buy, forecast, product, supplied, supplier

pytestmark = pytest.mark.django_db


def use(settings: Any, **given: Any) -> None:
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, "SUPPLY": given}


def daily(item: str, days: int, units: float = 2) -> None:
    today = timezone.localdate()
    for ago in range(1, days + 1):
        buy(item, today - timedelta(days=ago), units)


@pytest.mark.parametrize("grain", ["day", "week", "month"])
@pytest.mark.parametrize("lead", [0, 7, 21, 300])
def test_as_much_is_ordered_by_any_grain(settings: Any, grain: str, lead: int) -> None:
    use(settings, grains=[grain], plan_by=grain)
    item = product("Mug", stock=0)
    daily(item, 200)
    supplied(item, supplier(lead_time_days=lead))
    run = forecast(grain)
    assert (run.state, run.error) == ("done", "")
    replenishing.replenish()
    row = Reorder.objects.get()
    assert row.quantity == pytest.approx(2 * (lead + 7), rel=0.1)
    assert ItemState.objects.get().expected == pytest.approx(14, rel=0.05)


def test_a_horizon_of_one_period_is_enough_to_plan_with(settings: Any) -> None:
    use(settings, horizons={"week": 1})
    item = product("Mug", stock=0)
    daily(item, 200)
    supplied(item)
    renewal.renew()
    assert Reorder.objects.get().quantity == pytest.approx(28, rel=0.1)

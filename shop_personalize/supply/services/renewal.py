"""Everything that is repeated: count, note the stock, forecast, judge, suggest."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.utils import timezone

from shop_personalize.supply.conf import supply_settings
from shop_personalize.supply.models import DemandDay, ForecastRun, ItemState
from shop_personalize.supply.selectors.goods import goods as all_goods
from shop_personalize.supply.selectors.periods import number, start
from shop_personalize.supply.selectors.runs import newest
from shop_personalize.supply.services import (
    demand,
    forecasting,
    outcomes,
    replenishing,
    stock,
)

logger = logging.getLogger("shop_personalize")
SUGGEST_EVERY = timedelta(hours=20)
TRY_AGAIN = timedelta(hours=6)
"""After a forecast that failed."""


def renew() -> None:
    """Called every hour; forecasts once a period, suggestions once a day."""
    demand.roll_up()
    if not DemandDay.objects.exists():
        return
    goods = all_goods()
    stock.take(goods=goods)
    outcomes.measure(goods=goods)
    made = [grain for grain in supply_settings().grains if forecast_if_due(grain)]
    planned = newest(supply_settings().plan_by) is not None
    if planned and (made or _suggestions_are_old()):
        replenishing.replenish()


def forecast_if_due(grain: str) -> bool:
    """One forecast when a period is over; whoever waits in the queue comes first."""
    forecasting.give_up_stuck()
    waiting = ForecastRun.objects.filter(grain=grain, state=ForecastRun.State.QUEUED)
    run = waiting.first()
    if run is None:
        if not _is_due(grain):
            return False
        run = forecasting.ask(grain=grain, rung=False)
    return forecasting.make(run.pk)


def _is_due(grain: str) -> bool:
    last = ForecastRun.objects.filter(grain=grain).order_by("-pk").first()
    if last is None:
        return True
    if last.state == ForecastRun.State.FAILED:
        return timezone.now() - last.created_at > TRY_AGAIN
    today = timezone.localdate()
    return last.start is not None and last.start < start(grain, number(grain, today))


def _suggestions_are_old() -> bool:
    last = ItemState.objects.order_by("-measured_at").first()
    return last is None or timezone.now() - last.measured_at > SUGGEST_EVERY

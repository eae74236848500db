"""What is done aside and what is repeated."""

from __future__ import annotations

from celery import shared_task

from shop_personalize.supply.services.ringing import TASK
from shop_personalize.tasks import OPTIONS


@shared_task(name=TASK, **OPTIONS)
def make_forecast(run_id: int) -> None:
    from shop_personalize.supply.services import forecasting

    forecasting.make(int(run_id))

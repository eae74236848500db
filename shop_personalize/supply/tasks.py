"""What is done aside and what is repeated."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task

from shop_personalize.supply.services.ringing import TASK

NAME = "supply"
EVERY = timedelta(hours=1)


@shared_task(
    name=TASK,
    acks_late=True,
    reject_on_worker_lost=True,
    ignore_result=True,
    serializer="json",
)
def make_forecast(run_id: int) -> None:
    from shop_personalize.supply.services import forecasting

    forecasting.make(int(run_id))


def renew() -> None:
    from shop_personalize.supply.services import renewal

    renewal.renew()

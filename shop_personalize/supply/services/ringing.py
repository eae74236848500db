"""Have a forecast made: by Celery, in a thread, or right here."""

from __future__ import annotations

import logging
import threading

from celery import current_app
from django.db import connections

from shop_personalize.supply.tasks import TASK
from shop_personalize.training.bell import way

logger = logging.getLogger("shop_personalize")


def ring(run_id: int) -> None:
    """A ring that is lost loses nothing: the schedule looks for rows that wait."""
    how = way()
    if how == "inline":
        _make(run_id)
        return
    work = _send if how == "celery" else _make_and_close
    threading.Thread(
        target=work, args=[run_id], name=f"sp-forecast-{run_id}", daemon=True
    ).start()


def _make(run_id: int) -> None:
    from shop_personalize.supply.services import forecasting

    forecasting.make(run_id)


def _make_and_close(run_id: int) -> None:
    try:
        _make(run_id)
    finally:
        connections.close_all()


def _send(run_id: int) -> None:
    try:
        current_app.send_task(TASK, args=[run_id], retry=False, ignore_result=True)
    except Exception as error:  # noqa: BLE001  any broker, any of its errors
        logger.warning("the broker did not take forecast %s: %s", run_id, error)

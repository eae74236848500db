"""Have a forecast made: by Celery, in a thread, or right here."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial

from celery import current_app
from django.db import connections

from shop_personalize.training.bell import way

logger = logging.getLogger("shop_personalize")
TASK = "shop_personalize.supply.make_forecast"
Make = Callable[[int], object]


def ring(run_id: int, make: Make) -> None:
    """A ring that is lost loses nothing: the schedule looks for rows that wait."""
    how = way()
    if how == "inline":
        make(run_id)
        return
    work = _send if how == "celery" else partial(_make_and_close, make)
    threading.Thread(
        target=work, args=[run_id], name=f"sp-forecast-{run_id}", daemon=True
    ).start()


def _make_and_close(make: Make, run_id: int) -> None:
    try:
        make(run_id)
    finally:
        connections.close_all()


def _send(run_id: int) -> None:
    try:
        current_app.send_task(TASK, args=[run_id], retry=False, ignore_result=True)
    except Exception as error:  # noqa: BLE001  any broker, any of its errors
        logger.warning("the broker did not take forecast %s: %s", run_id, error)

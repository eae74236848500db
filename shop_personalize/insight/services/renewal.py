"""Sums and answers brought up to date: by the schedule, or when somebody looks."""

from __future__ import annotations

import threading
from datetime import timedelta

from django.db import connections
from django.utils import timezone

from shop_personalize.attribution.rollup import catch_up
from shop_personalize.insight.services import answers, rollup
from shop_personalize.models import Checkpoint
from shop_personalize.training.bell import way
from shop_personalize.training.periodic import every

NAME = "insight"
EVERY = timedelta(hours=1)
UNHEARD = 2 * EVERY
"""After so long nothing ticks, and who looks sets the work going."""


def renew() -> None:
    every("rollups", timedelta(minutes=1), catch_up)
    rollup.roll_up()
    answers.refresh()


def renew_if_due() -> None:
    """For shops in which nothing ticks; the page that asks does not wait for it."""
    since = timezone.now() - UNHEARD
    if Checkpoint.objects.filter(name=f"every:{NAME}", updated_at__gt=since).exists():
        return
    if way() == "inline":
        every(NAME, EVERY, renew)
    else:
        threading.Thread(
            target=_renew_and_close, name="sp-insight", daemon=True
        ).start()


def _renew_and_close() -> None:
    try:
        every(NAME, EVERY, renew)
    finally:
        connections.close_all()

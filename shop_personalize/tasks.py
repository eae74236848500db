"""Celery tasks: arguments are ids, each calls one service.

The shop adds one entry to its beat schedule and everything repeated is done::

    CELERY_BEAT_SCHEDULE = {
        "personalize": {"task": "shop_personalize.tasks.tick", "schedule": 60},
    }

Without Celery a cron line does the same: ``manage.py personalize train --due``.
A message may be lost, late or doubled; rows in the database are the truth.
"""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.db import connections
from django.db.models import Max
from django.utils import timezone

from shop_personalize.conf import app_settings
from shop_personalize.models import Checkpoint, Interaction

OPTIONS: dict[str, Any] = {
    "acks_late": True,
    "reject_on_worker_lost": True,
    "ignore_result": True,
    "serializer": "json",
}
ROLL_UP_EVERY = timedelta(hours=1)
LOOKED_AT = timedelta(days=2)
"""How far back is counted for who looks at the sums."""
BRIEF = "rollup:brief"
PATIENCE, MANY = 0.5, 200_000
"""Seconds that may be waited for it; interactions with which it is not tried."""


@shared_task(name="shop_personalize.tasks.run_job", **OPTIONS)
def run_job(job_id: int) -> None:
    """Do a training job, if it is still to be done."""
    from shop_personalize.training import jobs

    jobs.run(int(job_id))


@shared_task(name="shop_personalize.tasks.tick", expires=300, **OPTIONS)
def tick() -> None:
    """Everything that is repeated, each when it is due; call it every minute."""
    from shop_personalize.registry.periodic import periodic
    from shop_personalize.training import jobs, kinds, retention, schedule, update
    from shop_personalize.training.periodic import every

    every("intake", timedelta(seconds=1), _flush_intake)
    every("orders", timedelta(minutes=5), _sync_orders)
    every("connections", timedelta(hours=6), _sync_connections)
    every("reaper", timedelta(seconds=5), jobs.reap)
    every("schedule", timedelta(seconds=30), schedule.enqueue_due)
    every("rollups", ROLL_UP_EVERY, _roll_up)
    for each in periodic():
        every(each.name, each.interval, each.work)
    every("kinds", timedelta(days=1), kinds.renew)
    every("retention", timedelta(days=1), retention.purge)
    update.update_if_due()


def roll_up_if_due() -> None:
    """For who looks at the sums: at once where that is quick, else aside."""
    from shop_personalize.training import bell

    if bell.way() == "inline" or not _is_felt():
        _look()
    elif not _ticks():
        threading.Thread(target=_look_and_close, name="sp-rollup", daemon=True).start()


def _look() -> None:
    from shop_personalize.training.periodic import every

    every("rollups", timedelta(minutes=1), _roll_up_briefly)


def _look_and_close() -> None:
    try:
        _look()
    finally:
        connections.close_all()


def _is_felt() -> bool:
    """Whether counting the last days would keep somebody waiting."""
    known = Checkpoint.objects.filter(name=BRIEF).values_list("state", flat=True)
    state = known.first()
    if state is not None:
        return float(state["seconds"]) > PATIENCE
    last = Interaction.objects.aggregate(last=Max("pk"))["last"] or 0
    return bool(last > MANY)


def _ticks() -> bool:
    row = Checkpoint.objects.filter(name="every:schedule").first()
    return row is not None and timezone.now() - row.updated_at < 2 * ROLL_UP_EVERY


def _flush_intake() -> None:
    if app_settings.INTAKE == "buffered":
        from shop_personalize.capture.buffer import flush

        flush()


def _sync_orders() -> None:
    from shop_personalize.capture.orders import sync_orders

    sync_orders()


def _sync_connections() -> None:
    from shop_personalize.capture.connections import sync_connections

    sync_connections()


def _roll_up_briefly() -> None:
    from shop_personalize.attribution.rollup import rollup

    done = rollup(timezone.localdate() - LOOKED_AT)
    state = {"seconds": done.seconds}
    Checkpoint.objects.update_or_create(name=BRIEF, defaults={"state": state})


def _roll_up() -> None:
    from shop_personalize.attribution.arms import roll_up_trials
    from shop_personalize.attribution.rollup import catch_up

    done = catch_up()
    roll_up_trials(timezone.localdate(), since=done.first)

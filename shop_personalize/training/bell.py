"""Ring for a job: by Celery, in a thread, or right here. A lost ring loses nothing.

Ringing never makes a page wait: the broker is called from a short thread of its own
with short time-outs, and after a failure it is left alone for a while. The reaper
(``tasks.tick``, ``personalize train --due``) rings again for what nobody heard.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from celery import current_app
from celery.app import app_or_default
from django.db import connections, transaction

from shop_personalize.conf import app_settings

if TYPE_CHECKING:
    from celery import Celery

Run = Callable[[int], object]

logger = logging.getLogger("shop_personalize")

TASK = "shop_personalize.tasks.run_job"
SECONDS = 0.5
REST_SECONDS = 30.0
MESSAGE_LIVES_SECONDS = 600
_closed_until = 0.0


def ring_after_commit(job_id: int, run: Run) -> None:
    """Ring once the job's row can be seen; ``run`` does the job without a broker."""
    transaction.on_commit(partial(ring, job_id, run), robust=True)


def way() -> str:
    """How jobs are run here: "celery", "thread" or "inline"."""
    chosen = app_settings.TASKS
    if chosen != "auto":
        return chosen
    return "celery" if _has_broker() else "thread"


def ring(job_id: int, run: Run) -> None:
    how = way()
    if how == "inline" or (how == "celery" and current_app.conf.task_always_eager):
        run(job_id)
    elif how == "thread":
        _start(partial(_run_and_close, run), job_id, daemon=True)
    elif time.monotonic() >= _closed_until:
        # A new thread would not know the shop's Celery: "current" is a thread's own.
        _start(partial(_send, app_or_default()), job_id, daemon=False)


def _start(target: Callable[[int], None], job_id: int, *, daemon: bool) -> None:
    name = f"sp-job-{job_id}"
    threading.Thread(target=target, args=[job_id], name=name, daemon=daemon).start()


def _send(app: Celery, job_id: int) -> None:
    global _closed_until
    limits = {
        "socket_connect_timeout": SECONDS,
        "socket_timeout": SECONDS,
        "retry_on_timeout": False,
        "max_retries": 0,
    }
    try:
        with app.connection_for_write(
            connect_timeout=SECONDS, transport_options=limits
        ) as connection:
            app.send_task(
                TASK,
                args=[job_id],
                connection=connection,
                retry=False,
                ignore_result=True,
                expires=MESSAGE_LIVES_SECONDS,
            )
    except Exception as error:  # noqa: BLE001  any broker, any of its errors
        _closed_until = time.monotonic() + REST_SECONDS
        logger.warning("the broker did not take job %s: %s", job_id, error)


def _run_and_close(run: Run, job_id: int) -> None:
    try:
        run(job_id)
    finally:
        connections.close_all()


def _has_broker() -> bool:
    conf = current_app.conf
    return bool(conf.broker_url or conf.broker_write_url)

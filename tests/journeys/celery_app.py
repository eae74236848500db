"""A Celery worker whose pool child dies once in the middle of a fit, on request."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import worker_init, worker_process_init

from tests.journeys.lifeline import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
app = Celery("tests")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_default_queue = os.environ.get("SP_TEST_QUEUE", "celery")
app.autodiscover_tasks()


@worker_init.connect
@worker_process_init.connect
def hold_on(**facts: Any) -> None:
    die_with_parent()


@worker_process_init.connect
def arm(**facts: Any) -> None:
    """Kill the first pool child that fits; the file tells the second to live."""
    marker = os.environ.get("SP_TEST_KILL_ONCE")
    if not marker:
        return
    from shop_personalize.training import learn

    original = learn.learn

    def dies_once(*args: Any) -> Any:
        path = Path(marker)
        if not path.exists():
            path.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*args)

    learn.learn = dies_once

"""Celery tasks: arguments are ids, each calls one service.

The shop adds one entry to its beat schedule::

    CELERY_BEAT_SCHEDULE = {
        "personalize": {"task": "shop_personalize.tasks.tick", "schedule": 60},
    }
"""

from __future__ import annotations

from celery import shared_task

OPTIONS = {
    "acks_late": True,
    "reject_on_worker_lost": True,
    "ignore_result": True,
    "serializer": "json",
}


@shared_task(name="shop_personalize.tasks.run_job", **OPTIONS)
def run_job(job_id: int) -> None:
    """Do a training job, if it is still to be done."""
    from shop_personalize.training import jobs

    jobs.run(int(job_id))

from __future__ import annotations

import time
from queue import Queue
from types import SimpleNamespace
from typing import Any

import pytest
from celery import Celery, current_app

from shop_personalize import tasks
from shop_personalize.models import Checkpoint, TrainingJob
from shop_personalize.training import bell, fit, jobs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def closed_breaker_is_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell, "_closed_until", 0.0)
    # Celery reads them by itself, over what a test says of the broker.
    for name in ("URL", "READ_URL", "WRITE_URL"):
        monkeypatch.delenv(f"CELERY_BROKER_{name}", raising=False)


def use(settings: Any, **own: Any) -> None:
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, **own}


def test_celery_is_used_only_with_a_broker(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(settings, TASKS="auto")
    monkeypatch.setattr(current_app.conf, "broker_url", None)
    assert bell.way() == "thread"
    monkeypatch.setattr(current_app.conf, "broker_url", "redis://127.0.0.1:1/0")
    assert bell.way() == "celery"
    use(settings, TASKS="thread")
    assert bell.way() == "thread"


def test_a_broker_that_is_away_costs_a_page_nothing(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(settings, TASKS="celery")
    monkeypatch.setattr(current_app.conf, "broker_url", "redis://127.0.0.1:1/0")
    sent = []
    send = bell._send
    monkeypatch.setattr(
        bell, "_send", lambda app, job: sent.append(job) or send(app, job)
    )
    began = time.perf_counter()
    bell.ring(1, jobs.run)
    assert time.perf_counter() - began < 0.05
    deadline = time.monotonic() + 5
    while not bell._closed_until and time.monotonic() < deadline:
        time.sleep(0.01)
    bell.ring(2, jobs.run)
    assert sent == [1]
    assert bell._closed_until > time.monotonic()


def test_the_ring_goes_to_the_celery_of_the_thread_that_rings(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Celery's "current" is a thread's own: a new thread only has the default one."""
    use(settings, TASKS="celery")
    before = current_app._get_current_object()
    own = Celery("own", set_as_current=False)
    rung: Queue[Any] = Queue()
    monkeypatch.setattr(bell, "_send", lambda app, job: rung.put((app, job)))
    own.set_current()
    try:
        bell.ring(3, jobs.run)
        assert rung.get(timeout=5) == (own, 3)
    finally:
        before.set_current()


def test_eager_celery_runs_in_place(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(settings, TASKS="celery")
    eager = SimpleNamespace(conf=SimpleNamespace(task_always_eager=True))
    monkeypatch.setattr(bell, "current_app", eager)
    done: list[int] = []
    bell.ring(7, done.append)
    assert done == [7]


@pytest.mark.django_db(transaction=True)
def test_a_thread_does_the_job_and_closes_its_connection(settings: Any) -> None:
    use(settings, TASKS="thread")
    job = jobs.enqueue(options={"only": []})
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        job.refresh_from_db()
        if job.finished_at:
            break
        time.sleep(0.02)
    assert job.state == "succeeded"


@pytest.mark.django_db(transaction=True)
def test_the_bell_rings_after_the_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import transaction

    trained = []
    monkeypatch.setattr(fit, "train", lambda job, report: trained.append(job.pk) or [])
    with transaction.atomic():
        job = jobs.enqueue()
        assert trained == []
    assert trained == [job.pk]


def test_the_task_does_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "train", lambda job, report: [])
    job = jobs.enqueue()
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "succeeded"


def test_tasks_survive_a_worker_that_dies_and_carry_json_only() -> None:
    for task in (tasks.run_job, tasks.tick):
        assert (task.acks_late, task.reject_on_worker_lost) == (True, True)
        assert (task.serializer, task.ignore_result) == ("json", True)


def test_one_tick_does_all_that_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    for work in ("_flush_intake", "_sync_orders", "_roll_up"):
        monkeypatch.setattr(tasks, work, lambda: None)
    monkeypatch.setattr("shop_personalize.registry.periodic._works", {})
    tasks.tick()
    tasks.tick()
    names = Checkpoint.objects.filter(name__startswith="every:")
    assert sorted(names.values_list("name", flat=True)) == [
        "every:connections",
        "every:intake",
        "every:kinds",
        "every:orders",
        "every:reaper",
        "every:retention",
        "every:rollups",
        "every:schedule",
        "every:update",
    ]
    assert TrainingJob.objects.get().trigger == "schedule"


def test_one_part_that_fails_does_not_stop_the_tick(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for work in ("_flush_intake", "_sync_orders", "_roll_up"):
        monkeypatch.setattr(tasks, work, lambda: 1 / 0)
    tasks.tick()
    assert TrainingJob.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_bell_was_lost_is_heard_by_the_reaper(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from datetime import timedelta

    from django.utils import timezone

    trained = []
    monkeypatch.setattr(fit, "train", lambda job, report: trained.append(job.pk) or [])
    job = jobs.enqueue(ring=False)
    jobs.reap()
    assert trained == []
    TrainingJob.objects.update(created_at=timezone.now() - timedelta(seconds=21))
    jobs.reap()
    assert trained == [job.pk]

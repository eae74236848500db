"""A live Celery worker on Redis, its pool child killed in the middle of a fit."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from celery import Celery
from celery.app import app_or_default
from django.db import transaction

from shop_personalize import artifacts
from shop_personalize.conf import app_settings
from shop_personalize.registry.defaults import ensure_defaults
from shop_personalize.training import bell, jobs
from tests.core.training import shop
from tests.journeys import training_site as site

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not os.environ.get("CELERY_BROKER_URL"),
        reason="set CELERY_BROKER_URL=redis://… to test with a live worker",
    ),
]


@pytest.fixture(autouse=True)
def a_shop_with_orders(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (app_settings.artifact_cache, app_settings.snapshot_dir):
        shutil.rmtree(folder, ignore_errors=True)
    artifacts.forget()
    ensure_defaults()
    shop.pairs()
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, "TASKS": "celery"}
    monkeypatch.setattr(bell, "_closed_until", 0.0)


@pytest.fixture
def queue() -> Iterator[str]:
    """A shop's Celery of its own, on a queue whose name nobody else uses."""
    name = f"sp-test-{uuid.uuid4().hex}"
    before = app_or_default()
    app = Celery("ringing", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.task_default_queue = name
    app.set_current()
    yield name
    before.set_current()
    app.close()


@pytest.fixture
def workers(tmp_path: Path, queue: str) -> Iterator[site.Workers]:
    hired = site.Workers(tmp_path / "worker.log")
    yield hired
    hired.bury()


@pytest.fixture
def start_worker(
    workers: site.Workers, queue: str
) -> Callable[..., subprocess.Popen[bytes]]:
    def start(**own: str) -> subprocess.Popen[bytes]:
        command = [
            *(sys.executable, "-m", "celery", "-A", "tests.journeys.celery_app"),
            *("worker", "--pool", "prefork", "--concurrency", "1"),
            *("--queues", queue, "--without-gossip", "--without-mingle"),
            *("--hostname", f"{queue}@test", "--loglevel", "INFO"),
        ]
        return workers.start(command, SP_TEST_QUEUE=queue, **own)

    return start


def finished(
    job: Any, workers: site.Workers, beat: Callable[[], object] = lambda: None
) -> str:
    def seen() -> bool:
        beat()
        return site.again(job).finished_at is not None

    workers.wait_for(seen, f"job {job.pk} is finished", every=0.5)
    return site.again(job).state


def test_a_pool_child_killed_in_a_fit_is_followed_by_another(
    start_worker: Callable[..., subprocess.Popen[bytes]],
    workers: site.Workers,
    tmp_path: Path,
) -> None:
    marker = tmp_path / "died"
    start_worker(SP_TEST_KILL_ONCE=str(marker))
    with transaction.atomic():
        job = jobs.enqueue(options=site.OPTIONS)
    state = finished(job, workers)
    assert marker.exists()
    assert (state, site.again(job).attempts) == ("succeeded", 2)
    assert site.published(job) == site.ONLY
    assert sorted(site.live()) == site.ONLY


def test_a_worker_that_dies_whole_leaves_the_job_to_the_reaper(
    start_worker: Callable[..., subprocess.Popen[bytes]],
    workers: site.Workers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    marker = tmp_path / "died"
    worker = start_worker(SP_TEST_KILL_ONCE=str(marker))
    monkeypatch.setattr(jobs, "BELL_LOST_AFTER", jobs.BELL_LOST_AFTER * 0)
    job = jobs.enqueue(options=site.OPTIONS)
    workers.wait_for(marker.exists, "the first fit begins")
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(10)
    start_worker()
    assert finished(job, workers, beat=jobs.reap) == "succeeded"
    assert site.published(job) == site.ONLY

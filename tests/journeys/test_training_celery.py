"""A live Celery worker on Redis, its pool child killed in the middle of a fit."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from celery import current_app
from django.db import transaction

from shop_personalize import artifacts
from shop_personalize.conf import app_settings
from shop_personalize.registry.defaults import ensure_defaults
from shop_personalize.training import jobs
from tests import settings as test_settings
from tests.core.training import shop
from tests.journeys import training_site as site

if TYPE_CHECKING:
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
PATIENCE = 90


@pytest.fixture(autouse=True)
def a_shop_with_orders(settings: Any) -> None:
    for folder in (app_settings.artifact_cache, app_settings.snapshot_dir):
        shutil.rmtree(folder, ignore_errors=True)
    artifacts.forget()
    ensure_defaults()
    shop.pairs()
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, "TASKS": "celery"}


@pytest.fixture
def start_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Workers of this test alone: their queue has a name nobody else uses."""
    queue = f"sp-test-{uuid.uuid4().hex}"
    from tests.journeys.celery_app import app

    before = current_app._get_current_object()
    app.set_current()
    app.conf.task_default_queue = queue
    monkeypatch.setattr(app.amqp, "queues", app.amqp.Queues({queue: {}}))
    started: list[subprocess.Popen[bytes]] = []

    log = (tmp_path / "worker.log").open("ab")

    def start(**own: str) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [
                *(sys.executable, "-m", "celery", "-A", "tests.journeys.celery_app"),
                *("worker", "--pool", "prefork", "--concurrency", "1"),
                *("--queues", queue, "--without-gossip", "--without-mingle"),
                *("--hostname", f"{queue}@test", "--loglevel", "WARNING"),
            ],
            env=site.environment(SP_TEST_QUEUE=queue, **own),
            cwd=test_settings.BASE_DIR,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        started.append(child)
        return child

    yield start
    for child in started:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait(10)
    log.close()
    before.set_current()


def finished(job: Any, beat: Callable[[], object] = lambda: None) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        row = site.again(job)
        if row.finished_at is not None:
            return row.state
        beat()
        time.sleep(1)
    return f"still {site.again(job).state}"


def test_a_pool_child_killed_in_a_fit_is_followed_by_another(
    start_worker: Callable[..., subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    marker = tmp_path / "died"
    start_worker(SP_TEST_KILL_ONCE=str(marker))
    with transaction.atomic():
        job = jobs.enqueue(options=site.OPTIONS)
    state = finished(job)
    assert marker.exists()
    assert (state, site.again(job).attempts) == ("succeeded", 2)
    assert site.published(job) == site.ONLY
    assert sorted(site.live()) == site.ONLY


def test_a_worker_that_dies_whole_leaves_the_job_to_the_reaper(
    start_worker: Callable[..., subprocess.Popen[bytes]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worker = start_worker(SP_TEST_KILL_ONCE=str(tmp_path / "died"))
    monkeypatch.setattr(jobs, "BELL_LOST_AFTER", jobs.BELL_LOST_AFTER * 0)
    job = jobs.enqueue(options=site.OPTIONS)
    deadline = time.monotonic() + PATIENCE
    while not (tmp_path / "died").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(10)
    start_worker()
    assert finished(job, beat=jobs.reap) == "succeeded"
    assert site.published(job) == site.ONLY

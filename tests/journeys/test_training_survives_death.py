"""A retrain survives death: killed anywhere, it ends, and the shop never notices."""

from __future__ import annotations

import os
import shutil
import signal
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from shop_personalize import artifacts
from shop_personalize.conf import app_settings
from shop_personalize.models import ModelVersion, Recommender, TrainingJob
from shop_personalize.registry.defaults import ensure_defaults
from shop_personalize.training import jobs
from tests.core.training import shop
from tests.journeys import training_site as site
from tests.journeys.training_worker import POINTS

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def a_shop_with_orders() -> None:
    for folder in (app_settings.artifact_cache, app_settings.snapshot_dir):
        shutil.rmtree(folder, ignore_errors=True)
    artifacts.forget()
    ensure_defaults()
    shop.pairs()


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[site.Workers]:
    hired = site.Workers(tmp_path / "worker.log")
    yield hired
    hired.bury()


def ended(workers: site.Workers, child: subprocess.Popen[bytes]) -> int | None:
    """The code a worker ended with, within the time."""
    workers.wait_for(lambda: child.poll() is not None, "a worker ends")
    return child.poll()


def trained_before() -> dict[str, str]:
    """Publish a first version of everything and add an order after it."""
    job = site.wish()
    assert jobs.run(job.pk)
    assert sorted(site.live()) == site.ONLY
    shop.event(shop.visitors(1)[0], "1", order="new").save()
    return {slug: each.digest for slug, each in site.live().items()}


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_a_named_point_it_goes_on_and_ends(
    point: str, workers: site.Workers
) -> None:
    before = trained_before()
    job = site.wish()
    child = workers.start(site.command(job, point))
    assert ended(workers, child) == -signal.SIGKILL
    at_death = site.live()
    assert sorted(at_death) == site.ONLY
    decided = set(site.published(job))
    assert {
        slug: each.digest for slug, each in at_death.items() if slug not in decided
    } == {slug: digest for slug, digest in before.items() if slug not in decided}
    began = time.monotonic()
    jobs.reap()
    jobs.run(job.pk)
    assert time.monotonic() - began < 120
    assert (site.again(job).state, site.again(job).error) == ("succeeded", "")
    assert site.published(job) == site.ONLY
    after = site.live()
    assert sorted(after) == site.ONLY
    assert all(after[slug].digest != before[slug] for slug in site.ONLY)
    live = ModelVersion.objects.filter(status="live")
    assert sorted(live.values_list("recommender__slug", flat=True)) == site.ONLY


@pytest.mark.parametrize("how", ["exit", "segv", "raise"])
def test_poison_is_tried_three_times_and_put_away(
    how: str, workers: site.Workers
) -> None:
    before = trained_before()
    job = site.wish()
    for _attempt in range(3):
        command = site.command(job, "before the data is loaded", how)
        ended(workers, workers.start(command))
    jobs.reap()
    assert (site.again(job).state, site.again(job).attempts) == ("quarantined", 3)
    assert jobs.run(job.pk) is False
    assert {slug: each.digest for slug, each in site.live().items()} == before
    following = site.wish()
    assert following.pk != job.pk
    assert jobs.run(following.pk)
    assert site.again(following).state == "succeeded"


def test_delivered_to_four_workers_at_once_it_is_done_once(
    workers: site.Workers,
) -> None:
    job = site.wish()
    children = [workers.start(site.command(job)) for _ in range(4)]
    for child in children:
        assert ended(workers, child) == 0
    assert (site.again(job).state, site.again(job).attempts) == ("succeeded", 1)
    assert site.published(job) == site.ONLY


def test_a_worker_that_slept_through_its_lease_publishes_nothing(
    workers: site.Workers,
) -> None:
    """Two starts of one job, exactly one published."""
    job = site.wish()
    command = site.command(job, "before the folder gets its name", "stop")
    sleeper = workers.start(command)
    workers.wait_for(lambda: is_stopped(sleeper), "it sleeps")
    assert site.again(job).attempts == 1
    TrainingJob.objects.filter(pk=job.pk).update(
        lease_expires_at=timezone.now() - timedelta(seconds=1)
    )
    second = workers.start(site.command(job))
    assert ended(workers, second) == 0
    assert (site.again(job).state, site.again(job).attempts) == ("succeeded", 2)
    served = {slug: each.digest for slug, each in site.live().items()}
    fences = dict(Recommender.objects.values_list("slug", "fence"))
    sleeper.send_signal(signal.SIGCONT)
    assert ended(workers, sleeper) == 0
    assert site.published(job) == site.ONLY
    assert {slug: each.digest for slug, each in site.live().items()} == served
    assert dict(Recommender.objects.values_list("slug", "fence")) == fences


def is_stopped(child: subprocess.Popen[bytes]) -> bool:
    _pid, status = os.waitpid(child.pid, os.WUNTRACED | os.WNOHANG)
    return os.WIFSTOPPED(status)

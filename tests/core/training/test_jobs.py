from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from shop_personalize.models import ModelVersion, Recommender, TrainingJob
from shop_personalize.signals import training_failed, training_finished
from shop_personalize.training import fit, jobs, learn
from shop_personalize.training.errors import Cancelled, Fenced
from shop_personalize.training.report import Report
from tests.core.training import shop

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Replace what a job does."""

    def replace(does: Any) -> None:
        monkeypatch.setattr(fit, "train", does)

    return replace


def fails(job: TrainingJob, report: Report) -> list[ModelVersion]:
    raise ValueError("no such matrix")


def again(job: TrainingJob) -> TrainingJob:
    return TrainingJob.objects.get(pk=job.pk)


def expire(job: TrainingJob) -> None:
    TrainingJob.objects.filter(pk=job.pk).update(
        lease_expires_at=timezone.now() - timedelta(seconds=1)
    )


def test_the_same_wish_twice_is_one_job() -> None:
    first = jobs.enqueue(options={"tune": False})
    assert jobs.enqueue(options={"tune": False}) == first
    assert jobs.enqueue(options={"tune": True}) != first
    popular = Recommender.objects.get(slug="popular")
    assert jobs.enqueue(recommender=popular) != first
    assert TrainingJob.objects.count() == 3


def test_an_attempt_is_counted_before_the_work_begins(work: Any) -> None:
    seen = []
    work(lambda job, report: seen.append(again(job)) or [])
    job = jobs.enqueue()
    assert jobs.run(job.pk)
    assert (seen[0].attempts, seen[0].state) == (1, "running")
    assert seen[0].fencing_token == 1
    assert seen[0].lease_expires_at > timezone.now()
    assert again(job).state == "succeeded"


def test_a_job_delivered_twice_is_done_once(work: Any) -> None:
    deliveries = []
    work(lambda job, report: deliveries.append(jobs.run(job.pk)) or [])
    job = jobs.enqueue()
    assert jobs.run(job.pk) is True
    assert deliveries == [False]
    assert jobs.run(job.pk) is False
    assert again(job).attempts == 1


def test_only_one_trainer_at_a_time_and_the_next_follows(work: Any) -> None:
    order = []
    second = jobs.enqueue(options={"tune": True})
    first = jobs.enqueue(options={"tune": False})

    def does(job: TrainingJob, report: Report) -> list[ModelVersion]:
        order.append((job.pk, jobs.run(second.pk if job == first else first.pk)))
        return []

    work(does)
    jobs.run(first.pk)
    assert order == [(first.pk, False), (second.pk, False)]
    assert {again(first).state, again(second).state} == {"succeeded"}


def test_three_failures_and_the_job_is_put_away(work: Any) -> None:
    told = []
    training_failed.connect(listener := lambda **facts: told.append(facts["error"]))
    work(fails)
    job = again(jobs.enqueue())
    jobs.run(job.pk)
    job = again(job)
    assert (job.state, job.attempts) == ("quarantined", 3)
    assert job.error == "ValueError: no such matrix"
    assert job.log.count("ValueError: no such matrix") == 3
    assert told == ["ValueError: no such matrix"] * 3
    assert jobs.run(job.pk) is False
    training_failed.disconnect(listener)


def test_a_wrong_setting_is_not_tried_again(work: Any) -> None:
    def unknown(job: TrainingJob, report: Report) -> list[ModelVersion]:
        raise ImproperlyConfigured("ENGINE is 'abacus'")

    work(unknown)
    job = jobs.enqueue()
    jobs.run(job.pk)
    assert (again(job).state, again(job).attempts) == ("failed", 1)


def test_an_unknown_engine_names_the_key(settings: Any) -> None:
    shop.pairs()
    settings.SHOP_PERSONALIZE = {**settings.SHOP_PERSONALIZE, "ENGINE": "abacus"}
    job = jobs.enqueue(options={"tune": False})
    jobs.run(job.pk)
    assert again(job).state == "failed"
    assert "SHOP_PERSONALIZE[\"ENGINE\"] is 'abacus'" in again(job).error
    assert "known: local" in again(job).error


def test_an_abandoned_job_is_taken_back_and_done(work: Any) -> None:
    job = jobs.enqueue()
    claimed = jobs.claim(job.pk)
    assert claimed is not None
    assert jobs.reap() == []
    expire(job)
    assert jobs.reap() == [job]
    assert (again(job).state, again(job).attempts) == ("queued", 1)
    work(lambda job, report: [])
    jobs.run(job.pk)
    assert (again(job).state, again(job).attempts) == ("succeeded", 2)


def test_a_job_that_killed_three_workers_is_put_away() -> None:
    job = jobs.enqueue()
    for _attempt in range(3):
        assert jobs.claim(job.pk) is not None
        expire(job)
        jobs.reap()
    assert (again(job).state, again(job).attempts) == ("quarantined", 3)
    assert again(job).error == "The worker stopped without a word."


def test_a_dead_process_of_this_machine_needs_no_lease_to_run_out() -> None:
    job = jobs.enqueue()
    jobs.claim(job.pk)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    place = jobs.worker_name().rpartition("/")[0]
    TrainingJob.objects.filter(pk=job.pk).update(worker=f"{place}/{dead.pid}")
    assert jobs.reap() == [job]


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells")
def test_a_process_that_died_and_was_not_collected_is_dead() -> None:
    place = jobs.worker_name().rpartition("/")[0]
    child = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert jobs.is_dead(f"{place}/{child.pid}") is True
    child.wait()


@pytest.mark.parametrize("worker", ["", "elsewhere/1/1", "here", f"x/y/{os.getpid()}"])
def test_of_other_machines_nothing_is_known(worker: str) -> None:
    assert jobs.is_dead(worker) is False


def test_a_later_start_of_a_job_shuts_the_earlier_one_out(work: Any) -> None:
    """The first worker stalls, its lease runs out, a second one takes over."""
    finished = []
    training_finished.connect(listener := lambda **facts: finished.append(facts["job"]))
    starts = []

    def stalls(job: TrainingJob, report: Report) -> list[ModelVersion]:
        starts.append(job.fencing_token)
        if len(starts) == 1:
            expire(job)
            jobs.reap()
            jobs.run(job.pk)
            report._beat()
            report(0.5, "waking up")
        return []

    work(stalls)
    job = jobs.enqueue()
    jobs.run(job.pk)
    assert starts == [1, 2]
    assert (again(job).state, again(job).fencing_token) == ("succeeded", 2)
    assert len(finished) == 1
    training_finished.disconnect(listener)


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_at_its_next_step(
    work: Any,
) -> None:
    waiting = jobs.enqueue()
    jobs.cancel(waiting)
    assert again(waiting).state == "cancelled"

    def cancelled(job: TrainingJob, report: Report) -> list[ModelVersion]:
        jobs.cancel(job)
        report._beat()
        with pytest.raises(Cancelled):
            report(0.1)
        raise Cancelled

    work(cancelled)
    running = jobs.enqueue()
    jobs.run(running.pk)
    assert (again(running).state, again(running).error) == ("cancelled", "Cancelled.")


def test_ctrl_c_ends_the_job_and_the_command(work: Any) -> None:
    def interrupted(job: TrainingJob, report: Report) -> list[ModelVersion]:
        raise KeyboardInterrupt

    work(interrupted)
    job = jobs.enqueue()
    with pytest.raises(KeyboardInterrupt):
        jobs.run(job.pk)
    assert again(job).state == "cancelled"


def test_progress_and_words_reach_the_row(work: Any) -> None:
    shown = []

    def tells(job: TrainingJob, report: Report) -> list[ModelVersion]:
        report(0.25, "reading")
        report.say("12 products")
        report._beat()
        row = again(job)
        shown.append((row.progress, row.stage, row.log.split(" ", 1)[1]))
        return []

    work(tells)
    heard: list[tuple[float, str]] = []
    job = jobs.enqueue()
    jobs.run(job.pk, progress=lambda done, stage: heard.append((done, stage)))
    assert shown == [(0.25, "reading", "12 products")]
    assert heard == [(0.25, "reading")]
    assert again(job).progress == 1.0


def test_one_recommender_that_fails_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop.pairs()
    learns, order = learn.learn, []

    def breaks(task: learn.Task, data: Any) -> learn.Learned:
        order.append(task.recommender.slug)
        if task.recommender.slug == "also_bought":
            raise ValueError("poison")
        return learns(task, data)

    monkeypatch.setattr(learn, "learn", breaks)
    only = ["also_bought", "bought_together", "popular"]
    job = jobs.enqueue(options={"tune": False, "force": True, "only": only})
    jobs.run(job.pk)
    assert order == [*only, "also_bought", "also_bought"]
    assert again(job).state == "quarantined"
    assert again(job).error == "TrainingError: also_bought: ValueError: poison"
    live = Recommender.objects.filter(live_version__isnull=False)
    assert sorted(live.values_list("slug", flat=True)) == ["bought_together", "popular"]


def test_a_retry_does_not_decide_twice_and_goes_round_the_one_it_died_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop.pairs()
    learns, order = learn.learn, []

    def dies_once(task: learn.Task, data: Any) -> learn.Learned:
        order.append(task.recommender.slug)
        if order == ["also_bought", "bought_together"]:
            raise SystemExit
        return learns(task, data)

    monkeypatch.setattr(learn, "learn", dies_once)
    only = ["also_bought", "bought_together", "popular"]
    job = jobs.enqueue(options={"tune": False, "force": True, "only": only})
    with pytest.raises(SystemExit):
        jobs.run(job.pk)
    assert again(job).state == "queued"
    jobs.run(job.pk)
    assert order == ["also_bought", "bought_together", "popular", "bought_together"]
    assert again(job).state == "succeeded"
    assert ModelVersion.objects.filter(status="live").count() == 3


def test_a_fenced_worker_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    shop.pairs()
    decide = fit.decide
    popular = Recommender.objects.get(slug="popular")
    job = jobs.enqueue(recommender=popular, options={"force": True})

    def replaced_meanwhile(*args: Any, **kwargs: Any) -> Any:
        TrainingJob.objects.filter(pk=job.pk).update(fencing_token=99)
        return decide(*args, **kwargs)

    monkeypatch.setattr(fit, "decide", replaced_meanwhile)
    claimed = jobs.claim(job.pk)
    assert claimed is not None
    with pytest.raises(Fenced):
        fit.train(claimed, Report(claimed, lease=jobs.LEASE))
    assert ModelVersion.objects.count() == 0

"""Training jobs: who may train, for how long, how often.

The row is the truth. A worker *claims* a job (attempt counted and a new fencing token
written before any work), keeps a lease alive from a second thread, and may write only
while the row still carries its token. The broker, a thread or the caller merely says
"look": every delivery may be lost, late or doubled.
"""

from __future__ import annotations

import logging
import os
import socket
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from shop_personalize.models import Checkpoint, Recommender, TrainingJob
from shop_personalize.signals import (
    training_failed,
    training_finished,
    training_started,
)
from shop_personalize.telemetry import measured
from shop_personalize.training import bell
from shop_personalize.training.announce import tell
from shop_personalize.training.errors import Cancelled, Fenced
from shop_personalize.training.report import Progress, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.auth.models import User

logger = logging.getLogger("shop_personalize")

LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 3
BELL_LOST_AFTER = timedelta(seconds=20)
TURNSTILE = "trainer"
State = TrainingJob.State


def enqueue(
    *,
    recommender: Recommender | None = None,
    trigger: str = "command",
    user: User | None = None,
    options: dict[str, Any] | None = None,
    ring: bool = True,
) -> TrainingJob:
    """Write down that training is wanted, and ring after the commit.

    The same wish still waiting is returned instead of a second one.
    """
    wanted = options or {}
    waiting = TrainingJob.objects.filter(state=State.QUEUED, recommender=recommender)
    job = next((job for job in waiting if _wish(job) == wanted), None)
    if job is None:
        job = TrainingJob.objects.create(
            recommender=recommender,
            trigger=trigger,
            requested_by=user,
            options=wanted,
        )
    if ring:
        bell.ring_after_commit(job.pk, run)
    return job


def _wish(job: TrainingJob) -> dict[str, Any]:
    return {key: job.options[key] for key in job.options if key != "tried"}


def cancel(job: TrainingJob) -> None:
    """Stop a job: at once if it waits, at its next step if it runs."""
    waiting = TrainingJob.objects.filter(pk=job.pk, state=State.QUEUED)
    if waiting.update(state=State.CANCELLED, finished_at=timezone.now()):
        return
    TrainingJob.objects.filter(pk=job.pk, state=State.RUNNING).update(
        cancel_requested=True
    )


def run(job_id: int, *, progress: Progress | None = None) -> bool:
    """Do one job if it is this worker's turn, then those that wait behind it.

    Never raises for a fault of the training: the row says what happened.
    """
    if not _do(job_id, progress):
        return False
    if bell.way() == "celery":
        ring_next()
        return True
    while following := _oldest_waiting():
        if not _do(following.pk, progress):
            break
    return True


def _do(job_id: int, progress: Progress | None) -> bool:
    job = claim(job_id)
    if job is None:
        return False
    report = Report(job, lease=LEASE, listener=progress)
    tell(training_started, job=job)
    try:
        with measured("train", job=job.pk), report.alive():
            versions = _train(job, report)
    except BaseException as error:
        _end_badly(job, report, error)
        if not isinstance(error, Exception):
            raise
    else:
        _end(job, report, State.SUCCEEDED)
        tell(training_finished, job=job, versions=versions)
    return True


def claim(job_id: int) -> TrainingJob | None:
    """Take a job that waits or was abandoned, unless another one is being done."""
    now = timezone.now()
    with turnstile() as gate:
        _give_up_the_dead(now)
        if _running().exists():
            return None
        token = int(gate.state.get("token", 0)) + 1
        claimed = TrainingJob.objects.filter(
            pk=job_id, state=State.QUEUED, attempts__lt=MAX_ATTEMPTS
        ).update(
            state=State.RUNNING,
            attempts=F("attempts") + 1,
            fencing_token=token,
            worker=worker_name(),
            started_at=now,
            heartbeat_at=now,
            lease_expires_at=now + LEASE,
            progress=0.0,
            stage="",
            error="",
        )
        if not claimed:
            return None
        gate.state = {"token": token}
        gate.save()
    return TrainingJob.objects.select_related("recommender").get(pk=job_id)


@contextmanager
def turnstile() -> Iterator[Checkpoint]:
    """Let one through at a time, on every database.

    The write comes first: an UPDATE is a lock, also on SQLite.
    """
    Checkpoint.objects.get_or_create(name=TURNSTILE)
    with transaction.atomic():
        Checkpoint.objects.filter(name=TURNSTILE).update(updated_at=timezone.now())
        yield Checkpoint.objects.get(name=TURNSTILE)


def reap() -> list[TrainingJob]:
    """Take abandoned jobs back and ring again for what nobody heard."""
    with turnstile():
        freed = _give_up_the_dead(timezone.now())
    ring_next(unheard_only=not freed)
    return freed


def ring_next(*, unheard_only: bool = False) -> None:
    """Ring for the oldest waiting job, if nothing runs."""
    job = _oldest_waiting()
    if job is None or _running().exists():
        return
    if unheard_only and job.created_at > timezone.now() - BELL_LOST_AFTER:
        return
    bell.ring_after_commit(job.pk, run)


def _oldest_waiting() -> TrainingJob | None:
    return TrainingJob.objects.filter(state=State.QUEUED).order_by("pk").first()


def _running() -> QuerySet[TrainingJob]:
    return TrainingJob.objects.filter(state=State.RUNNING)


def _give_up_the_dead(now: Any) -> list[TrainingJob]:
    """Free the jobs whose lease ran out or whose process on this machine is gone."""
    freed = []
    for job in _running():
        expired = job.lease_expires_at is None or job.lease_expires_at < now
        if expired or is_dead(job.worker):
            freed.append(job)
            _free(job, _("The worker stopped without a word."))
    return freed


def _free(job: TrainingJob, why: str) -> None:
    """Queue a job again, or put it away when it has had its chances."""
    mine = TrainingJob.objects.filter(pk=job.pk, fencing_token=job.fencing_token)
    mine = mine.filter(state=State.RUNNING)
    if job.cancel_requested:
        mine.update(state=State.CANCELLED, finished_at=timezone.now())
    elif job.attempts < MAX_ATTEMPTS:
        mine.update(state=State.QUEUED, error=why, lease_expires_at=None)
    elif mine.update(
        state=State.QUARANTINED, error=why, finished_at=timezone.now(), worker=""
    ):
        logger.error("training job %s is put away after %s tries", job.pk, job.attempts)
        tell(training_failed, job=job, error=why)


def _train(job: TrainingJob, report: Report) -> list[Any]:
    from shop_personalize.training.fit import train

    return train(job, report)


def _end(job: TrainingJob, report: Report, state: str, error: str = "") -> bool:
    return bool(
        TrainingJob.objects.filter(
            Q(pk=job.pk, fencing_token=job.fencing_token, state=State.RUNNING)
        ).update(
            state=state,
            error=error,
            finished_at=timezone.now(),
            lease_expires_at=None,
            progress=1.0 if state == State.SUCCEEDED else report.done,
            stage=report.stage,
            log=report.text(),
        )
    )


def _end_badly(job: TrainingJob, report: Report, error: BaseException) -> None:
    if isinstance(error, Fenced):
        logger.warning("training job %s went on elsewhere: %s", job.pk, error)
        return
    if isinstance(error, Cancelled | KeyboardInterrupt):
        _end(job, report, State.CANCELLED, _("Cancelled."))
        return
    words = f"{type(error).__name__}: {error}"[:2000]
    logger.error("training job %s failed", job.pk, exc_info=error)
    tell(training_failed, job=job, error=words)
    report.say(words)
    if isinstance(error, ImproperlyConfigured):
        _end(job, report, State.FAILED, words)
    elif job.attempts >= MAX_ATTEMPTS:
        _end(job, report, State.QUARANTINED, words)
    else:
        _end(job, report, State.QUEUED, words)


def worker_name() -> str:
    """Machine, process namespace and process: enough to see that it is gone."""
    return f"{socket.gethostname()[:60]}/{_namespace()}/{os.getpid()}"


def is_dead(worker: str) -> bool:
    """Certain only of processes of this machine and namespace; others time out."""
    place, _slash, pid = worker.rpartition("/")
    here = worker_name().rpartition("/")[0]
    if place != here or not pid.isdigit() or os.name != "posix":
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _is_zombie(pid)


def _is_zombie(pid: str) -> bool:
    """Dead but not collected by its parent, as in containers without an init."""
    try:
        facts = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return facts.rpartition(")")[2].split()[:1] == ["Z"]


def _namespace() -> str:
    try:
        return str(Path("/proc/self/ns/pid").stat().st_ino)
    except OSError:
        return "-"

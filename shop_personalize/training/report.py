"""Progress of a running job, and the thread that keeps its lease alive."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection
from django.utils import timezone

from shop_personalize.models import TrainingJob
from shop_personalize.training.errors import Cancelled, Fenced

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

logger = logging.getLogger("shop_personalize")

Progress = Callable[[float, str], None]

BEAT_SECONDS = 1.0
LOG_CHARACTERS = 20_000


class Report:
    """What a job says about itself. Only the heartbeat writes it to the row.

    Calls from training cost nothing, so they may be frequent; each is also the moment
    at which a job that was cancelled or replaced stops.
    """

    def __init__(
        self,
        job: TrainingJob,
        *,
        lease: timedelta,
        listener: Progress | None = None,
    ) -> None:
        self.job = job
        self.lease = lease
        self._listener = listener
        self.done = 0.0
        self.stage = ""
        self._lines = [job.log] if job.log else []
        self._stop = threading.Event()
        self._trouble: BaseException | None = None
        self._own_thread = True
        self._written = 0.0

    def __call__(self, done: float, stage: str = "") -> None:
        """Say how far the work is (0 to 1) and what is being done."""
        self.done, self.stage = done, stage[:100] or self.stage
        if self._listener:
            self._listener(self.done, self.stage)
        if not self._own_thread and time.monotonic() - self._written > BEAT_SECONDS:
            self._beat()
        if self._trouble is not None:
            raise self._trouble

    def say(self, line: str) -> None:
        """Add a line to the job's log."""
        self._lines.append(f"{timezone.localtime():%H:%M:%S} {line}")

    def abort(self, error: BaseException) -> None:
        """Make whatever still works for this job stop at its next step."""
        self._trouble = self._trouble or error

    def text(self) -> str:
        return "\n".join(self._lines)[-LOG_CHARACTERS:]

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Keep the lease while the body runs."""
        # The row of a job made inside an open transaction is invisible to a second
        # connection, and SQLite would block it: then this thread beats, on its own.
        self._own_thread = not connection.in_atomic_block
        thread = threading.Thread(target=self._keep, name="sp-heartbeat", daemon=True)
        if self._own_thread:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            if self._own_thread:
                thread.join()

    def _keep(self) -> None:
        try:
            while not self._stop.wait(BEAT_SECONDS):
                self._beat()
        finally:
            connection.close()

    def _beat(self) -> None:
        self._written = time.monotonic()
        now = timezone.now()
        mine = TrainingJob.objects.filter(
            pk=self.job.pk,
            state=TrainingJob.State.RUNNING,
            fencing_token=self.job.fencing_token,
        )
        try:
            changed = mine.update(
                heartbeat_at=now,
                lease_expires_at=now + self.lease,
                progress=self.done,
                stage=self.stage,
                log=self.text(),
            )
            cancelled = mine.filter(cancel_requested=True).exists()
        except DatabaseError as error:
            # The database may be restarting; the lease decides, not one lost beat.
            logger.warning("heartbeat of job %s failed: %s", self.job.pk, error)
            connection.close_if_unusable_or_obsolete()
            return
        if not changed:
            self._trouble = Fenced(f"job {self.job.pk} is no longer this worker's")
        elif cancelled:
            self._trouble = Cancelled()

"""A shop on a database that other processes can reach, for the chaos of training."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from django.db import connection

from shop_personalize import artifacts
from shop_personalize.models import ModelVersion, Recommender, TrainingJob
from shop_personalize.training import jobs
from tests import settings as test_settings
from tests.journeys import lifeline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

PATIENCE = 55
ONLY = ["also_bought", "bought_together", "popular"]
OPTIONS = {"tune": False, "force": True, "only": ONLY}


def environment(**own: str) -> dict[str, str]:
    """What a child process needs to see the test's database and folders."""
    return {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "SHOP_PERSONALIZE_TEST_DIR": str(test_settings.WORK),
        "OMP_NUM_THREADS": "1",
        **own,
    }


def database_url() -> str:
    facts: Mapping[str, Any] = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    owner = (
        f"{facts['USER']}:{facts['PASSWORD']}" if facts["PASSWORD"] else facts["USER"]
    )
    place = f"{facts['HOST']}:{facts['PORT'] or 5432}"
    return f"postgres://{owner}@{place}/{facts['NAME']}"


class Workers:
    """The training workers of one test, and what they say."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.log.touch()
        self.until = time.monotonic() + PATIENCE
        self.children: list[subprocess.Popen[bytes]] = []

    def start(self, command: list[str], **own: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as said:
            child = subprocess.Popen(
                command,
                env=environment(**own),
                cwd=test_settings.BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.children.append(child)
        return child

    def wait_for(
        self, seen: Callable[[], object], what: str, *, every: float = 0.05
    ) -> None:
        """All waits of a test together have the patience of one."""
        lifeline.wait_for(seen, what, until=self.until, log=self.log, every=every)

    def bury(self) -> None:
        for child in self.children:
            lifeline.bury(child)
        lifeline.close_the_connections_of_the_dead()


def command(job: TrainingJob, *words: str) -> list[str]:
    return [sys.executable, "-m", "tests.journeys.training_worker", str(job.pk), *words]


def wish() -> TrainingJob:
    return jobs.enqueue(options=OPTIONS, ring=False)


def again(job: TrainingJob) -> TrainingJob:
    return TrainingJob.objects.get(pk=job.pk)


def live() -> dict[str, artifacts.Artifact]:
    """What a fresh process would serve with, verified from the files."""
    artifacts.forget()
    rows = Recommender.objects.filter(slug__in=ONLY).select_related("live_version")
    found = {row.slug: artifacts.live(row) for row in rows}
    return {slug: each for slug, each in found.items() if each is not None}


def published(job: TrainingJob) -> list[str]:
    """The recommenders a job has decided on, once for each time it did."""
    rows = ModelVersion.objects.filter(job=job)
    return sorted(rows.values_list("recommender__slug", flat=True))

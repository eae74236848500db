"""A shop on a database that other processes can reach, for the chaos of training."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from django.db import connection

from shop_personalize import artifacts
from shop_personalize.models import ModelVersion, Recommender, TrainingJob
from shop_personalize.training import jobs
from tests import settings as test_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def worker(job: TrainingJob, *words: str) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "tests.journeys.training_worker",
        str(job.pk),
        *words,
    ]
    return subprocess.Popen(
        command,
        env=environment(),
        cwd=test_settings.BASE_DIR,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


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

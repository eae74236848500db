from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shop_personalize.conf import app_settings
from shop_personalize.management.training_table import (
    job_facts,
    readiness_facts,
    show_readiness,
)
from shop_personalize.models import Checkpoint, Interaction, TrainingJob, Visitor
from shop_personalize.training import bell
from shop_personalize.training.readiness import readiness

if TYPE_CHECKING:
    import argparse

    from shop_personalize.management.console import Console

HELP = "Show what is known, what runs and how far each recommender is."
JOBS = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing but ``--json``."""


def run(options: dict[str, Any], console: Console) -> None:
    table = readiness()
    rows = TrainingJob.objects.select_related("recommender")[:JOBS]
    beat = Checkpoint.objects.filter(name="every:reaper").first()
    jobs = [job_facts(job) for job in rows]
    facts = {
        "interactions": Interaction.objects.count(),
        "visitors": Visitor.objects.count(),
        "tasks": bell.way(),
        "engine": app_settings.ENGINE,
        "model_files": str(app_settings.artifact_cache),
        "last_tick": beat.updated_at if beat else None,
        "jobs": jobs,
        "readiness": readiness_facts(table),
    }
    console.line(
        f"{facts['interactions']:,} interactions of {facts['visitors']:,} visitors"
    )
    console.line(f"training by {facts['tasks']}, engine {facts['engine']}")
    console.line(f"last tick of the schedule: {facts['last_tick'] or 'never'}")
    for job in jobs:
        what = job["recommender"] or "all"
        console.line(
            f"job {job['id']} ({what}): {job['state']} {job['error']}".rstrip()
        )
    console.line()
    show_readiness(console, table)
    console.result(facts)

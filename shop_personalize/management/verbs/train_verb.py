from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from shop_personalize.management.training_table import (
    job_facts,
    show_versions,
    version_facts,
)
from shop_personalize.models import Recommender, TrainingJob
from shop_personalize.training import jobs

if TYPE_CHECKING:
    import argparse

    from shop_personalize.management.console import Console

HELP = "Train recommenders and publish those that pass the gate."
TURN_SECONDS = 0.5
WAYS = {"rows": "what is new", "all": "anew", "waits": "-"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--recommender", metavar="NAME", help="only this one")
    parser.add_argument(
        "--tune",
        action="store_const",
        const=True,
        help="search for parameters (--no-tune: use what is there)",
    )
    parser.add_argument("--no-tune", dest="tune", action="store_const", const=False)
    parser.add_argument(
        "--tune-seconds", type=float, metavar="N", help="for all searches together"
    )
    parser.add_argument(
        "--force", action="store_true", help="publish without comparing"
    )
    parser.add_argument(
        "--background", action="store_true", help="let the worker do it"
    )
    parser.add_argument(
        "--update",
        action="store_true",
        help="bring new events and products into the live models, without training",
    )
    parser.add_argument(
        "--due", action="store_true", help="do what is due, for cron without Celery"
    )


def run(options: dict[str, Any], console: Console) -> None:
    if options["due"]:
        _do_what_is_due(console)
        return
    if options["update"]:
        _update(console)
        return
    job = jobs.enqueue(
        recommender=_recommender(options["recommender"]),
        options=_wishes(options),
        ring=options["background"],
    )
    if options["background"]:
        console.result(
            {"job": job_facts(job)}, f"Job {job.pk} is waiting for a worker."
        )
        return
    wait(job, console)
    report(job, console)


def wait(job: TrainingJob, console: Console) -> None:
    """Do the job here; if another trainer is at work, when it is done."""
    while not jobs.run(job.pk, progress=console.progress):
        job.refresh_from_db()
        if job.finished_at is not None:
            break
        console.progress(0.0, "another training is under way")
        time.sleep(TURN_SECONDS)
    job.refresh_from_db()


def report(job: TrainingJob, console: Console) -> None:
    """Show what came of a job; a job that failed is an error."""
    rows = job.versions.select_related("recommender").order_by("recommender__slug")
    versions = [version_facts(version) for version in rows]
    show_versions(console, versions)
    for line in job.log.splitlines():
        if not versions or " needs " in line:
            console.line(line)
    if job.state != TrainingJob.State.SUCCEEDED:
        raise CommandError(f"training {job.state}: {job.error}")
    console.result({"job": job_facts(job), "versions": versions})


def _wishes(options: dict[str, Any]) -> dict[str, Any]:
    wishes = {name: options[name] for name in ("tune", "tune_seconds")}
    wishes["force"] = options["force"] or None
    return {name: wish for name, wish in wishes.items() if wish is not None}


def _recommender(slug: str | None) -> Recommender | None:
    if slug is None:
        return None
    found = Recommender.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Recommender.objects.values_list("slug", flat=True))
        raise CommandError(f"there is no recommender {slug!r}; choose one of: {known}")
    return found


def _do_what_is_due(console: Console) -> None:
    from shop_personalize.tasks import tick

    before = set(TrainingJob.objects.values_list("pk", flat=True))
    tick()
    made = TrainingJob.objects.exclude(pk__in=before)
    for job in made:
        wait(job, console)
    facts = [job_facts(job) for job in made]
    words = f"{len(facts)} trained." if facts else "Nothing to train."
    console.result({"jobs": facts}, words)


def _update(console: Console) -> None:
    from shop_personalize.training.update import update

    done = update()
    console.table(
        [
            (each.slug, WAYS[each.how], each.touched, each.products, each.why)
            for each in done
        ],
        header=("recommender", "learned", "touched", "products", ""),
    )
    renewed = sum(each.how != "waits" for each in done)
    words = f"{renewed} of {len(done)} live models brought up to date."
    console.result({"updated": [asdict(each) for each in done]}, words)

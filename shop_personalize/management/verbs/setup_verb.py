from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from shop_personalize.attribution.rollup import catch_up
from shop_personalize.catalog import get_connections, get_orders
from shop_personalize.management.training_table import (
    job_facts,
    readiness_facts,
    show_readiness,
)
from shop_personalize.management.verbs.train_verb import wait
from shop_personalize.registry.defaults import ensure_defaults
from shop_personalize.training import jobs
from shop_personalize.training.readiness import readiness

if TYPE_CHECKING:
    import argparse

    from shop_personalize.management.console import Console

HELP = "Migrate, learn from the orders already there, train, and say what is ready."
APP = "shop_personalize"
TUNE_SECONDS = 10.0
"""A first look for good parameters; ``personalize train --tune`` takes its time."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--tune-seconds",
        type=float,
        default=TUNE_SECONDS,
        metavar="N",
        help="seconds spent on finding parameters (default %(default)s)",
    )


def run(options: dict[str, Any], console: Console) -> None:
    began = time.monotonic()
    _migrate(console)
    ensure_defaults()
    orders = _backfill(console)
    connections = _connections(console)
    console.line("Training …")
    job = jobs.enqueue(options={"tune_seconds": options["tune_seconds"]}, ring=False)
    wait(job, console)
    if job.error:
        console.line(f"training {job.state}: {job.error}")
    console.line("Counting days …")
    counted = catch_up(progress=console.progress)
    table = readiness()
    console.line()
    show_readiness(console, table)
    seconds = round(time.monotonic() - began, 1)
    console.result(
        {
            "orders": orders,
            "connections": connections,
            "job": job_facts(job),
            "days": counted.days,
            "readiness": readiness_facts(table),
            "seconds": seconds,
        },
        f"\nDone in {seconds} s. Put {{% recommendations %}} into a template.",
    )


def _migrate(console: Console) -> None:
    """Apply our own migrations and what they stand on; the shop's stay the shop's."""
    executor = MigrationExecutor(connection)
    targets = [leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] == APP]
    if executor.migration_plan(targets):
        console.line("Creating tables …")
        call_command("migrate", APP, verbosity=0)


def _backfill(console: Console) -> dict[str, Any]:
    if get_orders() is None:
        console.line('No "ORDERS" in SHOP_PERSONALIZE: learning from visits alone.')
        return {}
    from shop_personalize.capture.orders import backfill

    console.line("Learning from the orders …")
    report = backfill(progress=console.progress)
    facts = dict(vars(report))
    console.line(", ".join(f"{facts[name]} {name}" for name in facts))
    return facts


def _connections(console: Console) -> dict[str, Any]:
    """Who is tied to whom, where the shop's adapter tells."""
    if get_connections() is None:
        return {}
    from shop_personalize.capture.connections import sync_connections

    facts = dict(vars(sync_connections()))
    console.line(f"{facts['kept']} connections between customers")
    return facts

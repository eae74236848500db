from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from shop_personalize.attribution.rollup import catch_up, rebuild, rollup
from shop_personalize.management.verbs.backfill_verb import day

if TYPE_CHECKING:
    import argparse

    from shop_personalize.management.console import Console

HELP = "Count the days of blocks and visitors anew; without options, what has changed."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--since", metavar="DATE", help="days from then, YYYY-MM-DD")
    which.add_argument(
        "--rebuild", action="store_true", help="all days whose events are still there"
    )


def run(options: dict[str, Any], console: Console) -> None:
    since = day(options["since"])
    if since is not None:
        done = rollup(since, progress=console.progress)
    elif options["rebuild"]:
        done = rebuild(progress=console.progress)
    else:
        done = catch_up(progress=console.progress)
    text = (
        f"{done.days:,} days from {done.first} on: {done.blocks:,} rows of blocks, "
        f"{done.visitors:,} of visitors, {done.seconds} s"
    )
    console.result(asdict(done), text)

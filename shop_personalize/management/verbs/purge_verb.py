from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from shop_personalize.training.retention import purge

if TYPE_CHECKING:
    import argparse

    from shop_personalize.management.console import Console

HELP = "Delete what is past its time: events by kind, old model files, lost visitors."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="only count")


def run(options: dict[str, Any], console: Console) -> None:
    done = asdict(purge(dry_run=options["dry_run"]))
    kinds = done["interactions"]
    rows = [(kind, f"{kinds[kind]:,}") for kind in sorted(kinds)]
    rows += [
        (name.replace("_", " "), f"{count:,}")
        for name, count in done.items()
        if name != "interactions"
    ]
    console.table(rows)
    word = "would go" if options["dry_run"] else "deleted"
    console.result({**done, "dry_run": options["dry_run"]}, word)

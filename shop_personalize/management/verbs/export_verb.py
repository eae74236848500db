from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from shop_personalize.capture.exporters import selected, write_csv, write_jsonl
from shop_personalize.conf import app_settings
from shop_personalize.management.verbs.backfill_verb import day

if TYPE_CHECKING:
    import argparse

    from shop_personalize.management.console import Console

HELP = "Write the interactions to a CSV file or to JSON lines."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="ends in .csv or .jsonl")
    parser.add_argument("--since", metavar="DATE", help="YYYY-MM-DD")
    parser.add_argument("--until", metavar="DATE", help="YYYY-MM-DD, not included")
    parser.add_argument("--kind", action="append", default=[], help="may be repeated")
    parser.add_argument("--force", action="store_true", help="replace a file")


def run(options: dict[str, Any], console: Console) -> None:
    path: Path = options["file"]
    writers = {".csv": write_csv, ".jsonl": write_jsonl}
    if path.suffix not in writers:
        raise CommandError(f"{path.name}: name the file .csv or .jsonl")
    if path.exists() and not options["force"]:
        raise CommandError(f"{path} is there already; --force replaces it")
    unknown = [kind for kind in options["kind"] if kind not in app_settings.events]
    if unknown:
        known = ", ".join(app_settings.events)
        raise CommandError(f"No kind of event {unknown[0]!r}; there are: {known}")
    rows = selected(
        since=day(options["since"]), until=day(options["until"]), kinds=options["kind"]
    )
    with path.open("w", encoding="utf-8", newline="") as out:
        count = writers[path.suffix](rows, out, console.progress)
    facts = {"file": str(path), "interactions": count}
    console.result(facts, f"{count:,} interactions in {path}")

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from shop_personalize.capture.import_rows import NAMES
from shop_personalize.capture.importers import FORMATS, import_file
from shop_personalize.conf import app_settings

if TYPE_CHECKING:
    import argparse

    from shop_personalize.management.console import Console

HELP = "Take over events from a CSV file, JSON lines or GA4's BigQuery export."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="may end in .gz")
    parser.add_argument("--format", choices=FORMATS, help="default: by the file")
    parser.add_argument("--kind", default="", help="for files of one kind of event")
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="OURS=THEIRS",
        help=f"name a column; ours are: {', '.join(NAMES)}",
    )
    parser.add_argument("--dry-run", action="store_true", help="only check the rows")


def run(options: dict[str, Any], console: Console) -> None:
    if not options["file"].is_file():
        raise CommandError(f"There is no file {options['file']}")
    report = import_file(
        options["file"],
        form=options["format"],
        kind=_kind(options["kind"]),
        columns=_columns(options["column"]),
        dry_run=options["dry_run"],
        progress=console.progress,
    )
    console.table(
        [
            ("rows read", f"{report.rows:,}"),
            ("events accepted", f"{report.accepted:,}"),
            ("known already", f"{report.duplicates:,}"),
            ("quarantined", f"{report.quarantined:,}"),
            *((f"  {name}", f"{n:,}") for name, n in sorted(report.reasons.items())),
        ]
    )
    word = "would be imported" if options["dry_run"] else "imported"
    console.result({**asdict(report), "dry_run": options["dry_run"]}, word)


def _kind(given: str) -> str:
    if given and given not in app_settings.events:
        known = ", ".join(app_settings.events)
        raise CommandError(f"There is no kind of event {given!r}; there are: {known}")
    return given


def _columns(given: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    for ours, mark, theirs in pairs:
        if ours not in NAMES or not mark or not theirs:
            raise CommandError(
                f"--column {ours}{mark}{theirs}: write it as item=StockCode; "
                f"ours are: {', '.join(NAMES)}"
            )
    return {ours: theirs for ours, _mark, theirs in pairs}

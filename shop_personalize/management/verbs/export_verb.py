from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from shop_personalize.capture.exporters import selected, write_csv, write_jsonl
from shop_personalize.conf import app_settings
from shop_personalize.management.recommendation_files import WRITERS, write
from shop_personalize.management.verbs.backfill_verb import day
from shop_personalize.management.verbs.recommend_verb import known_names
from shop_personalize.recommend.export import Export, count, rows
from shop_personalize.recommend.service import UnknownBlockError

if TYPE_CHECKING:
    import argparse

    from shop_personalize.management.console import Console

HELP = "Write the interactions, or recommendations for every customer, to a file."
RECOMMENDATIONS = "recommendations"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        type=Path,
        help="a name in .csv or .jsonl for interactions; or: recommendations",
    )
    parser.add_argument("--force", action="store_true", help="replace a file")
    events = parser.add_argument_group("interactions")
    events.add_argument("--since", metavar="DATE", help="YYYY-MM-DD")
    events.add_argument("--until", metavar="DATE", help="YYYY-MM-DD, not included")
    events.add_argument("--kind", action="append", default=[], help="may be repeated")
    own = parser.add_argument_group(RECOMMENDATIONS)
    own.add_argument("--block", help="a block or a recommender (home-for-you)")
    own.add_argument("--out", type=Path, metavar="FILE", help="where to write")
    own.add_argument("--format", choices=sorted(WRITERS), help="else by the file's end")
    own.add_argument("-n", type=int, help="how many a customer; else the block's")
    own.add_argument(
        "--active-days",
        type=int,
        metavar="N",
        help="only customers who did something in the last N days (all)",
    )


def run(options: dict[str, Any], console: Console) -> None:
    if str(options["file"]) == RECOMMENDATIONS:
        _recommendations(options, console)
    else:
        _interactions(options, console)


def _recommendations(options: dict[str, Any], console: Console) -> None:
    path, form = _target(options)
    wanted = Export(
        block=options["block"] or "home-for-you",
        n=options["n"],
        active_days=options["active_days"],
    )
    total, served, started = count(), 0, time.monotonic()

    def told(done: int, given: int) -> None:
        nonlocal served
        served = given
        console.progress(done / max(total, 1), f"{done:,} of {total:,} customers")

    try:
        written = write(rows(wanted, told), path, form)
    except UnknownBlockError as error:
        raise CommandError(f"{error}; {known_names()}") from None
    seconds = time.monotonic() - started
    facts = {
        "file": str(path),
        "customers": served,
        "looked_at": total,
        "recommendations": written,
        "seconds": round(seconds, 1),
    }
    rate = total / max(seconds, 1e-9)
    console.result(
        facts,
        f"{written:,} recommendations for {served:,} of {total:,} customers in {path} "
        f"({rate:,.0f} customers a second)",
    )


def _target(options: dict[str, Any]) -> tuple[Path, str]:
    path: Path | None = options["out"]
    if path is None:
        raise CommandError("say where to: --out recommendations.csv")
    form = options["format"] or path.suffix.lstrip(".")
    if form not in WRITERS:
        known = ", ".join(sorted(WRITERS))
        raise CommandError(f"{path.name}: which --format is it? There are: {known}")
    if path.exists() and not options["force"]:
        raise CommandError(f"{path} is there already; --force replaces it")
    if options["n"] is not None and options["n"] < 1:
        raise CommandError("-n is how many a customer, 1 or more")
    return path, form


def _interactions(options: dict[str, Any], console: Console) -> None:
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
    found = selected(
        since=day(options["since"]), until=day(options["until"]), kinds=options["kind"]
    )
    with path.open("w", encoding="utf-8", newline="") as out:
        written = writers[path.suffix](found, out, console.progress)
    facts = {"file": str(path), "interactions": written}
    console.result(facts, f"{written:,} interactions in {path}")

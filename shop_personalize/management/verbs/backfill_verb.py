from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from shop_personalize.capture.connections import sync_connections
from shop_personalize.capture.event import RefusalError
from shop_personalize.capture.import_rows import moment
from shop_personalize.capture.orders import backfill, sync_orders
from shop_personalize.catalog import get_orders

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from shop_personalize.management.console import Console

HELP = "Take over the orders the shop already has; asking again changes nothing."
WORDS = {
    "lines": "order lines read",
    "purchases": "purchases added",
    "refunds": "refunds added",
    "known": "known already",
    "open": "not paid yet",
    "without_product": "whose product is gone",
    "without_buyer": "of visitors who were erased",
    "merged": "buyers by e-mail joined with their account",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", metavar="DATE", help="only orders since, YYYY-MM-DD")
    parser.add_argument("--dry-run", action="store_true", help="only count the lines")


def run(options: dict[str, Any], console: Console) -> None:
    orders = get_orders()
    if orders is None:
        raise CommandError(
            'No orders are set up. Add "ORDERS": {"model": "orders.OrderItem"} to '
            "SHOP_PERSONALIZE; manage.py personalize inspect guesses it."
        )
    if options["dry_run"]:
        count = orders.count()
        console.result({"lines": count, "dry_run": True}, f"{count:,} order lines")
        return
    since = day(options["since"])
    if since is None:
        report = backfill(progress=console.progress)
    else:
        report = sync_orders(since=since, progress=console.progress)
    facts = asdict(report)
    ties = sync_connections(since)
    facts["connections"] = asdict(ties)
    rows = [(word, f"{facts[name]:,}") for name, word in WORDS.items() if facts[name]]
    if ties.read:
        rows.append(("connections between customers", f"{ties.kept:,}"))
    console.table(rows)
    rate = report.lines / report.seconds if report.seconds else 0
    console.result(facts, f"{report.seconds:.1f} s, {rate:,.0f} lines/s")


def day(text: str | None) -> datetime | None:
    """An option such as ``2026-01-31``; a wrong one says how to write it."""
    if not text:
        return None
    try:
        return moment(text)
    except RefusalError:
        raise CommandError(f"{text!r} is no date; write it as 2026-01-31") from None

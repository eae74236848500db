"""Are the reports quick where ten million interactions lie behind them?

The PostgreSQL database of ``DATABASE_URL`` is filled with a synthetic shop of three
years (see :mod:`benchmarks.insight.shop`), unless it holds one already; it stays, so
that a second run only measures. The daily sums are counted from nothing, then once
more as the schedule does it, the answers are made, and every page of the reports and
the overview are asked for by a logged-in member of staff: five times each, the slowest
is told.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from benchmarks.protocol import DataMissingError, apart

if TYPE_CHECKING:
    from shop_personalize.management.console import Console

SIZE = 10_000_000
SLOWEST_ALLOWED_S = 2.0


def run(console: Console, size: int = SIZE) -> dict[str, Any]:
    size = int(os.environ.get("INSIGHT_BENCH_SIZE", size))
    _start()
    from benchmarks.insight import pages, shop, work

    if not shop.is_filled():
        console.line(f"filling the database with {size:,} interactions")
        console.line(json.dumps(shop.fill(size, console.line)))
    _close()
    rows = []
    for name, step in work.STEPS.items():
        rows.append(apart(name, step))
        console.line(json.dumps(rows[-1]))
    slow = pages.measure()
    console.table([[name, f"{s:.3f}"] for name, s in slow.items()], ("page", "s"))
    return {
        "benchmark": "insight",
        "protocol": (
            f"{shop.interactions():,} interactions of three years on PostgreSQL; each"
            f" page {pages.TIMES} times, the slowest; target {SLOWEST_ALLOWED_S} s"
        ),
        "tables": shop.sizes(),
        "systems": rows,
        "pages_s": slow,
        "slowest_s": max(slow.values()),
    }


def _start() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    if connection.vendor != "postgresql":
        raise DataMissingError("DATABASE_URL must name a PostgreSQL database")
    call_command("migrate", run_syncdb=True, verbosity=0)


def _close() -> None:
    """A connection must not be shared with a process forked from this one."""
    from django.db import connections

    connections.close_all()

"""What a block adds to a page, in time, queries and memory.

Two synthetic shops with Zipf-distributed demand, one of 4,600 products and one of
100,000 with two million interactions, on the database of ``DATABASE_URL`` (SQLite if
none). The time is that of the whole tag: context, history, candidates, catalog,
reasons, HTML. Models are neighbor tables of 100 neighbors an item, as training makes
them; visitors are drawn by their activity, so that long histories come often. The
steered page has four blocks, ten rules and an experiment.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks.serving.pages import PAGES, RENDERED, measure
from benchmarks.serving.shop import build
from benchmarks.serving.steered import measure_steered
from benchmarks.serving.workers import WORKERS, memory

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOPS = {"4600": (4_600, 200_000), "100k": (100_000, 2_000_000)}


def run(console: Any = None) -> dict[str, Any]:
    """Measure both shops and the workers of the larger one."""
    metrics: dict[str, float] = {}
    with _database():
        for name, (products, interactions) in SHOPS.items():
            _say(console, f"building a shop of {products:,} products")
            shop, artifact_mb = build(products, interactions)
            _say(console, f"rendering {RENDERED} blocks of each page")
            found = measure(shop) | measure_steered(shop)
            metrics |= {f"{key}_{name}": v for key, v in found.items()}
        _say(console, f"forking {WORKERS} workers")
        metrics |= memory(artifact_mb)
    return {
        "benchmark": "serving",
        "protocol": (
            f"{RENDERED} renderings of a tag on each of {len(PAGES)} pages, known"
            f" visitors drawn by activity, one process, database {_vendor()};"
            f" {SHOPS['4600'][0]:,} products with {SHOPS['4600'][1]:,} interactions and"
            f" {SHOPS['100k'][0]:,} with {SHOPS['100k'][1]:,}; {WORKERS} forked workers"
            " that share the mapped models; targets: p95 10 ms, 3 queries, models + 60"
            " MB a worker"
        ),
        "systems": [{"system": "ours", "metrics": metrics}],
    }


def _say(console: Any, text: str) -> None:
    if console is not None:
        console.line(text)


def _vendor() -> str:
    from django.db import connection

    return connection.vendor


@contextmanager
def _database() -> Iterator[None]:
    """A database of the benchmark's own beside the one that is configured."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    connection.settings_dict["TEST"]["MIGRATE"] = False
    connection.settings_dict["CONN_MAX_AGE"] = None
    held = setup_databases(verbosity=0, interactive=False)
    try:
        yield
    finally:
        connection.close()
        teardown_databases(held, verbosity=0)

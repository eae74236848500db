"""Whether the incremental revenue of the holdout is the true one.

A shop whose visitors are drawn by lot: what recommendations bring is known to the
penny. Once 5,000 visitors walk through the shop over HTTP, and the same visitors are
laid straight before the services: both must leave the same daily sums. Then, in bulk,
200 shops of 20,000 visitors: how often the interval of 95 % holds the truth, how wide
it is, and how far off the mean. ``RUNS``, ``VISITORS`` and ``OVER_HTTP`` in the
environment make it shorter.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.simulation.database import database, is_in_memory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.simulation.running import Life
    from shop_personalize.management.console import Console

RUNS = int(os.environ.get("RUNS", "200"))
VISITORS = int(os.environ.get("VISITORS", "20000"))
OVER_HTTP = int(os.environ.get("OVER_HTTP", "5000"))
PROCESSES = 2
SHARE = 0.05
SEED = 4


def run(console: Console) -> dict[str, Any]:
    both = _both_ways(console) if OVER_HTTP else {}
    many = _many(console) if RUNS else {}
    return {
        "benchmark": "uplift",
        "protocol": (
            f"{SHARE:.0%} held out; {OVER_HTTP} visitors over HTTP and in bulk;"
            f" {RUNS} shops of {VISITORS} visitors in bulk"
        ),
        "systems": [{"system": "holdout", "metrics": {**both, **many}}],
    }


def _both_ways(console: Console) -> dict[str, Any]:
    began = time.perf_counter()
    with database():
        from benchmarks.simulation import running, shop

        walked = running.over_http(OVER_HTTP, SEED, SHARE, console.progress)
        by_http = running.rolled_up_rows()
        shop.emptied()
        laid = running.in_bulk(OVER_HTTP, SEED, SHARE)
        in_bulk = running.rolled_up_rows()
    same = {name: by_http[name] == in_bulk[name] for name in by_http}
    attributed = sum(float(row[-2]) for row in by_http["BlockDay"])
    seconds = time.perf_counter() - began
    console.line(f"{walked.requests} requests, {seconds:.0f} s; {_told(walked)}")
    return {
        "requests": walked.requests,
        "same_sums": same,
        "rows": {name: len(rows) for name, rows in by_http.items()},
        "same_truth": walked.truth == laid.truth,
        "http": {**_facts(walked), "attributed": attributed},
    }


def _many(console: Console) -> dict[str, Any]:
    lives: list[Life] = []
    for life in _lives():
        lives.append(life)
        covered = sum(each.is_covered for each in lives)
        console.line(f"{len(lives)}/{RUNS}: {_told(life)}; {covered} held the truth")
    off = np.array([life.found.total - life.truth for life in lives])
    width = np.array([life.found.high - life.found.low for life in lives])
    return {
        "runs": len(lives),
        "coverage": round(float(np.mean([life.is_covered for life in lives])), 4),
        "bias": round(float(off.mean()), 1),
        "bias_error": round(float(off.std(ddof=1) / np.sqrt(len(off))), 1),
        "spread": round(float(off.std(ddof=1)), 1),
        "mean_width": round(float(width.mean()), 1),
        "mean_truth": round(float(np.mean([life.truth for life in lives])), 1),
        "leaves_nothing_out": sum(life.found.is_clear for life in lives),
        "least_balance_p": round(min(life.found.balance_p for life in lives), 5),
    }


def _lives() -> Iterator[Life]:
    """As they are done; each process has a database of its own."""
    with ProcessPoolExecutor(
        PROCESSES if is_in_memory() else 1,
        mp_context=get_context("spawn"),
        initializer=_open,
    ) as pool:
        waiting = [pool.submit(_live, SEED + n) for n in range(1, RUNS + 1)]
        for done in as_completed(waiting):
            yield done.result()


def _open() -> None:
    """A process keeps its database until it ends."""
    _held.enter_context(database())


_held = ExitStack()


def _live(seed: int) -> Life:
    from benchmarks.simulation import running, shop

    try:
        return running.in_bulk(VISITORS, seed, SHARE, blocks=False)
    finally:
        shop.emptied()


def _told(life: Life) -> str:
    found = life.found
    return (
        f"brought {life.truth:,}, found {found.total:,.0f}"
        f" ({found.low:,.0f} to {found.high:,.0f})"
    )


def _facts(life: Life) -> dict[str, Any]:
    found = life.found
    return {
        "truth": life.truth,
        "total": round(found.total, 2),
        "low": round(found.low, 2),
        "high": round(found.high, 2),
        "held": found.held,
        "served": found.served,
    }

"""Whether the incremental revenue of the holdout is the true one.

A shop whose visitors are drawn by lot: what recommendations bring is known to the
penny. Once 5,000 visitors walk through the shop over HTTP, and the same visitors are
laid straight before the services: both must leave the same daily sums. Then, in bulk,
200 shops of 20,000 visitors: how often the interval of 95 % holds the truth, how wide
it is, and how far off the mean. ``RUNS``, ``VISITORS`` and ``OVER_HTTP`` in the
environment make it shorter; ``FIRST`` goes on after an earlier run that was broken off.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from benchmarks.simulation.database import database, is_in_memory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.simulation.running import Life
    from shop_personalize.management.console import Console

RUNS = int(os.environ.get("RUNS", "200"))
FIRST = int(os.environ.get("FIRST", "1"))
VISITORS = int(os.environ.get("VISITORS", "20000"))
OVER_HTTP = int(os.environ.get("OVER_HTTP", "5000"))
PROCESSES = 2
SHARE = 0.05
SEED = 4


class Found(NamedTuple):
    """What was brought in truth and what the holdout says, in plain numbers."""

    truth: float
    total: float
    low: float
    high: float
    held: int
    served: int
    balance_p: float

    @classmethod
    def of(cls, life: Life) -> Found:
        own = life.found
        return cls(
            life.truth,
            round(own.total, 2),
            round(own.low, 2),
            round(own.high, 2),
            own.held,
            own.served,
            own.balance_p,
        )

    @property
    def is_covered(self) -> bool:
        return self.low <= self.truth <= self.high

    def __str__(self) -> str:
        return (
            f"brought {self.truth:,.0f}, found {self.total:,.0f}"
            f" ({self.low:,.0f} to {self.high:,.0f})"
        )


def run(console: Console) -> dict[str, Any]:
    both = _both_ways(console) if OVER_HTTP else {}
    many = _many(console) if RUNS else {}
    return {
        "benchmark": "uplift",
        "protocol": (
            f"{SHARE:.0%} held out; {OVER_HTTP} visitors over HTTP and in bulk;"
            f" shops {FIRST} to {RUNS} of {VISITORS} visitors in bulk"
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
    console.line(f"{walked.requests} requests, {seconds:.0f} s; {Found.of(walked)}")
    return {
        "requests": walked.requests,
        "same_sums": same,
        "rows": {name: len(rows) for name, rows in by_http.items()},
        "same_truth": walked.truth == laid.truth,
        "http": {**Found.of(walked)._asdict(), "attributed": attributed},
    }


def _many(console: Console) -> dict[str, Any]:
    lives: list[Found] = []
    for life in _lives():
        lives.append(life)
        covered = sum(each.is_covered for each in lives)
        of = RUNS - FIRST + 1
        console.line(f"{len(lives)}/{of}: {life}; {covered} held the truth")
    table = np.array(lives)
    truth, total, low, high = table[:, :4].T
    off = total - truth
    return {
        "runs": len(lives),
        "coverage": round(float(np.mean((low <= truth) & (truth <= high))), 4),
        "bias": round(float(off.mean()), 1),
        "bias_error": round(float(off.std(ddof=1) / np.sqrt(len(off))), 1),
        "spread": round(float(off.std(ddof=1)), 1),
        "mean_width": round(float((high - low).mean()), 1),
        "mean_truth": round(float(truth.mean()), 1),
        "leaves_nothing_out": int(((low > 0) | (high < 0)).sum()),
        "least_balance_p": round(float(table[:, -1].min()), 5),
    }


def _lives() -> Iterator[Found]:
    """As they are done; each process has a database of its own."""
    with ProcessPoolExecutor(
        PROCESSES if is_in_memory() else 1,
        mp_context=get_context("spawn"),
        initializer=_open,
    ) as pool:
        waiting = [pool.submit(_live, SEED + n) for n in range(FIRST, RUNS + 1)]
        for done in as_completed(waiting):
            yield done.result()


def _open() -> None:
    """A process keeps its database until it ends."""
    _held.enter_context(database())


_held = ExitStack()


def _live(seed: int) -> Found:
    from benchmarks.simulation import running, shop

    try:
        return Found.of(running.in_bulk(VISITORS, seed, SHARE, blocks=False))
    finally:
        shop.emptied()

"""How cost grows: learning from 1e5 to 2e7 interactions, answering over 1e6 items.

Interactions are synthetic: items by Zipf's law (exponent 1), a hundred interactions an
item and twenty a visitor on average, the number of a visitor's lognormal. Each size is
learned in a process of its own, whose largest memory is told with the data and without.
A request is answered from memory-mapped neighbors, as a web worker does it.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.protocol import apart, threads
from shop_personalize.ml.data import IdMap, Items, TrainingData
from shop_personalize.ml.knowledge import ItemNeighbors
from shop_personalize.ml.recommenders.for_you import ForYou
from shop_personalize.ml.recommenders.graph import GraphWalk
from shop_personalize.ml.serving import History, answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shop_personalize.management.console import Console
    from shop_personalize.ml.recommenders.base import Recommender

SIZES = (100_000, 1_000_000, 10_000_000)
PER_ITEM, PER_VISITOR = 100, 20
SPREAD = 1.0
"""Standard deviation of the log of a visitor's number of interactions."""
DAYS = 365.0
KIND = "purchase"
METHODS: tuple[type[Recommender], ...] = (ForYou, GraphWalk)
CATALOG, NEIGHBORS, HISTORY, REQUESTS = 1_000_000, 100, 50, 1000
AT_ONCE = 10_000_000


def run(console: Console, sizes: Sequence[int] = SIZES) -> dict[str, Any]:
    rows = [apart(f"a request, {CATALOG:,} x {NEIGHBORS}", requests)]
    for size in sizes:
        data = synthetic(size)
        for method in METHODS:
            name = f"{method.__name__}, {size:,} interactions x {data.n_items:,} items"
            rows.append(apart(name, lambda m=method, d=data: learned(m(), d)))
            console.line(json.dumps(rows[-1]))
    return {
        "benchmark": "scale",
        "protocol": f"synthetic, Zipf items, {threads()} threads",
        "systems": rows,
    }


def synthetic(count: int, seed: int = 0) -> TrainingData:
    """``count`` interactions, fewer after what occurs twice is merged."""
    rng = np.random.default_rng(seed)
    n_items, n_visitors = count // PER_ITEM, count // PER_VISITOR
    share = rng.lognormal(sigma=SPREAD, size=n_visitors)
    lengths = rng.multinomial(count, share / share.sum())
    reach = np.cumsum(1 / np.arange(1, n_items + 1))
    drawn = rng.random(count, np.float32) * np.float32(reach[-1])
    items = np.searchsorted(reach, drawn).clip(max=n_items - 1).astype(np.int32)
    width = len(str(n_items))
    return TrainingData(
        ids=IdMap.of([f"{code:0{width}d}" for code in range(n_items)]),
        items=Items.bare(n_items),
        kinds=(KIND,),
        visitor=np.repeat(np.arange(n_visitors, dtype=np.int32), lengths),
        item=items,
        kind=np.zeros(count, np.int8),
        time=np.sort(rng.uniform(0, DAYS, count)),
        quantity=np.ones(count, np.float32),
        value=np.ones(count, np.float32),
        order=np.full(count, -1, np.int32),
        n_visitors=n_visitors,
        now=DAYS,
    )


def learned(made: Recommender, data: TrainingData) -> dict[str, Any]:
    began = time.monotonic()
    known = made.fit(data).knowledge_
    return {
        "metrics": {},
        "fit_s": round(time.monotonic() - began, 2),
        "entries": len(known.to_arrays()["data"]),
    }


def requests() -> dict[str, Any]:
    """CPU milliseconds of an answer, the arrays mapped from files."""
    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        known = mapped(Path(folder), rng)
        config = {"context": "history", "kinds": {KIND: 1.0}, "decay_days": {KIND: 90}}
        popular = (CATALOG ** rng.random((REQUESTS, HISTORY))).astype(np.int64) - 1
        took = []
        for codes in popular:
            history = History(
                codes, (KIND,) * HISTORY, np.arange(HISTORY), np.ones(HISTORY)
            )
            began = time.process_time()
            answer(known, config, {}, history=history, n=100)
            took.append(1000 * (time.process_time() - began))
    return {
        "metrics": {},
        "cpu_ms": {
            "mean": round(float(np.mean(took)), 3),
            "p50": round(float(np.median(took)), 3),
            "p95": round(float(np.quantile(took, 0.95)), 3),
        },
    }


def mapped(folder: Path, rng: np.random.Generator) -> ItemNeighbors:
    """Random neighbors of ``CATALOG`` items, best first, in files."""
    shape = (CATALOG * NEIGHBORS,)
    indices = np.lib.format.open_memmap(folder / "indices.npy", "w+", np.int32, shape)
    data = np.lib.format.open_memmap(folder / "data.npy", "w+", np.float32, shape)
    row = np.linspace(1, 0.1, NEIGHBORS, dtype=np.float32)
    for start in range(0, shape[0], AT_ONCE):
        part = slice(start, start + AT_ONCE)
        indices[part] = rng.integers(CATALOG, size=AT_ONCE, dtype=np.int32)
        data[part] = np.tile(row, AT_ONCE // NEIGHBORS)
    return ItemNeighbors(
        np.arange(CATALOG + 1, dtype=np.int64) * NEIGHBORS,
        np.load(folder / "indices.npy", mmap_mode="r"),
        np.load(folder / "data.npy", mmap_mode="r"),
        np.zeros(0, np.int32),
    )

"""Speed side by side: item neighbors and alternating least squares beside implicit.

The training file of Gowalla (NGCF, LightGCN), a tenth of its pairs hidden at random.
Every system learns from the same matrix, in a process of its own, with the same number
of threads; ``fit_s`` is the least of several fits on the clock, ``fit_cpu_s`` the least
in processor time, which a busy machine disturbs less. Recall@20 of the hidden pairs,
over 2,000 users, shows that the faster one is not the worse one. The test file is not
read.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from benchmarks.gowalla import as_training, read_pairs
from benchmarks.peers import TOP_N, beside
from benchmarks.protocol import apart, data_dir, threads
from shop_personalize.ml import metrics
from shop_personalize.ml.batch import top_n
from shop_personalize.ml.recommenders.als import Als
from shop_personalize.ml.recommenders.item_item import ItemItem
from shop_personalize.ml.serving import History

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from benchmarks.peers import Peer
    from shop_personalize.management.console import Console
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.recommenders.base import Recommender

TOP = 20
NEIGHBORS = (20, 100, 300)
FACTORS = (64, 128)
ALPHA, REG, ROUNDS = 10.0, 30.0, 5
REPEATS = 3
HIDDEN = 0.1
ASKED = 2000
SEED = 0


def run(console: Console) -> dict[str, Any]:
    users, items = read_pairs(data_dir("gowalla-lightgcn") / "train.txt.gz")
    task = Task.of(users, items)
    rows = []
    for k in NEIGHBORS:
        rows += _ratios(_cosine(console, task, k))
    for factors in FACTORS:
        rows += _ratios(_als(console, task, factors))
    return {
        "benchmark": "neighbors",
        "protocol": f"{task.matrix.nnz} pairs, {task.matrix.shape[0]} users,"
        f" {task.matrix.shape[1]} items, {threads()} threads",
        "systems": rows,
        "published": {},
    }


@dataclass(frozen=True)
class Task:
    """The pairs that are left, whom to ask, and what of theirs was hidden."""

    data: TrainingData
    matrix: sparse.csr_array
    asked: NDArray[np.int64]
    truths: list[NDArray[np.int64]]

    @classmethod
    def of(cls, users: NDArray[np.int64], items: NDArray[np.int64]) -> Task:
        rng = np.random.default_rng(SEED)
        hidden = rng.random(len(users)) < HIDDEN
        left, gone = (users[~hidden], items[~hidden]), (users[hidden], items[hidden])
        data = as_training(left, gone)
        shape = (data.n_visitors, data.n_items)
        matrix, wanted = (
            sparse.csr_array((np.ones(len(pairs[0]), np.float32), pairs), shape=shape)
            for pairs in (left, gone)
        )
        known = np.diff(matrix.indptr) > 0
        able = np.flatnonzero(known & (np.diff(wanted.indptr) > 0))
        asked = np.sort(rng.choice(able, min(ASKED, len(able)), replace=False))
        return cls(data, matrix, asked, _rows_of(wanted, asked))

    def ours(self, make: Callable[[], Recommender]) -> dict[str, Any]:
        fitted, times = _fastest(lambda: make().fit(self.data))
        seen = _rows_of(self.matrix, self.asked)
        kind = self.data.kinds[0]
        histories = [
            History(had, (kind,) * len(had), np.zeros(len(had)), np.ones(len(had)))
            for had in seen
        ]
        found = top_n(
            fitted.knowledge_,
            fitted.query_config_,
            fitted.extras_,
            histories=histories,
            excluded=seen,
            n=TOP,
        )
        return {"metrics": self._judged([each.items for each in found]), **times}

    def peer(self, peer: Peer, **params: Any) -> dict[str, Any]:
        lists, times = _fastest(lambda: peer.fit(self.matrix, **params))
        found = lists(self.asked, TOP)
        return {"metrics": self._judged([row[row >= 0] for row in found]), **times}

    def _judged(self, lists: list[NDArray[np.int64]]) -> dict[str, float]:
        hits = metrics.find_hits(lists, self.truths, TOP)
        relevant = np.array([len(truth) for truth in self.truths])
        return {
            f"recall@{TOP}": round(metrics.recall(hits, relevant), 5),
            f"ndcg@{TOP}": round(metrics.ndcg(hits, relevant), 5),
        }


def _cosine(console: Console, task: Task, k: int) -> list[dict[str, Any]]:
    """Theirs first, then ours as they do it, then as our own default does."""
    exact: dict[str, Any] = {"k": k, "active": 0.0, "shrink": 0.0}
    names = {
        f"ours, cosine, k={k}": {**exact, "min_support": 1},
        f"ours, cosine of two visitors and more, k={k}": {**exact, "min_support": 2},
        f"ours, default of ItemItem, k={k}": {"k": k},
    }
    peers = [TOP_N["implicit_cosine"]]
    rows = beside(console, peers, lambda peer: {**task.peer(peer, k=k), "k": k})
    for name, params in names.items():
        made = apart(name, lambda params=params: task.ours(lambda: ItemItem(**params)))
        rows.append({**made, "k": k})
    return rows


def _als(console: Console, task: Task, factors: int) -> list[dict[str, Any]]:
    """Theirs first, then ours through it, then ours without it."""
    peers = [TOP_N["implicit_als"]]
    same = {"factors": factors, "alpha": ALPHA, "iterations": ROUNDS}
    rows = beside(
        console, peers, lambda peer: task.peer(peer, **same, regularization=REG)
    )
    for engine in ("auto", "own"):
        rows.append(
            apart(
                f"ours, ALS, engine {engine}, {factors} factors",
                lambda engine=engine: task.ours(
                    lambda: Als(**same, reg=REG, engine=engine)
                ),
            )
        )
    return rows


def _ratios(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How many times as long as the first row each took."""
    if not rows or rows[0]["system"].startswith("ours"):
        return rows
    return [
        {
            **row,
            "times": round(row["fit_s"] / rows[0]["fit_s"], 2),
            "times_cpu": round(row["fit_cpu_s"] / rows[0]["fit_cpu_s"], 2),
        }
        for row in rows
    ]


def _fastest(fit: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    walls, cpus = [], []
    for _ in range(REPEATS):
        wall, cpu = time.monotonic(), time.process_time()
        fitted = fit()
        walls.append(time.monotonic() - wall)
        cpus.append(time.process_time() - cpu)
    return fitted, {"fit_s": round(min(walls), 3), "fit_cpu_s": round(min(cpus), 3)}


def _rows_of(
    matrix: sparse.csr_array, rows: NDArray[np.int64]
) -> list[NDArray[np.int64]]:
    ends = matrix.indptr
    return [matrix.indices[ends[row] : ends[row + 1]].astype(np.int64) for row in rows]

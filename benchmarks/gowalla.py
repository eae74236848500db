"""New places for everybody: the Gowalla split of NGCF and LightGCN, full ranking.

Train 810,128 and test 217,242 check-ins of 29,858 users at 40,981 places, without
times. All places a user has not been to in training are ranked; Recall@20 and NDCG@20
are means over the users with test places. Method and parameters are chosen on a random
part of the training file; the test file is read once.
"""

from __future__ import annotations

import gzip
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from benchmarks.peers import TOP_N, beside
from benchmarks.protocol import apart, data_dir, threads
from shop_personalize.ml import metrics
from shop_personalize.ml.batch import top_n
from shop_personalize.ml.data import IdMap, Items, TrainingData
from shop_personalize.ml.recommenders.edges import nearest
from shop_personalize.ml.recommenders.graph import GraphWalk
from shop_personalize.ml.recommenders.walk import power
from shop_personalize.ml.serving import History
from shop_personalize.ml.tuning import choose

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from benchmarks.peers import Lists, Peer
    from shop_personalize.management.console import Console
    from shop_personalize.ml.recommenders.base import Recommender

    Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]

K = 20
NEIGHBORS = 100
KIND = "view"
BUDGET_SECONDS = 240.0
PEERS = ("implicit_als", "implicit_bpr", "implicit_cosine")
PUBLISHED = {
    "NGCF": {"recall@20": 0.1570, "ndcg@20": 0.1327},
    "LightGCN": {"recall@20": 0.1830, "ndcg@20": 0.1554},
    "UltraGCN": {"recall@20": 0.1862, "ndcg@20": 0.1580},
    "BSPM-EM (unchecked)": {"recall@20": 0.1920, "ndcg@20": 0.1597},
}
"""NGCF, LightGCN: README of LightGCN-PyTorch; UltraGCN: README of RecZoo; BSPM-EM:
Choi et al., SIGIR 2023, as cited by others."""


def run(console: Console) -> dict[str, Any]:
    folder = data_dir("gowalla-lightgcn")
    train, test = (read_pairs(folder / f"{name}.txt.gz") for name in ("train", "test"))
    data = as_training(train, test)
    split = Split(train, test, data)
    rows = [
        apart("ours", lambda: split.judged(lambda: _chosen(data))),
        apart("ours, default", lambda: split.judged(lambda: (GraphWalk(), {}))),
        apart("popularity", split.popularity),
        apart(f"ours, cosine neighbors alone, k={NEIGHBORS}", split.cosine),
    ]
    peers = [TOP_N[name] for name in PEERS]
    rows += beside(console, peers, split.peer)
    return {
        "benchmark": "gowalla",
        "protocol": f"full ranking of {data.n_items} places for {len(split.asked)}"
        f" users, {threads()} threads",
        "systems": rows,
        "published": PUBLISHED,
    }


def read_pairs(path: Path) -> Pairs:
    """Users and items of lines "user item item ..."."""
    with gzip.open(path, "rt") as lines:
        rows = [np.array(line.split(), np.int64) for line in lines]
    users = np.repeat([row[0] for row in rows], [len(row) - 1 for row in rows])
    return users, np.concatenate([row[1:] for row in rows])


def as_training(train: Pairs, test: Pairs) -> TrainingData:
    """The training pairs, all at one time; codes are the numbers of the files."""
    users, items = train
    count = len(users)
    n_items = int(max(items.max(), test[1].max())) + 1
    width = len(str(n_items))
    return TrainingData(
        ids=IdMap.of([f"{code:0{width}d}" for code in range(n_items)]),
        items=Items.bare(n_items),
        kinds=(KIND,),
        visitor=users.astype(np.int32),
        item=items.astype(np.int32),
        kind=np.zeros(count, np.int8),
        time=np.zeros(count),
        quantity=np.ones(count, np.float32),
        value=np.zeros(count, np.float32),
        order=np.full(count, -1, np.int32),
        n_visitors=int(max(users.max(), test[0].max())) + 1,
        now=1e-6,
    )


def _chosen(data: TrainingData) -> tuple[Recommender, dict[str, Any]]:
    began = time.monotonic()
    choice = choose(
        data, "new", clock=time.monotonic, k=K, budget_seconds=BUDGET_SECONDS
    )
    return choice.build(), {
        "method": choice.method,
        "params": choice.params,
        "choose_s": round(time.monotonic() - began, 1),
    }


class Split:
    """Who is asked, what they had, what would be right."""

    def __init__(self, train: Pairs, test: Pairs, data: TrainingData) -> None:
        self.data = data
        shape = (data.n_visitors, data.n_items)
        self.seen, wanted = (
            sparse.csr_array((np.ones(len(pairs[0]), np.float32), pairs), shape=shape)
            for pairs in (train, test)
        )
        self.asked = np.flatnonzero(np.diff(wanted.indptr))
        self.truths = self._of(wanted)
        self.had = self._of(self.seen)

    def _of(self, matrix: sparse.csr_array) -> list[NDArray[np.int64]]:
        ends = matrix.indptr
        return [
            matrix.indices[ends[user] : ends[user + 1]].astype(np.int64)
            for user in self.asked
        ]

    def row(self, lists: list[Any], ask_s: float, **more: Any) -> dict[str, Any]:
        """Metrics of one system's lists (users, n), -1 where none is."""
        shown = [items[items >= 0] for items in lists]
        hits = metrics.find_hits(shown, self.truths, K)
        relevant = np.array([len(truth) for truth in self.truths])
        found = {
            f"recall@{K}": round(metrics.recall(hits, relevant), 4),
            f"ndcg@{K}": round(metrics.ndcg(hits, relevant), 4),
        }
        each = round(1000 * ask_s / len(self.asked), 3)
        return {"metrics": found, **more, "ask_s": round(ask_s, 2), "ms_per_user": each}

    def judged(
        self, build: Callable[[], tuple[Recommender, dict[str, Any]]]
    ) -> dict[str, Any]:
        """Fit on all of the training part, then ask for everybody."""
        made, how = build()
        began = time.monotonic()
        fitted = made.fit(self.data)
        fit_s = time.monotonic() - began
        histories = [
            History(codes, (KIND,) * len(codes), *np.ones((2, len(codes))))
            for codes in self.had
        ]
        began = time.monotonic()
        found = top_n(
            fitted.knowledge_,
            fitted.query_config_,
            fitted.extras_,
            histories=histories,
            excluded=self.had,
            n=K,
            threads=threads(),
        )
        ask_s = time.monotonic() - began
        lists = [each.items for each in found]
        return self.row(lists, ask_s, fit_s=round(fit_s, 2), **how)

    def popularity(self) -> dict[str, Any]:
        began = time.monotonic()
        order = np.argsort(-self.seen.sum(axis=0), kind="stable")
        lists = []
        for had in self.had:
            top = order[: K + len(had)]
            lists.append(top[~np.isin(top, had)][:K])
        return self.row(lists, time.monotonic() - began, fit_s=0.0)

    def cosine(self) -> dict[str, Any]:
        """Only the time of the neighbors, for the sake of comparison."""
        times = []
        for _ in range(3):
            began = time.monotonic()
            scale = power(np.asarray(self.seen.sum(axis=0), np.float64), 0.5)
            sides = sparse.csr_array(
                self.seen @ sparse.diags_array(scale.astype(np.float32))
            )
            nearest(sides.T.tocsr(), sides, k=NEIGHBORS)
            times.append(time.monotonic() - began)
        return {"metrics": {}, "fit_s": round(min(times), 2)}

    def peer(self, peer: Peer) -> dict[str, Any]:
        began = time.monotonic()
        lists: Lists = peer.fit(sparse.csr_matrix(self.seen))
        fit_s = time.monotonic() - began
        began = time.monotonic()
        found = lists(self.asked, K)
        return self.row(list(found), time.monotonic() - began, fit_s=round(fit_s, 2))

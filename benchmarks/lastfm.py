"""Listeners and their friends: lastfm-hetrec in the split that LightGCN published.

42,135 listened artists to learn from, 10,533 to find, 25,434 directed friendships.
Recall@20 and NDCG@20 over all artists a listener has not listened to, for all
listeners with something to find and for the tenth with the shortest history.
"""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from benchmarks.peers import TOP_N, Lists, Peer, beside
from benchmarks.protocol import apart, data_dir, timed
from shop_personalize.ml import metrics
from shop_personalize.ml.batch import top_n
from shop_personalize.ml.data import IdMap, Items, Links, TrainingData
from shop_personalize.ml.evaluation.cases import Cases, history_of
from shop_personalize.ml.evaluation.circles import with_circles
from shop_personalize.ml.recommenders.als import Als
from shop_personalize.ml.recommenders.ease import Ease
from shop_personalize.ml.recommenders.for_you import ForYou
from shop_personalize.ml.recommenders.friends import Friends
from shop_personalize.ml.recommenders.stack import Stack
from shop_personalize.ml.tuning import choose

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from shop_personalize.management.console import Console

K = 20
NOTHING = np.empty(0, np.int64)
OPEN: dict[str, Any] = {"people": 1, "min_support": 1}
"""What a listener plays is public in this data, so one person may be told of."""

BUDGET_SECONDS = 240.0
Made = tuple[Any, dict[str, Any]]

SYSTEMS: dict[str, tuple[bool, Callable[[TrainingData], Made]]] = {
    "ours": (True, lambda data: chosen(data)),
    "ours, without friends": (False, lambda data: chosen(data)),
    "sum of sources, with friends": (True, lambda _: (Stack(**OPEN), {})),
    "sum of sources, without": (False, lambda _: (Stack(**OPEN), {})),
    "sum of sources, as a shop has it (two people or more)": (
        True,
        lambda _: (Stack(), {}),
    ),
    "friends alone": (True, lambda _: (Friends(**OPEN), {})),
    "walk alone": (False, lambda _: (ForYou(min_support=1), {})),
    "ALS alone": (False, lambda _: (Als(factors=32, reg=10.0), {})),
    "EASE alone": (False, lambda _: (Ease(min_support=1), {})),
}
REFERENCE = "a walk and ALS added up, without friends"
PEERS = ("implicit_als", "implicit_cosine", "lenskit_ease", "rectools_ease")


def run(console: Console) -> dict[str, Any]:
    data, wanted = read(data_dir("lastfm-hetrec") / "lightgcn_split")
    rows = []
    for name, (friends, make) in SYSTEMS.items():
        known = data if friends else replace(data, links=Links.none())
        work = partial(measured, known, wanted, make)
        rows.append(apart(name, work))
        console.line(f"{name}: {rows[-1]['metrics']}")
    peers = [TOP_N[name] for name in PEERS]
    rows += beside(console, peers, partial(peer_measured, data, wanted))
    return {
        "benchmark": "lastfm",
        "protocol": (
            "split of LightGCN, full ranking of all artists not listened to;"
            " short_: the tenth of the listeners with the shortest history"
        ),
        "systems": rows,
        "published": {
            "walk + ALS, a simple reference": {"recall@20": 0.268, "ndcg@20": 0.211}
        },
    }


def chosen(data: TrainingData) -> Made:
    """What the search settles on, on the training part alone."""
    choice, seconds = timed(
        lambda: choose(
            data, "new", clock=time.monotonic, k=K, budget_seconds=BUDGET_SECONDS
        )
    )
    facts = {"method": choice.method, "params": choice.params, "choose_s": seconds}
    return choice.build(), {**facts, "trials": len(choice.table)}


def measured(
    data: TrainingData,
    wanted: list[NDArray[np.int64]],
    make: Callable[[TrainingData], Made],
) -> dict[str, Any]:
    made, facts = make(data)
    fitted, fit_s = timed(partial(made.fit, data))
    cases, _, lengths = questions(data, wanted)
    found, ask_s = timed(
        lambda: top_n(
            fitted.knowledge_,
            fitted.query_config_,
            fitted.extras_,
            histories=cases.histories,
            excluded=cases.excluded,
            n=K,
        )
    )
    row = _row([each.items for each in found], cases, lengths, fit_s, ask_s)
    parts = fitted.query_config_.get("parts", [])
    if parts:
        row["weights"] = {part["name"]: part["weight"] for part in parts}
    return {**row, **facts}


def peer_measured(
    data: TrainingData, wanted: list[NDArray[np.int64]], peer: Peer
) -> dict[str, Any]:
    shape = (data.n_visitors, data.n_items)
    ones = np.ones(len(data), np.float32)
    seen = sparse.csr_matrix((ones, (data.visitor, data.item)), shape=shape)
    lists: Lists
    lists, fit_s = timed(lambda: peer.fit(seen))
    cases, listeners, lengths = questions(data, wanted)
    found, ask_s = timed(lambda: lists(listeners, K))
    return _row([row[row >= 0] for row in found], cases, lengths, fit_s, ask_s)


def _row(
    lists: list[NDArray[np.int64]],
    cases: Cases,
    lengths: NDArray[np.int64],
    fit_s: float,
    ask_s: float,
) -> dict[str, Any]:
    hits = metrics.find_hits(lists, cases.truths, K)
    relevant = np.array([len(truth) for truth in cases.truths], np.int64)
    short = np.argsort(lengths, kind="stable")[: len(lengths) // 10]
    return {
        "metrics": {
            **_scores(hits, relevant, ""),
            **_scores(hits[short], relevant[short], "short_"),
        },
        "fit_s": fit_s,
        "ms_per_question": round(1000 * ask_s / len(lists), 3),
    }


def _scores(
    hits: NDArray[np.bool_], relevant: NDArray[np.int64], prefix: str
) -> dict[str, float]:
    return {
        f"{prefix}recall@20": round(float(metrics.recall(hits, relevant)), 4),
        f"{prefix}ndcg@20": round(float(metrics.ndcg(hits, relevant)), 4),
    }


def questions(
    data: TrainingData, wanted: list[NDArray[np.int64]]
) -> tuple[Cases, NDArray[np.int64], NDArray[np.int64]]:
    """Questions of those with something to find: who asks, and how long a history."""
    order = np.argsort(data.visitor, kind="stable")
    bounds = np.searchsorted(data.visitor[order], np.arange(data.n_visitors + 1))
    cases, listeners, lengths = Cases("new"), [], []
    for listener, truth in enumerate(wanted):
        rows = order[bounds[listener] : bounds[listener + 1]]
        own = np.unique(data.item[rows]).astype(np.int64)
        if len(np.setdiff1d(truth, own)):
            history = replace(history_of(data, rows), visitor=listener)
            cases.add(history, NOTHING, own, truth)
            listeners.append(listener)
            lengths.append(len(own))
    if len(data.links):
        cases = with_circles(data, cases)
    return cases, np.array(listeners), np.array(lengths)


def read(folder: Path) -> tuple[TrainingData, list[NDArray[np.int64]]]:
    """Training data with friendships both ways, and what each listener is to find."""
    known, asked = _rows(folder / "data1.txt.gz"), _rows(folder / "test1.txt.gz")
    ties = _rows(folder / "trustnetwork.txt.gz")
    listeners = int(max(known[:, 0].max(), asked[:, 0].max(), ties.max())) + 1
    artists = int(max(known[:, 1].max(), asked[:, 1].max())) + 1
    # Names of equal length keep the order of the numbers.
    ids = IdMap.of(f"{artist:06d}" for artist in range(artists))
    both = np.unique(np.concatenate([ties, ties[:, ::-1]]), axis=0)
    both = both[both[:, 0] != both[:, 1]]
    pairs = np.unique(known, axis=0)
    count = len(pairs)
    data = TrainingData(
        ids=ids,
        items=Items.bare(artists),
        kinds=("purchase",),
        visitor=pairs[:, 0].astype(np.int32),
        item=pairs[:, 1].astype(np.int32),
        kind=np.zeros(count, np.int8),
        time=np.zeros(count),
        quantity=np.ones(count, np.float32),
        value=np.zeros(count, np.float32),
        order=np.full(count, -1, np.int32),
        n_visitors=listeners,
        now=0.0,
        links=Links(
            both[:, 0].astype(np.int32),
            both[:, 1].astype(np.int32),
            np.ones(len(both), np.float32),
        ),
    )
    wanted = [
        np.unique(asked[asked[:, 0] == listener, 1]) for listener in range(listeners)
    ]
    return data, wanted


def _rows(path: Path) -> NDArray[np.int64]:
    """The first two numbers of each row; a third, where there is one, is a count."""
    with gzip.open(path, "rt") as lines:
        return np.array([[int(word) for word in line.split()[:2]] for line in lines])

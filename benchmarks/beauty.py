"""The next item of every history: amazon-beauty-s3rec, as prepared for S3-Rec.

Everyone's last item is hidden, all items not yet met are ranked; HR@10 and NDCG@10 over
all 22,363 people (Zhou et al., CIKM 2020). Items have attributes: categories and
brand. There are no dates, only the order of each history. The method is chosen on the
items before the hidden ones.
"""

from __future__ import annotations

import gzip
import json
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from benchmarks.peers import TOP_N, beside
from benchmarks.protocol import apart, data_dir
from shop_personalize.ml import metrics
from shop_personalize.ml.batch import top_n
from shop_personalize.ml.data import IdMap, Items, TrainingData
from shop_personalize.ml.recommenders.sequence import Sequence
from shop_personalize.ml.recommenders.sequence_blend import SequenceBlend
from shop_personalize.ml.serving import History, answer
from shop_personalize.ml.tuning import choose

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from benchmarks.peers import Peer
    from shop_personalize.management.console import Console
    from shop_personalize.ml.recommenders.base import Recommender

    Lists = list[Any]

K = 10
END = 10_000.0
"""Day after everybody's last item; earlier ones lie a day apart before it."""
BUDGET_SECONDS = 240.0
TIMED = 2000
PEERS = ("implicit_cosine", "implicit_bm25", "implicit_als", "lenskit_item_knn")
PUBLISHED = {
    "amazon-beauty-s3rec": {
        "PopRec": {"hit_rate@10": 0.0152, "ndcg@10": 0.0068},
        "GRU4Rec": {"hit_rate@10": 0.0283, "ndcg@10": 0.0137},
        "Caser": {"hit_rate@10": 0.0347, "ndcg@10": 0.0176},
        "BERT4Rec": {"hit_rate@10": 0.0347, "ndcg@10": 0.0170},
        "SASRec": {"hit_rate@10": 0.0605, "ndcg@10": 0.0318},
        "S3-Rec": {"hit_rate@10": 0.0647, "ndcg@10": 0.0327},
    },
    "lastfm-s3rec": {
        "PopRec": {"hit_rate@10": 0.0440, "ndcg@10": 0.0203},
        "GRU4Rec": {"hit_rate@10": 0.0367, "ndcg@10": 0.0187},
        "Caser": {"hit_rate@10": 0.0413, "ndcg@10": 0.0214},
        "SASRec": {"hit_rate@10": 0.0688, "ndcg@10": 0.0390},
        "BERT4Rec": {"hit_rate@10": 0.0633, "ndcg@10": 0.0337},
        "S3-Rec": {"hit_rate@10": 0.0743, "ndcg@10": 0.0427},
    },
}
"""The table of full rankings in the authors' repository (RUCAIBox/CIKM2020-S3Rec)."""


NAMES = {"amazon-beauty-s3rec": "beauty", "lastfm-s3rec": "lastfm-sequences"}
"""What the comparison on a data set is called."""


@dataclass(frozen=True)
class Task:
    """What is learned from, and everyone's history and hidden item."""

    data: TrainingData
    histories: list[History]
    truths: list[NDArray[np.int64]]


def run(console: Console, name: str = "amazon-beauty-s3rec") -> dict[str, Any]:
    task = read(data_dir(name))
    make: dict[str, Callable[[], Any]] = {
        "ours": partial(_chosen, task.data),
        "ours, learned, two visitors a pair": lambda: (SequenceBlend(), {}),
        "ours, neighbors by order, two visitors a pair": lambda: (Sequence(), {}),
    }
    rows = []
    for label, build in make.items():
        rows.append(apart(label, partial(judged, build, task)))
        console.line(f"{label}: {rows[-1]['metrics']}")
    rows.append(apart("popularity", partial(_popular, task)))
    rows += beside(console, [TOP_N[peer] for peer in PEERS], partial(_peer, task))
    return {
        "benchmark": NAMES[name],
        "protocol": (
            f"last item of {len(task.truths)} histories, {task.data.n_items} items,"
            " full ranking without what was met before"
        ),
        "systems": rows,
        "published": PUBLISHED.get(name, {}),
    }


def read(folder: Path) -> Task:
    """Lines "user item item …", oldest first; attributes of items as JSON."""
    (path,) = [p for p in folder.glob("*.txt.gz") if "sample" not in p.name]
    with gzip.open(path, "rt") as lines:
        sequences = [line.split()[1:] for line in lines]
    (path,) = folder.glob("*_item2attributes.json.gz")
    with gzip.open(path, "rt") as file:
        attributes = json.load(file)
    ids = IdMap.of([*attributes, *(item for line in sequences for item in line)])
    coded = [ids.codes(line) for line in sequences]
    items = Items.bare(len(ids))
    for item, values in attributes.items():
        names = tuple(f"attribute{value}" for value in values)
        items.categories[int(ids.codes([item])[0])] = names
    return Task(
        training(ids, items, [line[:-1] for line in coded]),
        [history(line[:-1]) for line in coded],
        [line[-1:] for line in coded],
    )


def training(ids: IdMap, items: Items, lines: list[NDArray[np.int64]]) -> TrainingData:
    """One visitor a line; only the order is known, so days count from the end."""
    lengths = np.array([len(line) for line in lines])
    visitor = np.repeat(np.arange(len(lines)), lengths)
    place = np.arange(len(visitor)) - np.repeat(np.cumsum(lengths), lengths)
    order = np.argsort(place, kind="stable")
    count = len(order)
    return TrainingData(
        ids=ids,
        items=items,
        kinds=("purchase",),
        visitor=visitor[order].astype(np.int32),
        item=np.concatenate(lines)[order].astype(np.int32),
        kind=np.zeros(count, np.int8),
        time=END + place[order],
        quantity=np.ones(count, np.float32),
        value=np.full(count, np.nan, np.float32),
        order=np.full(count, -1, np.int32),
        n_visitors=len(lines),
        now=END,
    )


def history(line: NDArray[np.int64]) -> History:
    m = len(line)
    return History(line[::-1], ("purchase",) * m, 1.0 + np.arange(m), np.ones(m))


def _chosen(data: TrainingData) -> tuple[Recommender, dict[str, Any]]:
    began = time.monotonic()
    choice = choose(
        data, "next", k=K, clock=time.monotonic, budget_seconds=BUDGET_SECONDS
    )
    return choice.build(), {
        "method": choice.method,
        "params": choice.params,
        "choose_s": round(time.monotonic() - began, 2),
        "trials": len(choice.table),
        "ndcg hidden": round(choice.score, 4),
    }


def judged(build: Callable[[], Any], task: Task) -> dict[str, Any]:
    made, more = build()
    began = time.monotonic()
    fitted = made.fit(task.data)
    fit_s = time.monotonic() - began
    parts = fitted.knowledge_, fitted.query_config_, fitted.extras_
    seen = [np.unique(each.codes) for each in task.histories]
    anchors = [np.empty(0, np.int64)] * len(seen)
    found = top_n(*parts, histories=task.histories, anchors=anchors, excluded=seen, n=K)
    began = time.process_time()
    few = task.histories[:TIMED]
    for each in few:
        answer(*parts, history=each, n=2 * K)
    return {
        "metrics": measured([each.items for each in found], task.truths),
        "fit_s": round(fit_s, 2),
        "ms_per_question": round(1000 * (time.process_time() - began) / len(few), 3),
        **more,
    }


def measured(lists: Lists, truths: Lists) -> dict[str, float]:
    hits = metrics.find_hits(lists, truths, K)
    one = np.ones(len(truths), np.int64)
    return {
        "hit_rate@10": round(float(metrics.hit_rate(hits)), 4),
        "ndcg@10": round(float(metrics.ndcg(hits, one)), 4),
    }


def _popular(task: Task) -> dict[str, Any]:
    order = np.argsort(-np.bincount(task.data.item), kind="stable")
    longest = max(len(each) for each in task.histories)
    top = order[: longest + K]
    lists = [top[~np.isin(top, each.codes)][:K] for each in task.histories]
    return {"metrics": measured(lists, task.truths), "fit_s": 0.0}


def _peer(task: Task, peer: Peer) -> dict[str, Any]:
    shape = (task.data.n_visitors, task.data.n_items)
    rows = (task.data.visitor, task.data.item)
    matrix = sparse.csr_array((np.ones(len(task.data)), rows), shape=shape)
    matrix.data[:] = 1.0
    began = time.monotonic()
    lists = peer.fit(matrix)
    fit_s = time.monotonic() - began
    found = list(lists(np.arange(shape[0]), K))
    return {"metrics": measured(found, task.truths), "fit_s": round(fit_s, 2)}

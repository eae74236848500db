"""The next click of a visit: sessions-diginetica, the preparation of SR-GNN.

Train 186,670 sessions in order of time; test 60,858 prefixes, each with its next item.
P@20 and MRR@20 in percent over all prefixes; the next item may lie in the prefix (it
does for a fifth). The method is chosen on the last of the training sessions.
"""

from __future__ import annotations

import gzip
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.protocol import apart, data_dir
from shop_personalize.ml import metrics
from shop_personalize.ml.data import IdMap, Items, TrainingData
from shop_personalize.ml.recommenders.also_viewed import AlsoViewed
from shop_personalize.ml.recommenders.flow import Flow
from shop_personalize.ml.recommenders.visit_blend import VisitBlend
from shop_personalize.ml.serving import History, answer
from shop_personalize.ml.tuning import choose

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shop_personalize.management.console import Console
    from shop_personalize.ml.recommenders.base import Recommender

    Questions = list[tuple[list[str], str]]

K = 20
DAYS = 152.0
"""The clicks span about five months; the file has only their order."""
SECONDS = 10.0 / 86_400
BUDGET_SECONDS = 300.0
PUBLISHED = {
    "SR-GNN": {"precision@20": 50.73, "mrr@20": 17.59},
    "NARM, as cited there": {"precision@20": 49.70, "mrr@20": 16.17},
    "STAMP, as cited there": {"precision@20": 45.64, "mrr@20": 14.32},
    "Item-KNN, as cited there": {"precision@20": 35.75, "mrr@20": 11.57},
    "GRU4Rec, as cited there": {"precision@20": 29.45, "mrr@20": 8.33},
}
"""Wu et al., "Session-based recommendation with graph neural networks", AAAI 2019."""


def run(console: Console, limit: int | None = None) -> dict[str, Any]:
    folder = data_dir("sessions-diginetica")
    data = read_sessions(folder / "train_sessions.txt.gz")
    questions = read_questions(folder / "test_prefix_target.txt.gz")[:limit]
    last = [(prefix[-1:], target) for prefix, target in questions]
    make: dict[str, tuple[Callable[[], Any], Questions]] = {
        "ours": (partial(_chosen, data), questions),
        "ours, learned, two visitors an answer": (
            lambda: (VisitBlend(), {}),
            questions,
        ),
        "ours, visits alike": (lambda: (AlsoViewed(), {}), questions),
        "ours, visits alike, last click only": (lambda: (AlsoViewed(), {}), last),
        "co-occurrence with the last click": (lambda: (_together(), {}), last),
    }
    rows = []
    for label, (build, asked) in make.items():
        rows.append(apart(label, partial(judged, build, data, asked)))
        console.line(f"{label}: {rows[-1]['metrics']}")
    rows.append(apart("popularity", partial(_popular, data, questions)))
    return {
        "benchmark": "diginetica",
        "protocol": f"next item of {len(questions)} prefixes, {data.n_items} items",
        "systems": rows,
        "published": PUBLISHED,
    }


def _chosen(data: TrainingData) -> tuple[Recommender, dict[str, Any]]:
    began = time.monotonic()
    choice = choose(
        data, "session", k=K, clock=time.monotonic, budget_seconds=BUDGET_SECONDS
    )
    return choice.build(), {
        "method": choice.method,
        "params": choice.params,
        "choose_s": round(time.monotonic() - began, 2),
        "trials": len(choice.table),
        "ndcg hidden": round(choice.score, 4),
    }


def _together() -> Flow:
    """Plain counts of sessions that hold both."""
    return Flow(
        reach=1e9, window=1000, backward=1.0, start=0.0, decay_days=1e9, min_support=1
    )


def judged(
    build: Callable[[], Any], data: TrainingData, questions: Questions
) -> dict[str, Any]:
    made, more = build()
    began = time.monotonic()
    fitted = made.fit(data)
    fit_s = time.monotonic() - began
    began, cpu = time.monotonic(), time.process_time()
    lists = ask(fitted, data.ids, questions)
    each = 1000 / len(questions)
    return {
        "metrics": measured(lists, [data.ids.codes([to]) for _, to in questions]),
        "fit_s": round(fit_s, 2),
        "ms_per_question": round((time.process_time() - cpu) * each, 3),
        "ms_on_the_clock": round((time.monotonic() - began) * each, 3),
        **more,
    }


def ask(fitted: Recommender, ids: IdMap, questions: Questions) -> list[Any]:
    """What the page of the last click answers, knowing the clicks before it."""
    lists = []
    for prefix, _ in questions:
        codes = ids.codes(prefix[::-1])
        codes = codes[codes >= 0]
        history = History(
            codes,
            ("view",) * len(codes),
            np.arange(len(codes)) * SECONDS,
            np.ones(len(codes)),
        )
        found = answer(
            fitted.knowledge_,
            fitted.query_config_,
            fitted.extras_,
            history=history,
            anchors=codes[:1],
            n=K,
        )
        lists.append(found.items)
    return lists


def _popular(data: TrainingData, questions: Questions) -> dict[str, Any]:
    top = np.argsort(-np.bincount(data.item), kind="stable")[:K]
    truths = [data.ids.codes([target]) for _, target in questions]
    return {"metrics": measured([top] * len(questions), truths), "fit_s": 0.0}


def measured(lists: list[Any], truths: list[Any]) -> dict[str, float]:
    hits = metrics.find_hits(lists, truths, K)
    return {
        "precision@20": round(100 * float(metrics.hit_rate(hits)), 2),
        "mrr@20": round(100 * float(metrics.mrr(hits)), 2),
    }


def read_sessions(path: Path) -> TrainingData:
    """One visitor a session, a click every ten seconds, sessions spread over DAYS."""
    with gzip.open(path, "rt") as lines:
        sessions = [line.split() for line in lines]
    ids = IdMap.of(item for session in sessions for item in session)
    lengths = np.array([len(session) for session in sessions])
    visitor = np.repeat(np.arange(len(sessions)), lengths)
    place = np.arange(len(visitor)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    time = visitor / len(sessions) * DAYS + place * SECONDS
    count = len(visitor)
    return TrainingData(
        ids=ids,
        items=Items.bare(len(ids)),
        kinds=("view",),
        visitor=visitor.astype(np.int32),
        item=ids.codes([item for session in sessions for item in session]).astype(
            np.int32
        ),
        kind=np.zeros(count, np.int8),
        time=time,
        quantity=np.ones(count, np.float32),
        value=np.zeros(count, np.float32),
        order=np.full(count, -1, np.int32),
        n_visitors=len(sessions),
        now=DAYS + 1,
    )


def read_questions(path: Path) -> list[tuple[list[str], str]]:
    with gzip.open(path, "rt") as lines:
        pairs = (line.rstrip("\n").split("\t") for line in lines)
        return [(prefix.split(), target) for prefix, target in pairs]

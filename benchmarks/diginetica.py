"""``also_viewed`` on real clicks: sessions-diginetica, the preparation of SR-GNN.

Train 186,670 sessions in order of time; test 60,858 prefixes, each with its next item.
P@20 and MRR@20 over all prefixes; the next item may lie in the prefix (it does for a
fifth). Published on this preparation: SR-GNN 50.73 / 17.59 (Wu et al., AAAI 2019).
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.protocol import data_dir, system, timed
from shop_personalize.ml import metrics
from shop_personalize.ml.data import IdMap, Items, TrainingData
from shop_personalize.ml.recommenders.also_viewed import AlsoViewed
from shop_personalize.ml.serving import History, answer

if TYPE_CHECKING:
    from pathlib import Path

    from shop_personalize.management.console import Console

K = 20
DAYS = 152.0
"""The clicks span about five months; the file has only their order."""
SECONDS = 10.0 / 86_400


def run(console: Console, limit: int | None = None) -> dict[str, Any]:
    folder = data_dir("sessions-diginetica")
    data = read_sessions(folder / "train_sessions.txt.gz")
    questions = read_questions(folder / "test_prefix_target.txt.gz")[:limit]
    fitted, fit_s = timed(lambda: AlsoViewed().fit(data))
    lists, ask_s = timed(lambda: ask(fitted, data.ids, questions, console))
    truths = [data.ids.codes([target]) for _, target in questions]
    own = measured(lists, truths)
    last, last_s = timed(lambda: ask(fitted, data.ids, _last_only(questions), console))
    top = popular(data)
    return {
        "benchmark": "diginetica",
        "protocol": f"next item of {len(questions)} prefixes, {data.n_items} items",
        "systems": [
            system("ours", own, fit_s, ms_per_question=1000 * ask_s / len(questions)),
            system(
                "ours, last click only",
                measured(last, truths),
                fit_s,
                ms_per_question=1000 * last_s / len(questions),
            ),
            system("popularity", measured([top] * len(questions), truths), 0.0),
        ],
        "published": {"SR-GNN": {"precision@20": 50.73, "mrr@20": 17.59}},
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


def _last_only(questions: list[tuple[list[str], str]]) -> list[tuple[list[str], str]]:
    return [(prefix[-1:], target) for prefix, target in questions]


def ask(
    fitted: AlsoViewed,
    ids: IdMap,
    questions: list[tuple[list[str], str]],
    console: Console,
) -> list[Any]:
    """What the page of the last click answers, knowing the clicks before it."""
    lists = []
    for prefix, _ in console.track(questions, len(questions), "asking"):
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


def popular(data: TrainingData) -> Any:
    return np.argsort(-np.bincount(data.item), kind="stable")[:K]


def measured(lists: list[Any], truths: list[Any]) -> dict[str, float]:
    hits = metrics.find_hits(lists, truths, K)
    return {
        "precision@20": round(100 * metrics.hit_rate(hits), 2),
        "mrr@20": round(100 * metrics.mrr(hits), 2),
    }

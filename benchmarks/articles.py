"""New articles that nobody has read: ibm-articles, recommended from their content.

A fifth of the articles with a reader are hidden from training with all that was read
of them, five times over. Every reader of hidden articles who read others too is asked
for 20: among the hidden articles alone, and among all articles not read yet.
"""

from __future__ import annotations

import csv
import gzip
import sys
import time
from abc import abstractmethod
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.protocol import data_dir, system, timed
from shop_personalize.ml import metrics
from shop_personalize.ml.data import IdMap, Items, TrainingData
from shop_personalize.ml.evaluation.cold_items import cold_items, hide_items
from shop_personalize.ml.evaluation.measure import lists_for
from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.cold import Cold
from shop_personalize.ml.recommenders.content import content_vectors
from shop_personalize.ml.recommenders.edges import neighbors_from
from shop_personalize.ml.tuning.choice import choose_on
from shop_personalize.ml.tuning.families import Method

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from shop_personalize.management.console import Console
    from shop_personalize.ml.evaluation import Cases
    from shop_personalize.ml.evaluation.cold_items import Hidden

K = 20
SPLITS = 5
BUDGET_SECONDS = 30.0
COLD = Method("fresh_for_you", "shop_personalize.ml.recommenders.cold.Cold")


def run(console: Console, splits: int = SPLITS) -> dict[str, Any]:
    data = read(data_dir("ibm-articles"))
    with_text = np.array([bool(text) for text in data.items.texts])
    rows: list[dict[str, Any]] = []
    for label, eligible in (
        ("", with_text),
        (", titles alone too", np.ones(data.n_items, bool)),
    ):
        hidden = [hide_items(data, eligible, seed=seed) for seed in range(splits)]
        for name, make in SYSTEMS.items():
            rows.append(measured(name + label, make, hidden))
            console.line(f"{rows[-1]['system']}: {rows[-1]['metrics']}")
    return {
        "benchmark": "articles",
        "protocol": (
            f"mean of {splits} random draws: a fifth of the articles that have a text"
            " hidden from training; recall@20 and ndcg@20 over the hidden articles as"
            " candidates, everywhere_ over all articles the reader has not read (ours"
            " answers with hardly read articles only, as its block in a shop does);"
            " 'titles alone too': drawn from all articles, of which some have no text"
        ),
        "systems": rows,
        "published": {},
    }


def measured(
    name: str, make: Callable[[TrainingData], Recommender], hidden: list[Hidden]
) -> dict[str, Any]:
    """Means over the draws; ``params`` are those of each draw's estimator."""
    found: list[dict[str, float]] = []
    chosen, seconds = [], 0.0
    for each in hidden:
        made = make(each.past)
        fitted, fit_s = timed(partial(made.fit, each.past))
        seconds += fit_s
        chosen.append(made.get_params())
        metrics_of = _ranked(fitted, each.among)
        wide = _ranked(fitted, each.everywhere)
        found.append(metrics_of | {f"everywhere_{k}": v for k, v in wide.items()})
    mean = {key: round(float(np.mean([m[key] for m in found])), 4) for key in found[0]}
    by_draw = [m["recall@20"] for m in found]
    return system(
        name, mean, round(seconds / len(hidden), 2), by_draw=by_draw, params=chosen
    )


def _ranked(fitted: Recommender, cases: Cases) -> dict[str, float]:
    lists = lists_for(fitted, cases, k=K)
    hits = metrics.find_hits(lists, cases.truths, K)
    relevant = np.array([len(truth) for truth in cases.truths], np.int64)
    return {
        "recall@20": round(float(metrics.recall(hits, relevant)), 5),
        "ndcg@20": round(float(metrics.ndcg(hits, relevant)), 5),
    }


def searched(past: TrainingData) -> Recommender:
    """The best of a search that hides further articles of the training part."""
    return choose_on(
        cold_items(past),
        [COLD],
        clock=time.monotonic,
        k=K,
        metric="recall",
        budget_seconds=BUDGET_SECONDS,
    ).build()


class Dense(Recommender):
    """A reference that scores every pair of articles; a history adds its rows up."""

    def __init__(self) -> None:
        """Nothing to set."""

    def fit(self, data: TrainingData) -> Self:
        scores = sparse.csr_array(self.scores(data).astype(np.float32))
        blocks = iter([(scores, np.zeros(scores.nnz, np.int32))])
        self.knowledge_ = neighbors_from(
            blocks, data.n_items, k=data.n_items, min_support=0
        )
        self.query_config_ = {"context": "history", "kinds": {"view": 1.0}}
        self.extras_ = {}
        return self

    @abstractmethod
    def scores(self, data: TrainingData) -> NDArray[np.float64]:
        """Likeness of every pair of items, (n, n)."""


class PlainWords(Dense):
    """Cosine of scikit-learn's TF-IDF as it comes, of title and text in one."""

    def scores(self, data: TrainingData) -> NDArray[np.float64]:
        both = zip(data.items.titles, data.items.texts, strict=True)
        words = TfidfVectorizer(stop_words="english")
        vectors = words.fit_transform([" ".join(fields) for fields in both])
        return np.asarray((vectors @ vectors.T).toarray(), np.float64)


class FieldWords(Dense):
    """Cosine of the product's own TF-IDF, each field weighed apart."""

    def scores(self, data: TrainingData) -> NDArray[np.float64]:
        vectors = content_vectors(data.items)
        return np.asarray((vectors @ vectors.T).toarray(), np.float64)


class Luck(Dense):
    """A random order, the same for all readers."""

    def scores(self, data: TrainingData) -> NDArray[np.float64]:
        drawn = np.random.default_rng(0).random(data.n_items) + 0.1
        return np.tile(drawn, (data.n_items, 1))


SYSTEMS: dict[str, Callable[[TrainingData], Recommender]] = {
    "ours": searched,
    "ours, default parameters": lambda past: Cold(),
    "TF-IDF alone, fields": lambda past: FieldWords(),
    "TF-IDF alone, scikit-learn": lambda past: PlainWords(),
    "random": lambda past: Luck(),
}


def read(folder: Path) -> TrainingData:
    """One view a (reader, article); the file has neither time nor order."""
    usual = csv.field_size_limit(sys.maxsize)
    try:
        return _read(folder)
    finally:
        csv.field_size_limit(usual)


def _read(folder: Path) -> TrainingData:
    texts: dict[str, str] = {}
    with gzip.open(folder / "articles.csv.gz", "rt") as lines:
        for row in csv.DictReader(lines):
            words = f"{row['doc_description']} {row['doc_body']}".strip()
            texts.setdefault(_name(row["article_id"]), words)
    titles: dict[str, str] = {}
    reads: dict[tuple[str, str], None] = {}
    with gzip.open(folder / "interactions.csv.gz", "rt") as lines:
        for row in csv.DictReader(lines):
            article = _name(row["article_id"])
            titles[article] = row["title"]
            reads[row["user"], article] = None
    ids = IdMap.of(titles)
    names = ids.texts(range(len(ids)))
    items = replace(
        Items.bare(len(ids)),
        titles=[titles[name] for name in names],
        texts=[texts.get(name, "") for name in names],
    )
    return _data(ids, items, list(reads))


def _data(ids: IdMap, items: Items, reads: list[tuple[str, str]]) -> TrainingData:
    readers = IdMap.of(reader for reader, _ in reads)
    count = len(reads)
    return TrainingData(
        ids=ids,
        items=items,
        kinds=("view",),
        visitor=readers.codes([reader for reader, _ in reads]).astype(np.int32),
        item=ids.codes([article for _, article in reads]).astype(np.int32),
        kind=np.zeros(count, np.int8),
        time=np.zeros(count),
        quantity=np.ones(count, np.float32),
        value=np.zeros(count, np.float32),
        order=np.full(count, -1, np.int32),
        n_visitors=len(readers),
        now=0.0,
    )


def _name(article: str) -> str:
    """The files write the same number once with and once without its ".0"."""
    return str(int(float(article)))

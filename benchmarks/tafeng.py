"""The next basket of every customer: tafeng-nbr, as prepared by Li et al.

History and future of 13,858 customers of a grocery ("A next basket recommendation
reality check", Li et al. 2023). Items already bought may be bought again. Recall@10
and NDCG@10 over all customers; the ideal of NDCG ends at 10 or at the basket's size.
The method is chosen by everyone's last basket of the history.
"""

from __future__ import annotations

import gzip
import json
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.protocol import apart, data_dir
from shop_personalize.ml import metrics
from shop_personalize.ml.batch import top_n
from shop_personalize.ml.data import IdMap, Items, TrainingData
from shop_personalize.ml.recommenders.alike import Alike
from shop_personalize.ml.recommenders.next_basket import Usual
from shop_personalize.ml.serving import History
from shop_personalize.ml.tuning import choose

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shop_personalize.management.console import Console

    Lists = list[Any]

K = 10
START = 10_000.0
"""Day of everybody's last basket; earlier ones lie a day apart before it."""
BUDGET_SECONDS = 240.0
PUBLISHED = {
    "personal and global frequency": {"recall@10": 0.1195, "ndcg@10": 0.1069},
}


def run(console: Console) -> dict[str, Any]:
    data, truths = read(data_dir("tafeng-nbr"))
    asked = [history(data, rows) for rows in rows_of_visitors(data)]
    make: dict[str, Callable[[], Any]] = {
        "ours": lambda: _chosen(data),
        "ours, own counts and popularity": lambda: (Usual(), {}),
        "ours, visitors alike": lambda: (Alike(), {}),
    }
    rows = [
        apart(name, partial(judged, build, data, asked, truths))
        for name, build in make.items()
    ]
    for name, lists in simple(data, asked).items():
        rows.append({"system": name, "metrics": measured(lists, truths), "fit_s": 0.0})
    return {
        "benchmark": "tafeng",
        "protocol": f"next basket of {len(truths)} customers, {data.n_items} items",
        "systems": rows,
        "published": PUBLISHED,
    }


def judged(
    build: Callable[[], Any],
    data: TrainingData,
    asked: list[History],
    truths: list[Any],
) -> dict[str, Any]:
    made, more = build()
    began = time.monotonic()
    fitted = made.fit(data)
    fit_s = time.monotonic() - began
    found = top_n(
        fitted.knowledge_,
        fitted.query_config_,
        fitted.extras_,
        histories=asked,
        n=K,
        repeats=True,
        threads=1,
    )
    took = time.monotonic() - began - fit_s
    return {
        "metrics": measured([each.items for each in found], truths),
        "fit_s": round(fit_s, 2),
        "ms_per_question": round(1000 * took / len(asked), 3),
        **more,
    }


def _chosen(data: TrainingData) -> Any:
    began = time.monotonic()
    choice = choose(
        data, "basket", k=K, clock=time.monotonic, budget_seconds=BUDGET_SECONDS
    )
    return choice.build(), {
        "method": choice.method,
        "params": choice.params,
        "ndcg hidden": round(choice.score, 4),
        "trials": len(choice.table),
        "choose_s": round(time.monotonic() - began, 1),
    }


def measured(lists: Lists, truths: list[Any]) -> dict[str, float]:
    hits = metrics.find_hits(lists, truths, K)
    relevant = np.array([len(truth) for truth in truths])
    return {
        "recall@10": round(metrics.recall(hits, relevant), 4),
        "ndcg@10": round(metrics.ndcg(hits, relevant), 4),
    }


def simple(data: TrainingData, asked: list[History]) -> dict[str, Lists]:
    """Best sellers, own counts, and own counts filled up with best sellers."""
    counts = np.bincount(data.item, minlength=data.n_items)
    top = np.argsort(-counts, kind="stable")
    everyone, own, both = [], [], []
    for each in asked:
        items, times = np.unique(each.codes, return_counts=True)
        mine = items[np.argsort(-times, kind="stable")]
        rest = top[: K + len(mine)]
        everyone.append(top[:K])
        own.append(mine[:K])
        both.append(np.concatenate([mine, rest[~np.isin(rest, mine)]])[:K])
    return {"G-TopFreq": everyone, "P-TopFreq": own, "GP-TopFreq": both}


def read(folder: Path) -> tuple[TrainingData, list[Any]]:
    """The history as purchases, a basket a day, and the items of each next basket."""
    past, future = (
        json.loads(gzip.decompress((folder / f"tafeng_{part}.json.gz").read_bytes()))
        for part in ("history", "future")
    )
    users = sorted(past)
    rows = [row for code, user in enumerate(users) for row in _rows(code, past[user])]
    visitor, since, item = (list(column) for column in zip(*rows, strict=True))
    wanted = [[item for _, _, item in _rows(0, future[user])] for user in users]
    ids = IdMap.of([*item, *(item for basket in wanted for item in basket)])
    truths = [np.unique(ids.codes(basket)) for basket in wanted]
    return _data(ids, np.array(visitor), np.array(since), ids.codes(item)), truths


def _rows(code: int, baskets: list[list[int]]) -> list[tuple[int, int, str]]:
    """(customer, later baskets, item); [-1] marks the ends of a history."""
    real = [basket for basket in baskets if basket != [-1]]
    return [
        (code, len(real) - 1 - place, str(item))
        for place, basket in enumerate(real)
        for item in basket
    ]


def _data(ids: IdMap, visitor: Any, since: Any, item: Any) -> TrainingData:
    order = np.lexsort((visitor, -since))
    visitor, since, item = visitor[order], since[order], item[order]
    _, basket = np.unique(np.stack([visitor, since]), axis=1, return_inverse=True)
    count = len(item)
    return TrainingData(
        ids=ids,
        items=Items.bare(len(ids)),
        kinds=("purchase",),
        visitor=visitor.astype(np.int32),
        item=item.astype(np.int32),
        kind=np.zeros(count, np.int8),
        time=START - since,
        quantity=np.ones(count, np.float32),
        value=np.full(count, np.nan, np.float32),
        order=basket.reshape(-1).astype(np.int32),
        n_visitors=int(visitor.max(initial=-1)) + 1,
        now=START + 1,
    )


def rows_of_visitors(data: TrainingData) -> list[Any]:
    """Row numbers of each customer, newest first."""
    order = np.lexsort((-data.time, data.visitor))
    bounds = np.searchsorted(data.visitor[order], np.arange(1, data.n_visitors))
    return np.split(order, bounds)


def history(data: TrainingData, rows: Any) -> History:
    return History(
        codes=data.item[rows].astype(np.int64),
        kinds=("purchase",) * len(rows),
        ages=data.now - data.time[rows],
        quantities=np.ones(len(rows)),
    )

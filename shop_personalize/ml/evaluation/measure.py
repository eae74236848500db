"""Ask a fitted recommender every case and measure its lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from shop_personalize.ml import metrics
from shop_personalize.ml.batch import top_n
from shop_personalize.ml.data.distinct import pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.evaluation.cases import Cases
    from shop_personalize.ml.knowledge import Ints
    from shop_personalize.ml.recommenders.base import Recommender

K = 10
Progress = Callable[[float, str], None]


def measure(
    fitted: Recommender,
    cases: Cases,
    past: TrainingData,
    *,
    k: int = K,
    progress: Progress | None = None,
) -> dict[str, float]:
    """Metrics at ``k`` over all cases, through the same ``answer`` that serves."""
    return summary(lists_for(fitted, cases, k=k, progress=progress), cases, past, k)


def lists_for(
    fitted: Recommender, cases: Cases, *, k: int = K, progress: Progress | None = None
) -> list[Ints]:
    """The first ``k`` items answered to each case, out of the whole catalog."""
    found = top_n(
        fitted.knowledge_,
        fitted.query_config_,
        fitted.extras_,
        histories=cases.histories,
        anchors=cases.anchors,
        excluded=cases.excluded,
        n=k,
        repeats=cases.repeats,
        progress=progress,
    )
    return [each.items for each in found]


def popularity(
    past: TrainingData, cases: Cases, *, days: float = 28.0, k: int = K
) -> dict[str, float]:
    """Metrics of the baseline: distinct buyers (visitors) of the last ``days``."""
    counts = visitors_of(past.where(past.time >= past.now - days))
    order = np.argsort(-counts, kind="stable")
    order = order[counts[order] > 0]
    lists = [
        order[: k + len(out)][~np.isin(order[: k + len(out)], out)][:k]
        for out in cases.excluded
    ]
    return summary(lists, cases, past, k)


def visitors_of(data: TrainingData) -> NDArray[np.int64]:
    """Distinct visitors who bought each item (touched, if nobody bought); (n,)."""
    bought = data.of_kinds("purchase")
    rows = bought if len(bought) else data
    _, item = pairs(rows.visitor, rows.item, rows.n_items)
    return np.bincount(item, minlength=rows.n_items)


def summary(
    lists: Sequence[Ints], cases: Cases, past: TrainingData, k: int
) -> dict[str, float]:
    """Name and compute every metric, rounded to 5 digits."""
    hits = metrics.find_hits(lists, cases.truths, k)
    relevant = np.array([len(truth) for truth in cases.truths], np.int64)
    shares = np.maximum(visitors_of(past), 0.5) / max(past.n_visitors, 1)
    values = {
        "ndcg": metrics.ndcg(hits, relevant),
        "recall": metrics.recall(hits, relevant),
        "precision": metrics.precision(hits),
        "hit_rate": metrics.hit_rate(hits),
        "mrr": metrics.mrr(hits),
        "map": metrics.mean_average_precision(hits, relevant),
        "coverage": metrics.coverage(lists, past.n_items),
        "gini": metrics.gini(lists, past.n_items),
        "novelty": metrics.novelty(lists, shares),
    }
    return {f"{name}@{k}": round(value, 5) for name, value in values.items()}

"""How well lists hit what came; each function returns the mean over the cases.

``hits`` bool (cases, k): whether position p of the list was right; ``relevant`` int
(cases,): how many items would have been right, >= 1. No case at all scores 0. The
values of the single cases are in :mod:`shop_personalize.ml.metrics.per_case`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.metrics import per_case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shop_personalize.ml.knowledge import Ints

Hits = NDArray[np.bool_]


def find_hits(lists: Sequence[Ints], truths: Sequence[Ints], k: int) -> Hits:
    """Mark the right positions of each list's first ``k``; short lists are padded."""
    hits = np.zeros((len(lists), k), bool)
    for row, (items, truth) in enumerate(zip(lists, truths, strict=True)):
        right = set(truth.tolist())
        top = items[:k].tolist()
        hits[row, : len(top)] = [item in right for item in top]
    return hits


def ndcg(hits: Hits, relevant: Ints) -> float:
    """Normalized discounted cumulative gain, binary; ideal cut at min(relevant, k)."""
    return _mean(per_case.ndcg(hits, relevant))


def recall(hits: Hits, relevant: Ints) -> float:
    """Share of the relevant items that were found."""
    return _mean(per_case.recall(hits, relevant))


def precision(hits: Hits) -> float:
    """Share of the k positions that were right."""
    return _mean(np.asarray(hits.mean(axis=1)))


def f1(hits: Hits, relevant: Ints) -> float:
    """Harmonic mean of precision and recall of each case."""
    return _mean(per_case.f1(hits, relevant))


def hit_rate(hits: Hits) -> float:
    """Share of the cases with at least one right position."""
    return _mean(np.asarray(hits.any(axis=1)))


def mrr(hits: Hits) -> float:
    """Reciprocal of the first right position, 0 if there is none."""
    return _mean(per_case.mrr(hits, hits.sum(axis=1)))


def mean_average_precision(hits: Hits, relevant: Ints) -> float:
    """Precision at each right position, averaged over min(relevant, k)."""
    return _mean(per_case.average_precision(hits, relevant))


def auc(hits: Hits, relevant: Ints, candidates: Ints, shown: Ints) -> float:
    """Chance that a right item stands above a wrong one."""
    return _mean(per_case.auc(hits, relevant, candidates, shown))


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean()) if len(values) else 0.0

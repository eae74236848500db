"""How well each list hit what came: one value a case, so that cases can be compared.

``hits`` bool (cases, k): whether position p of the list was right; ``relevant`` int
(cases,): how many items would have been right, >= 1. Each function returns float
(cases,). The means over cases are in :mod:`shop_personalize.ml.metrics.ranking`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from shop_personalize.ml.knowledge import Ints

Hits = NDArray[np.bool_]
Values = NDArray[np.float64]


def ndcg(hits: Hits, relevant: Ints) -> Values:
    """Normalized discounted cumulative gain, binary; ideal cut at min(relevant, k).

    Järvelin, Kekäläinen 2002, with the discount 1 / log2(position + 1).
    """
    discount = 1 / np.log2(np.arange(2, hits.shape[1] + 2))
    ideal = np.cumsum(discount)[np.minimum(relevant, hits.shape[1]) - 1]
    return np.asarray((hits * discount).sum(axis=1) / ideal, np.float64)


def recall(hits: Hits, relevant: Ints) -> Values:
    """Share of the relevant items that were found."""
    return np.asarray(hits.sum(axis=1) / relevant, np.float64)


def precision(hits: Hits, relevant: Ints) -> Values:
    """Share of the k positions that were right; a short list's rest counts wrong."""
    return np.asarray(hits.mean(axis=1), np.float64)


def f1(hits: Hits, relevant: Ints) -> Values:
    """Harmonic mean of precision and recall: 2 hits / (k + relevant)."""
    return np.asarray(2 * hits.sum(axis=1) / (hits.shape[1] + relevant), np.float64)


def hit_rate(hits: Hits, relevant: Ints) -> Values:
    """1 where at least one position is right."""
    return np.asarray(hits.any(axis=1), np.float64)


def mrr(hits: Hits, relevant: Ints) -> Values:
    """Reciprocal of the first right position, 0 if there is none."""
    first = 1 / (hits.argmax(axis=1) + 1)
    return np.asarray(np.where(hits.any(axis=1), first, 0.0), np.float64)


def average_precision(hits: Hits, relevant: Ints) -> Values:
    """Precision at each right position, averaged over min(relevant, k)."""
    at = np.cumsum(hits, axis=1) / np.arange(1, hits.shape[1] + 1)
    total = (at * hits).sum(axis=1)
    return np.asarray(total / np.minimum(relevant, hits.shape[1]), np.float64)


def auc(hits: Hits, relevant: Ints, candidates: Ints, shown: Ints) -> Values:
    """Chance that a right item stands above a wrong one, of all ``candidates``.

    ``candidates`` int (cases,): how many items could have been listed; ``shown`` int
    (cases,): how many were. What was not listed stands below in no order, so half of
    such pairs count: a full ranking gives the area under the ROC curve (Hanley, McNeil
    1982), a list of k its expectation when the rest is shuffled. 0.5 where nothing
    could be wrong.
    """
    listed = np.arange(hits.shape[1]) < shown[:, None]
    wrong = np.maximum(candidates - relevant, 0)
    above = np.cumsum(listed & ~hits, axis=1)
    missed = relevant - hits.sum(axis=1)
    beneath = wrong - above[:, -1] if hits.shape[1] else wrong
    behind = (above * hits).sum(axis=1) + missed * (wrong - beneath / 2)
    pairs = np.maximum(relevant * wrong, 1)
    return np.asarray(np.where(wrong > 0, 1 - behind / pairs, 0.5), np.float64)


PER_CASE: dict[str, Callable[[Hits, Ints], Values]] = {
    "ndcg": ndcg,
    "recall": recall,
    "precision": precision,
    "f1": f1,
    "hit_rate": hit_rate,
    "mrr": mrr,
    "map": average_precision,
}
"""By the name results carry; ``metric@k`` is the mean of its values."""

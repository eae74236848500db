"""Ask a fitted recommender every case and measure its lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from shop_personalize.ml.batch import top_n
from shop_personalize.ml.evaluation.summary import DAYS, popular_lists, summary

if TYPE_CHECKING:
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
    sampled: int = 0,
    progress: Progress | None = None,
) -> dict[str, float]:
    """Metrics at ``k`` over all cases, through the same ``answer`` that serves.

    The whole catalog is ranked. With ``sampled`` > 0 the right items stand among that
    many random others instead, as some published tables have it; such numbers are
    higher and may order methods otherwise (Krichene, Rendle 2020), so their names say
    it: ``ndcg@10 of 100 sampled``.
    """
    if sampled <= 0:
        return summary(lists_for(fitted, cases, k=k, progress=progress), cases, past, k)
    every = lists_for(fitted, cases, k=past.n_items, progress=progress)
    lists = among(every, cases, past.n_items, k=k, others=sampled)
    found = summary(lists, cases, past, k)
    return {f"{name} of {sampled} sampled": value for name, value in found.items()}


def among(
    lists: Sequence[Ints],
    cases: Cases,
    n_items: int,
    *,
    k: int,
    others: int,
    seed: int = 0,
) -> list[Ints]:
    """Keep of each full list the right items and ``others`` random ones, first ``k``.

    The random ones are neither right nor excluded, and the same for every recommender.
    """
    rng = np.random.default_rng(seed)
    found = []
    for items, truth, out in zip(lists, cases.truths, cases.excluded, strict=True):
        wrong = np.setdiff1d(np.arange(n_items), np.concatenate([truth, out]))
        drawn = rng.permutation(wrong)[:others]
        found.append(items[np.isin(items, np.concatenate([truth, drawn]))][:k])
    return found


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
    past: TrainingData, cases: Cases, *, days: float = DAYS, k: int = K
) -> dict[str, float]:
    """Metrics of the baseline: distinct buyers (visitors) of the last ``days``."""
    return summary(popular_lists(past, cases, days=days, k=k), cases, past, k)

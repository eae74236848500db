"""Every measure of a set of lists: means by name, and the values they are means of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shop_personalize.ml import metrics
from shop_personalize.ml.data.distinct import pairs
from shop_personalize.ml.metrics import per_case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.evaluation.cases import Cases
    from shop_personalize.ml.knowledge import Ints

    Values = dict[str, NDArray[np.float64]]

DAYS = 28.0


def summary(
    lists: Sequence[Ints],
    cases: Cases,
    past: TrainingData,
    k: int,
    values: Values | None = None,
) -> dict[str, float]:
    """Name and compute every metric, rounded to 5 digits.

    ``values`` are those of :func:`values_of` where they are known already.
    """
    values = values_of(lists, cases, past, k) if values is None else values
    means = {name: _mean(each) for name, each in values.items()}
    shown = [items[:k] for items in lists]
    histories = [history.codes for history in cases.histories]
    whole = {
        f"coverage@{k}": metrics.coverage(shown, past.n_items),
        f"gini@{k}": metrics.gini(shown, past.n_items),
        f"popularity_lift@{k}": metrics.popularity_lift(
            shown, histories, shares_of(past)
        ),
    }
    return {name: round(value, 5) for name, value in (means | whole).items()}


def values_of(
    lists: Sequence[Ints], cases: Cases, past: TrainingData, k: int
) -> Values:
    """One value a case by ``metric@k``; NaN where nothing can be said of a list.

    ``auc@k`` is that of a list of ``k`` out of the whole catalog (what is not listed
    counts as shuffled); serendipity is against the best sellers of the same case,
    diversity by categories, where the catalog has any.
    """
    hits = metrics.find_hits(lists, cases.truths, k)
    relevant = np.array([len(truth) for truth in cases.truths], np.int64)
    shown = [items[:k] for items in lists]
    lengths = np.array([len(items) for items in shown], np.int64)
    candidates = past.n_items - np.array([len(out) for out in cases.excluded], np.int64)
    shares = shares_of(past)
    usual = popular_lists(past, cases, k=k)
    labels = [frozenset(words) for words in past.items.categories]
    values = {name: each(hits, relevant) for name, each in metrics.PER_CASE.items()}
    values |= {
        "auc": per_case.auc(hits, relevant, candidates, lengths),
        "novelty": metrics.novelty_each(shown, shares),
        "popularity": metrics.popularity_each(shown, shares),
        "serendipity": metrics.serendipity_each(shown, cases.truths, usual, k),
    }
    if any(labels):
        values["diversity"] = metrics.diversity_each(shown, labels)
    return {f"{name}@{k}": each for name, each in values.items()}


def popular_lists(
    past: TrainingData, cases: Cases, *, days: float = DAYS, k: int
) -> list[Ints]:
    """What the baseline shows: most distinct buyers (visitors) of the last ``days``."""
    counts = visitors_of(past.where(past.time >= past.now - days))
    order = np.argsort(-counts, kind="stable")
    order = order[counts[order] > 0]
    blocked = np.zeros(past.n_items, bool)
    found: list[Ints] = []
    for out in cases.excluded:
        blocked[out] = True
        top = order[: k + len(out)]
        found.append(top[~blocked[top]][:k])
        blocked[out] = False
    return found


def shares_of(data: TrainingData) -> NDArray[np.float64]:
    """Share of visitors who had each item; half a visitor where nobody had; (n,)."""
    return np.asarray(np.maximum(visitors_of(data), 0.5) / max(data.n_visitors, 1))


def visitors_of(data: TrainingData) -> NDArray[np.int64]:
    """Distinct visitors who bought each item (touched, if nobody bought); (n,)."""
    bought = data.of_kinds("purchase")
    rows = bought if len(bought) else data
    _, item = pairs(rows.visitor, rows.item, rows.n_items)
    return np.bincount(item, minlength=rows.n_items)


def _mean(values: NDArray[np.float64]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else 0.0

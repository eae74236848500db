"""Hide whole products: what a recommender can say of those nobody has touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from shop_personalize.ml.data.distinct import pairs
from shop_personalize.ml.evaluation.cases import NOTHING, Cases, history_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from shop_personalize.ml.data import Items, TrainingData
    from shop_personalize.ml.evaluation.splits import Folds

SHARE = 0.2
MOST = 5000


@dataclass(frozen=True)
class Hidden:
    """What is left without some items, and what is asked about them.

    ``codes`` int64 (h,) are the hidden items, ascending; ``among`` asks for the best
    of the hidden items alone, ``everywhere`` for the best of all but the visitor's own.
    """

    past: TrainingData
    codes: NDArray[np.int64]
    among: Cases
    everywhere: Cases


def described(items: Items) -> NDArray[np.bool_]:
    """Whether an item fills at least as many fields as the median one; shape (n,)."""
    filled = np.array(
        [
            sum(map(bool, (title.strip(), text.strip(), groups, brand, facts)))
            for title, text, groups, brand, facts in zip(
                items.titles,
                items.texts,
                items.categories,
                items.brands,
                items.attributes,
                strict=True,
            )
        ],
        np.int64,
    )
    if not len(filled):
        return np.zeros(0, bool)
    return np.asarray(filled >= max(float(np.median(filled)), 1.0))


def hide_items(
    data: TrainingData,
    eligible: NDArray[np.bool_],
    *,
    share: float = SHARE,
    most: int = MOST,
    seed: int = 0,
) -> Hidden:
    """Hide ``share`` of the touched ``eligible`` (n_items,) items, drawn with ``seed``.

    Asked are the visitors who touched hidden items and others too, at most ``most``.
    Raises ``ValueError`` for a share outside 0..1 or a mask of another length.
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1, such as 0.2, not {share}")
    if len(eligible) != data.n_items:
        raise ValueError(
            f"eligible must have one entry an item: {data.n_items}, not {len(eligible)}"
        )
    touched = np.bincount(data.item, minlength=data.n_items) > 0
    rng = np.random.default_rng(seed)
    drawn = rng.permutation(np.flatnonzero(eligible & touched))
    codes = np.sort(drawn[: int(share * len(drawn))])
    gone = np.zeros(data.n_items, bool)
    gone[codes] = True
    past = data.where(np.flatnonzero(~gone[data.item]))
    among, everywhere = Cases("new"), Cases("new")
    warm = np.flatnonzero(~gone)
    for rows, own, wanted in _asked(data, past, gone, most, rng):
        history = history_of(past, rows)
        among.add(history, NOTHING, warm, wanted)
        everywhere.add(history, NOTHING, own, wanted)
    return Hidden(past, codes, among, everywhere)


def cold_items(
    data: TrainingData, *, folds: int = 3, most: int = MOST, seed: int = 0
) -> Folds:
    """Hide a fifth of the well described items, ``folds`` times; [] if nothing can be.

    Asked is for the best among the hidden items alone, as when new products come in.
    """
    eligible = described(data.items)
    found = []
    for fold in range(folds):
        hidden = hide_items(
            data, eligible, most=max(most // folds, 1), seed=seed + fold
        )
        if len(hidden.among):
            found.append((hidden.past, hidden.among))
    return found


def _asked(
    data: TrainingData,
    past: TrainingData,
    gone: NDArray[np.bool_],
    most: int,
    rng: np.random.Generator,
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """Rows of ``past`` (oldest first), items left and items hidden of each visitor."""
    visitor, item = pairs(data.visitor, data.item, data.n_items)
    order = np.lexsort((past.time, past.visitor))
    rows_of = np.searchsorted(past.visitor[order], np.arange(data.n_visitors + 1))
    items_of = np.searchsorted(visitor, np.arange(data.n_visitors + 1))
    left = np.diff(rows_of) > 0
    owners = np.unique(visitor[gone[item]])
    owners = owners[left[owners]]
    if len(owners) > most:
        owners = np.sort(rng.choice(owners, most, replace=False))
    for owner in owners:
        own = item[items_of[owner] : items_of[owner + 1]]
        rows = order[rows_of[owner] : rows_of[owner + 1]]
        yield rows, own[~gone[own]], own[gone[own]]

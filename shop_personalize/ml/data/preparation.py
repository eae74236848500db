"""Making data fit to learn from: each step a function of its own, none in secret.

Rows are cleaned and capped, visitors trusted by what is known of them, matrices
normalized. How kinds of events weigh and fade is in
:mod:`shop_personalize.ml.recommenders.matrices`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from shop_personalize.ml.data.distinct import pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from numpy.typing import NDArray

    from shop_personalize.ml.data.training_data import TrainingData

TRUST = {"buyer": 1.0, "identified": 0.5, "guest": 0.2}
"""What a visitor's word counts: money speaks, a name can be asked, a guest is free."""
BM25_K1, BM25_B = 1.2, 0.75
"""Saturation and length normalization (Robertson, Zaragoza 2009, section 3.2)."""


@dataclass(frozen=True)
class Cleaned:
    """What is left, and how many rows went for which reason."""

    data: TrainingData
    dropped: dict[str, int]


def _unknown(data: TrainingData) -> NDArray[np.bool_]:
    found = np.zeros(len(data), bool)
    for column, size in (
        (data.visitor, data.n_visitors),
        (data.item, data.n_items),
        (data.kind, len(data.kinds)),
    ):
        found |= (column < 0) | (column >= size)
    return found


def _negative(data: TrainingData) -> NDArray[np.bool_]:
    refund = data.kinds.index("refund") if "refund" in data.kinds else -1
    return np.asarray((data.quantity < 0) & (data.kind != refund))


def _repeated(data: TrainingData) -> NDArray[np.bool_]:
    """Whether an earlier row says the very same."""
    columns = (data.order, data.time, data.kind, data.item, data.visitor)
    order = np.lexsort(columns)
    same = np.ones(max(len(data) - 1, 0), bool)
    for column in columns:
        same &= column[order][1:] == column[order][:-1]
    repeated = np.zeros(len(data), bool)
    repeated[order[1:]] = same
    return repeated


REASONS: dict[str, Callable[[TrainingData], NDArray[np.bool_]]] = {
    "unknown": _unknown,
    "time": lambda data: ~np.isfinite(data.time),
    "quantity": lambda data: ~np.isfinite(data.quantity),
    "negative": _negative,
    "zero": lambda data: data.quantity == 0,
    "duplicate": _repeated,
}
"""Why a row is no use: a visitor, item or kind out of range; a time or quantity that is
no finite number; units below 0 (refunds excepted) or none; the same visitor, item,
kind, time and order as an earlier row."""


def cleaned(data: TrainingData, reasons: Collection[str] = tuple(REASONS)) -> Cleaned:
    """Drop the rows nothing can be learned from; the first reason that holds counts.

    ``reasons`` may leave some out: two equal lines of one order are duplicates, but
    what was sent back of them is counted in units. Where nothing is wrong ``data``
    itself is returned. Raises ValueError for an unknown reason.
    """
    for reason in reasons:
        if reason not in REASONS:
            known = ", ".join(REASONS)
            raise ValueError(f"reasons: {reason!r}, needed are some of {known}")
    left = np.ones(len(data), bool)
    dropped = {}
    for reason in reasons:
        wrong = REASONS[reason](data) & left
        dropped[reason] = int(wrong.sum())
        left &= ~wrong
    return Cleaned(data if left.all() else data.where(left), dropped)


def filled(values: NDArray[Any], groups: NDArray[Any] | None = None) -> NDArray[Any]:
    """Replace each NaN by the median of its group, else of all, else by 0.

    ``values`` float (m,); ``groups`` (m,) codes >= 0 such as an item's category. What
    is missing among interactions is no zero and is not filled: nobody said no.
    """
    known = np.isfinite(values)
    result = np.where(known, values, np.median(values[known]) if known.any() else 0.0)
    if groups is None or not known.any():
        return np.asarray(result, values.dtype)
    for group in np.unique(groups[~known]):
        inside = groups == group
        if (inside & known).any():
            result[inside & ~known] = np.median(values[inside & known])
    return np.asarray(result, values.dtype)


def newest(data: TrainingData, most: int) -> TrainingData:
    """Keep the ``most`` latest distinct items of each visitor, with all their rows.

    Caps what one visitor can say: pairs grow with the square of a history, and the
    longest histories are resellers, staff and robots.
    """
    if most < 1:
        raise ValueError(f"most: {most} items, needed is 1 or more")
    visitor, item = pairs(data.visitor, data.item, data.n_items)
    if not len(visitor) or np.bincount(visitor).max() <= most:
        return data
    key = data.visitor.astype(np.int64) * data.n_items + data.item
    place = np.searchsorted(visitor * data.n_items + item, key)
    latest = np.full(len(visitor), -np.inf)
    np.maximum.at(latest, place, data.time)
    order = np.lexsort((item, -latest, visitor))
    starts = np.searchsorted(visitor, visitor)
    kept = np.zeros(len(visitor), bool)
    kept[order] = np.arange(len(visitor)) - starts < most
    return data.where(kept[place])


def trust(data: TrainingData) -> NDArray[np.float64]:
    """What each visitor's word counts, the most trusted 1; shape (visitors,).

    Buyers, then those the shop knows by name (``data.identified``), then guests, as
    :data:`TRUST` says. A shop of guests alone trusts them all alike.
    """
    level = np.full(data.n_visitors, TRUST["guest"])
    if data.identified is not None:
        level[data.identified] = TRUST["identified"]
    level[data.of_kinds("purchase").visitor] = TRUST["buyer"]
    seen = np.bincount(data.visitor, minlength=data.n_visitors) > 0
    top = level[seen].max(initial=0.0) or 1.0
    return np.asarray(np.minimum(level / top, 1.0))


def normalized(matrix: sparse.csr_array, how: str) -> sparse.csr_array:
    """Weigh the entries of owners x items (values > 0) before they are compared.

    ``none``; ``log``: log(1 + x); ``rows``, ``columns``: each of length 1; ``tfidf``:
    sqrt(x) times log(owners / owners of the item), 1 added to both; ``bm25``: the same
    rarity, counts saturating and long histories damped. Raises ValueError for another.
    """
    ways: dict[str, Callable[[NDArray[np.int64]], NDArray[Any]]] = {
        "none": lambda _: matrix.data,
        "log": lambda _: np.log1p(matrix.data),
        "rows": lambda rows: matrix.data / _lengths(rows, matrix.data)[rows],
        "columns": lambda _: (
            matrix.data / _lengths(matrix.indices, matrix.data)[matrix.indices]
        ),
        "tfidf": lambda _: np.sqrt(matrix.data) * _rarity(matrix)[matrix.indices],
        "bm25": lambda rows: _saturated(matrix, rows) * _rarity(matrix)[matrix.indices],
    }
    if how not in ways:
        raise ValueError(f"how: {how!r}, needed is one of {', '.join(ways)}")
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    data = np.asarray(ways[how](rows), np.float32)
    return sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def _lengths(groups: NDArray[Any], values: NDArray[Any]) -> NDArray[np.float64]:
    squares = np.bincount(groups, np.asarray(values, np.float64) ** 2)
    return np.asarray(np.sqrt(np.maximum(squares, 1e-30)))


def _rarity(matrix: sparse.csr_array) -> NDArray[np.float64]:
    owners = np.bincount(matrix.indices, minlength=matrix.shape[1])
    return np.asarray(np.log((1 + matrix.shape[0]) / (1 + owners)) + 1e-3)


def _saturated(
    matrix: sparse.csr_array, rows: NDArray[np.int64]
) -> NDArray[np.float64]:
    totals = np.bincount(rows, matrix.data, minlength=matrix.shape[0])
    mean = totals.sum() / max(np.count_nonzero(totals), 1) or 1.0
    damp = BM25_K1 * (1 - BM25_B + BM25_B * totals / mean)
    return np.asarray(matrix.data * (BM25_K1 + 1) / (matrix.data + damp[rows]))

"""Neighbor rows renewed where something happened, kept where nothing did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.knowledge import ItemNeighbors

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from shop_personalize.ml.data import IdMap

    Edges = tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]
    """Parallel columns of edges: row, column, score, support."""

COMPARED = 64
"""Untouched rows that are computed anew to see how the scale of scores has moved."""


def moved(known: ItemNeighbors, old: IdMap, new: IdMap) -> ItemNeighbors:
    """Say the same rows in the codes of ``new``; items it lacks are left out."""
    to = new.codes(old.texts(range(len(old))))
    if len(old) == len(new) and np.array_equal(to, np.arange(len(old))):
        return known
    rows, columns, scores, support = edges_of(known)
    keep = (to[rows] >= 0) & (to[columns] >= 0)
    found = (to[rows[keep]], to[columns[keep]], scores[keep], support[keep])
    return pruned(found, len(new), k=len(new))


def renewed(
    known: ItemNeighbors,
    touched: NDArray[np.bool_],
    score_rows: Callable[[NDArray[np.int64]], Edges],
    score_columns: Callable[[NDArray[np.int64]], Edges],
    *,
    k: int,
    min_support: float,
) -> ItemNeighbors:
    """Replace the rows and columns of ``touched`` items (n,) in ``known``.

    ``score_rows(codes)`` and ``score_columns(codes)`` return the edges of the whole
    history that leave, or lead to, these items. Edges between untouched items keep
    their scores, times one factor: as time goes by all scores fade alike, and the rows
    of a few untouched items tell by how much (the median ratio). Exact but for what
    changed in the degrees of visitors and items that untouched edges pass through.
    """
    fresh, rest = np.flatnonzero(touched), np.flatnonzero(~touched)
    sample = _longest(known, rest)
    rows = score_rows(np.concatenate([fresh, sample]))
    factor = scale_of(known, rows, touched)
    own = _where(rows, touched[rows[0]])
    into = score_columns(fresh)
    into = _where(into, ~touched[into[0]])
    kept = edges_of(known)
    kept = _where(kept, ~touched[kept[0]] & ~touched[kept[1]])
    kept = (kept[0], kept[1], kept[2] * factor, kept[3])
    every: Any = tuple(
        np.concatenate(part) for part in zip(own, into, kept, strict=True)
    )
    usable = (every[2] > 0) & (every[3] >= min_support) & (every[0] != every[1])
    return pruned(_where(every, usable), known.n_items, k=k)


def scale_of(known: ItemNeighbors, rows: Edges, touched: NDArray[np.bool_]) -> float:
    """Median of new over old score of the edges between untouched items; 1 if none."""
    new = _where(rows, ~touched[rows[0]] & ~touched[rows[1]])
    old = edges_of(known)
    n = max(known.n_items, 1)
    new_key, old_key = new[0].astype(np.int64) * n + new[1], old[0] * n + old[1]
    _, at, before = np.intersect1d(new_key, old_key, return_indices=True)
    fine = (old[2][before] > 0) & (new[2][at] > 0)
    if not fine.any():
        return 1.0
    return float(np.median(new[2][at][fine] / old[2][before][fine]))


def edges_of(known: ItemNeighbors) -> Edges:
    """All edges as parallel columns: row, column, score, support."""
    rows = np.repeat(np.arange(known.n_items), np.diff(known.indptr))
    return rows, np.asarray(known.indices, np.int64), known.data, known.support


def pruned(edges: Edges, n_items: int, *, k: int) -> ItemNeighbors:
    """Rows of at most ``k`` edges, best first, ties by column."""
    rows, columns, scores, support = edges
    order = np.lexsort((columns, -scores, rows))
    sizes = np.bincount(rows, minlength=n_items)
    starts = np.cumsum(sizes) - sizes
    place = np.arange(len(rows)) - np.repeat(starts, sizes)
    order = order[place < k]
    return ItemNeighbors(
        np.concatenate([[0], np.cumsum(np.minimum(sizes, k))]).astype(np.int64),
        columns[order].astype(np.int32),
        scores[order].astype(np.float32),
        np.ceil(support[order]).astype(np.int32),
    )


def _longest(known: ItemNeighbors, codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of ``codes`` with the most neighbors, at most ``COMPARED``."""
    sizes = np.diff(known.indptr)[codes]
    return codes[np.argsort(-sizes, kind="stable")[:COMPARED]]


def _where(edges: Edges, mask: NDArray[Any]) -> Edges:
    rows, columns, scores, support = edges
    return rows[mask], columns[mask], scores[mask], support[mask]

"""Neighbor rows renewed where something happened, kept where nothing did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.knowledge import ItemNeighbors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from shop_personalize.ml.data import IdMap

    Edges = tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]
    """Parallel columns of edges: row, column, score, support."""
    Part = tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]
    """Rows of edges: where each ends (one more than rows), column, score, support."""

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


def kept(known: ItemNeighbors, touched: NDArray[np.bool_], factor: float) -> Part:
    """Return the edges between untouched items, their scores times ``factor``."""
    rows, columns, scores, support = edges_of(known)
    keep = ~touched[rows] & ~touched[columns]
    sizes = np.bincount(rows[keep], minlength=known.n_items)
    ends = np.concatenate([[0], np.cumsum(sizes)])
    return ends, columns[keep], scores[keep] * factor, support[keep]


def beside(parts: Sequence[Part]) -> Part:
    """Put the edges of the same rows from several parts side by side, in that order."""
    sizes = [np.diff(ends) for ends, *_ in parts]
    ends = np.concatenate([[0], np.cumsum(np.sum(sizes, axis=0))])
    columns = np.empty(ends[-1], np.int64)
    scores = np.empty(ends[-1], np.float32)
    support = np.empty(ends[-1], np.float64)
    start = ends[:-1].copy()
    for (own, *values), size in zip(parts, sizes, strict=True):
        at = np.arange(own[-1] - own[0]) + np.repeat(start - (own[:-1] - own[0]), size)
        inside = slice(own[0], own[-1])
        columns[at], scores[at], support[at] = (each[inside] for each in values)
        start += size
    return ends, columns, scores, support


def fewer(part: Part, rows: slice) -> Part:
    """Return the edges of some consecutive rows."""
    ends, columns, scores, support = part
    own = ends[rows.start : rows.stop + 1]
    inside = slice(own[0], own[-1])
    return own - own[0], columns[inside], scores[inside], support[inside]


def scale_of(known: ItemNeighbors, codes: NDArray[np.int64], fresh: Part) -> float:
    """Median of new over old score of the edges of a few rows; 1 if none is in both.

    ``fresh`` holds the rows of ``codes`` as they are now. As time goes by all scores
    fade alike, and rows that nothing touched tell by how much.
    """
    ends, columns, scores, _ = fresh
    ratios = [np.empty(0)]
    for at, code in enumerate(codes):
        near, before = known.row(int(code))
        now = slice(ends[at], ends[at + 1])
        _, new, old = np.intersect1d(columns[now], near, return_indices=True)
        fine = (before[old] > 0) & (scores[now][new] > 0)
        ratios.append(scores[now][new][fine] / before[old][fine])
    found = np.concatenate(ratios)
    return float(np.median(found)) if len(found) else 1.0


def sample(known: ItemNeighbors, codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return those of ``codes`` with the most neighbors, at most ``COMPARED``."""
    sizes = np.diff(known.indptr)[codes]
    return np.sort(codes[np.argsort(-sizes, kind="stable")[:COMPARED]])


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

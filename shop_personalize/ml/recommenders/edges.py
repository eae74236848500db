"""Sparse products item x item, pruned row by row so that they fit in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shop_personalize.ml.knowledge import ItemNeighbors

ENTRIES_AT_ONCE = 20_000_000
"""Upper estimate of the multiplications of one block of rows (12 bytes each)."""


def no_edges(n_items: int) -> ItemNeighbors:
    """Neighbors of ``n_items`` items that have none."""
    return ItemNeighbors(
        indptr=np.zeros(n_items + 1, np.int64),
        indices=np.empty(0, np.int32),
        data=np.empty(0, np.float32),
        support=np.empty(0, np.int32),
    )


def neighbors_from(
    blocks: Iterator[tuple[sparse.csr_array, NDArray[Any]]],
    n_items: int,
    *,
    k: int,
    min_support: float,
) -> ItemNeighbors:
    """Prune blocks of (rows with scores, support of each entry) to the top ``k``.

    Blocks come in row order. Self-edges, scores <= 0 and edges with less than
    ``min_support`` are dropped.
    """
    counts, indices, data, supports = [], [], [], []
    row = 0
    for scores, support in blocks:
        rows = np.repeat(np.arange(scores.shape[0]), np.diff(scores.indptr))
        keep = (scores.data > 0) & (support >= min_support)
        keep &= scores.indices != rows + row
        rows, columns = rows[keep], scores.indices[keep]
        values, behind = scores.data[keep], support[keep]
        order = np.lexsort((columns, -values, rows))
        starts = np.searchsorted(rows[order], np.arange(scores.shape[0]))
        rank = np.arange(len(order)) - starts[rows[order]]
        order = order[rank < k]
        counts.append(np.bincount(rows[order], minlength=scores.shape[0]))
        indices.append(columns[order].astype(np.int32))
        data.append(values[order].astype(np.float32))
        supports.append(np.ceil(behind[order]).astype(np.int32))
        row += scores.shape[0]
    if not counts:
        return no_edges(n_items)
    indptr = np.concatenate([[0], np.cumsum(np.concatenate(counts))])
    return ItemNeighbors(
        indptr.astype(np.int64),
        np.concatenate(indices),
        np.concatenate(data),
        np.concatenate(supports),
    )


def row_blocks(left: sparse.csr_array, right: sparse.csr_array) -> Iterator[slice]:
    """Cut the rows of ``left`` so that each block of left @ right stays small."""
    work = np.concatenate([[0], np.cumsum(np.diff(right.indptr)[left.indices])])
    per_row = work[left.indptr[1:]] - work[left.indptr[:-1]]
    block = np.cumsum(per_row) // ENTRIES_AT_ONCE
    cuts = np.flatnonzero(np.diff(block)) + 1
    edges = [0, *cuts.tolist(), left.shape[0]]
    for start, stop in zip(edges[:-1], edges[1:], strict=True):
        if stop > start:
            yield slice(start, stop)


Score = Callable[[slice, sparse.csr_array], NDArray[Any]]


def counted(
    left: sparse.csr_array, right: sparse.csr_array, score: Score
) -> Iterator[tuple[sparse.csr_array, NDArray[Any]]]:
    """Blocks of ``left @ right`` whose entries are support, scored by ``score``."""
    for rows in row_blocks(left, right):
        product = sparse.csr_array(left[rows] @ right)
        support = product.data.copy()
        product.data = score(rows, product)
        yield product, support

"""Sparse products item x item, pruned row by row so that they fit in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
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
    kept: list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]] = []
    for scores, support in blocks:
        enough = (scores.data > 0) & (support >= min_support)
        for at in range(scores.shape[0]):
            part = slice(scores.indptr[at], scores.indptr[at + 1])
            usable = enough[part] & (scores.indices[part] != len(kept))
            best = _best(scores.indices[part], scores.data[part], usable, k)
            kept.append(
                (
                    scores.indices[part][best],
                    scores.data[part][best],
                    support[part][best],
                )
            )
    if not kept:
        return no_edges(n_items)
    indices, data, supports = (
        np.concatenate(column) for column in zip(*kept, strict=True)
    )
    sizes = [len(row[0]) for row in kept]
    return ItemNeighbors(
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        indices.astype(np.int32),
        data.astype(np.float32),
        np.ceil(supports).astype(np.int32),
    )


def _best(
    columns: NDArray[Any], scores: NDArray[Any], usable: NDArray[np.bool_], k: int
) -> NDArray[np.int64]:
    """Positions of the ``k`` best usable entries, best first, ties by column."""
    at = np.flatnonzero(usable)
    if len(at) > k:
        at = at[np.argpartition(-scores[at], k - 1)[:k]]
    return np.asarray(at[np.lexsort((columns[at], -scores[at]))])


def row_blocks(left: sparse.csr_array, right: sparse.csr_array) -> Iterator[slice]:
    """Cut the rows of ``left`` so that each block of left @ right stays small."""
    work = np.concatenate([[0], np.cumsum(np.diff(right.indptr)[left.indices])])
    per_row = work[left.indptr[1:]] - work[left.indptr[:-1]]
    block = np.cumsum(per_row) // ENTRIES_AT_ONCE
    cuts = np.flatnonzero(np.diff(block)) + 1
    edges = [0, *cuts.tolist(), left.shape[0]]
    for start, stop in pairwise(edges):
        if stop > start:
            yield slice(start, stop)


Score = Callable[[slice, sparse.csr_array], NDArray[Any]]


def counted(
    left: sparse.csr_array,
    right: sparse.csr_array,
    score: Score,
    *,
    min_support: float,
) -> Iterator[tuple[sparse.csr_array, NDArray[Any]]]:
    """Blocks of ``left @ right``: entries are support, those with enough are scored."""
    for rows in row_blocks(left, right):
        product = sparse.csr_array(left[rows] @ right)
        product.data[product.data < min_support] = 0
        product.eliminate_zeros()
        support = product.data.copy()
        product.data = score(rows, product)
        yield product, support


def reweighed(
    edges: ItemNeighbors,
    factor: Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]],
    *,
    k: int,
) -> ItemNeighbors:
    """Multiply each edge (i, j) by ``factor(i, j)``; keep the ``k`` best of a row."""
    n = edges.n_items
    rows = np.repeat(np.arange(n), np.diff(edges.indptr))
    data = edges.data * factor(rows, edges.indices)
    shape = (n, n)
    scores = sparse.csr_array((data, edges.indices, edges.indptr), shape=shape)
    return neighbors_from(iter([(scores, edges.support)]), n, k=k, min_support=0)

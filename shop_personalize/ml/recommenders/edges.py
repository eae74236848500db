"""Sparse products item x item, pruned row by row so that they fit in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from shop_personalize.ml.knowledge import ItemNeighbors
from shop_personalize.ml.threads import threads

ENTRIES_AT_ONCE = 2_000_000
"""Upper estimate of the multiplications of one block of rows (12 bytes each): few
enough to stay near the processor."""

SLACK = 2
"""Rows of up to so many times the entries wanted are sorted without a selection."""
Block = tuple[sparse.csr_array, NDArray[Any]]
"""Rows with scores, and the support of each entry."""
Rows = tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]
"""Indices, scores, support of the edges of some rows, and the rows' sizes."""


def no_edges(n_items: int) -> ItemNeighbors:
    """Neighbors of ``n_items`` items that have none."""
    return ItemNeighbors(
        indptr=np.zeros(n_items + 1, np.int64),
        indices=np.empty(0, np.int32),
        data=np.empty(0, np.float32),
        support=np.empty(0, np.int32),
    )


def neighbors_from(
    blocks: Iterator[Block], n_items: int, *, k: int, min_support: float
) -> ItemNeighbors:
    """Prune blocks of (rows with scores, support of each entry) to the top ``k``.

    Blocks come in row order. Self-edges, scores <= 0 and edges with less than
    ``min_support`` are dropped; equal scores are ordered by column.
    """
    parts = []
    start = 0
    for block in blocks:
        parts.append(_pruned(block, start, k, min_support))
        start += block[0].shape[0]
    return _joined(parts, n_items)


def neighbors_of(
    make: Callable[[slice], Block],
    rows: Iterable[slice],
    n_items: int,
    *,
    k: int,
    min_support: float,
) -> ItemNeighbors:
    """Do the same with blocks made by ``make``, several at once.

    ``rows`` cut the rows in order; threads are as many as
    :func:`shop_personalize.ml.threads.threads` says.
    """

    def work(part: slice) -> Rows:
        return _pruned(make(part), part.start, k, min_support)

    count = threads()
    if count <= 1:
        return _joined(list(map(work, rows)), n_items)
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(count) as pool:
        return _joined(list(pool.map(work, rows)), n_items)


def _joined(parts: list[Rows], n_items: int) -> ItemNeighbors:
    """One matrix of all parts, which are let go of column by column."""
    if not parts:
        return no_edges(n_items)
    columns = list(zip(*parts, strict=True))
    parts.clear()
    joined = [np.concatenate(columns.pop(0)) for _ in range(len(columns))]
    indices, data, support, sizes = joined
    ends = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return ItemNeighbors(ends, indices, data, support)


def _pruned(block: Block, start: int, k: int, min_support: float) -> Rows:
    """Best entries of each row (the first is row ``start``), best first."""
    scores, support = block
    values = scores.data
    ends: NDArray[Any] = scores.indptr
    if min_support > 0:
        values = np.where(support >= min_support, values, 0)
    at = promising(values, ends, k + 1)
    ends = np.searchsorted(at, ends)
    own = np.repeat(np.arange(start, start + len(ends) - 1), np.diff(ends))
    usable = (values[at] > 0) & (scores.indices[at] != own)
    ends = np.concatenate([[0], np.cumsum(usable)])[ends]
    at = at[usable]
    places, sizes = _smallest(_keys(values[at], scores.indices[at]), ends, k)
    at = at[places]
    return (
        scores.indices[at].astype(np.int32),
        values[at].astype(np.float32),
        np.ceil(support[at]).astype(np.int32),
        sizes,
    )


def promising(values: NDArray[Any], ends: NDArray[Any], most: int) -> NDArray[np.int64]:
    """Positions of at least the ``most`` largest values of each row, ties included.

    Only the long rows are looked at one by one; what follows handles few entries.
    """
    lengths = np.diff(ends)
    cuts = np.full(len(lengths), -np.inf, values.dtype)
    long = np.flatnonzero(lengths > most)
    starts, places = ends[long].tolist(), (lengths[long] - most).tolist()
    for row, start, place in zip(long.tolist(), starts, places, strict=True):
        part = values[start : start + place + most].copy()
        part.partition(place)
        cuts[row] = part[place]
    return np.flatnonzero(values >= np.repeat(cuts, lengths))


def _keys(scores: NDArray[Any], columns: NDArray[Any]) -> NDArray[np.uint64]:
    """Numbers that ascend as scores > 0 descend and, where equal, columns ascend.

    The bits of a positive float32 ascend with its value.
    """
    bits = scores.astype(np.float32).view(np.uint32)
    descending = (~bits).astype(np.uint64) << np.uint64(32)
    return np.asarray(descending | columns.astype(np.uint64))


def _smallest(
    keys: NDArray[np.uint64], ends: NDArray[Any], k: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions of the ``k`` smallest keys of each row, ascending; rows' sizes.

    Row r has the keys from ``ends[r]`` to ``ends[r + 1]``. One selection a very long
    row, one sort of all rows: a sort each would cost more than the product.
    """
    counts = np.diff(ends)
    sizes = np.minimum(counts, k)
    width = int(min(counts.max(initial=0), SLACK * k))
    place = np.arange(width)
    filled = place < np.minimum(counts, width)[:, None]
    places = np.where(filled, ends[:-1, None] + place, 0)
    long = np.flatnonzero(counts > width)
    starts, stops = ends[long].tolist(), ends[long + 1].tolist()
    for row, start, stop in zip(long.tolist(), starts, stops, strict=True):
        part = keys[start:stop].argpartition(width - 1)[:width]
        places[row] = part + start
    last = np.iinfo(np.uint64).max
    chosen = np.where(filled, keys[places] if len(keys) else last, last)
    order = np.argsort(chosen, axis=1)
    best = np.take_along_axis(places, order, axis=1)
    return best[place < sizes[:, None]], sizes


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


def nearest(
    left: sparse.csr_array, right: sparse.csr_array, *, k: int
) -> ItemNeighbors:
    """Neighbors by the entries of ``left @ right`` themselves; support not counted."""

    def make(rows: slice) -> Block:
        product = sparse.csr_array(left[rows] @ right)
        return product, np.zeros(product.nnz, np.int32)

    return neighbors_of(
        make, row_blocks(left, right), left.shape[0], k=k, min_support=0
    )


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

"""How alike two items are by who holds them: pruned products of sparse columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from shop_personalize.ml.recommenders.edges import Block, neighbors_of, row_blocks
from shop_personalize.ml.recommenders.likelihood import likelihood_ratio

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from shop_personalize.ml.knowledge import ItemNeighbors

PACK = 2.0**24
"""More than any number of owners; leaves 29 binary digits for what they are worth."""


def by_product(
    matrix: sparse.csr_array,
    *,
    k: int,
    shrink: float,
    min_support: int,
    appeal: NDArray[np.float64] | None = None,
) -> ItemNeighbors:
    """Cosine of the columns of owners x items, times c / (c + ``shrink``).

    c owners hold both items; at least ``min_support`` are needed. Centered columns
    make it the adjusted cosine (Sarwar et al. 2001, section 3.1.3). Only positive
    likeness is kept, the ``k`` largest of each item. ``appeal`` (items,) scales how
    readily an item is arrived at.
    """
    squares = np.bincount(
        matrix.indices, matrix.data.astype(np.float64) ** 2, minlength=matrix.shape[1]
    )
    scale = np.where(squares > 0, np.maximum(squares, 1e-30) ** -0.5, 0.0)
    unit = _scaled(matrix, scale[matrix.indices])
    left = unit.T.tocsr()
    if appeal is not None:
        unit = _scaled(unit, appeal[unit.indices])
    counted = _ones(unit) if shrink > 0 or min_support > 1 else None
    counted_left = _ones(left)

    def make(rows: slice) -> Block:
        product = sparse.csr_array(left[rows] @ unit)
        if counted is None:
            return product, np.zeros(product.nnz, np.int32)
        return _shrunk(product, counted_left[rows] @ counted, shrink)

    return neighbors_of(
        make,
        row_blocks(left, unit),
        matrix.shape[1],
        k=k,
        min_support=0 if counted is None else min_support,
    )


def by_owners(
    matrix: sparse.csr_array,
    worth: NDArray[np.float64],
    *,
    k: int,
    shrink: float,
    min_support: int,
    appeal: NDArray[np.float64] | None = None,
) -> ItemNeighbors:
    """Cosine of columns of ones, owner u (owners,) counting ``worth[u]`` > 0.

    As :func:`by_product`, but one product yields both the sum of what owners are worth
    and their number, which stands before it as the digits above ``PACK``.
    """
    owners = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    each = (worth / (worth.max(initial=0.0) or 1.0))[owners]
    totals = np.bincount(matrix.indices, each, minlength=matrix.shape[1])
    scale = np.where(totals > 0, np.maximum(totals, 1e-30) ** -0.5, 0.0)
    arriving = scale if appeal is None else scale * appeal
    right = _like(matrix, PACK + each)
    left = _like(matrix, np.ones(matrix.nnz)).T.tocsr()

    def make(rows: slice) -> Block:
        product = sparse.csr_array(left[rows] @ right)
        packed, indices, ends = _enough(product, min_support, PACK)
        counts = np.floor(packed / PACK)
        own = np.repeat(scale[rows], np.diff(ends))
        scores = (packed - counts * PACK) * own * arriving[indices]
        if shrink > 0:
            scores *= counts / (counts + shrink)
        entries = (scores.astype(np.float32), indices, ends)
        return sparse.csr_array(entries, shape=product.shape), counts

    blocks = row_blocks(left, right)
    return neighbors_of(make, blocks, matrix.shape[1], k=k, min_support=0)


def by_counts(
    matrix: sparse.csr_array,
    score: Callable[[Any, Any, Any, float], NDArray[Any]],
    *,
    k: int,
    shrink: float,
    min_support: int,
    appeal: NDArray[np.float64] | None = None,
) -> ItemNeighbors:
    """Neighbors by ``score(c, owners of i, owners of j, all owners)``.

    One product counts the owners c of both; the entries' values do not matter.
    """
    right = _ones(matrix)
    left = right.T.tocsr()
    holders = np.diff(left.indptr).astype(np.float32)
    everyone = float(np.count_nonzero(np.diff(matrix.indptr)))

    def make(rows: slice) -> Block:
        product = sparse.csr_array(left[rows] @ right)
        counts, indices, ends = _enough(product, min_support)
        own = np.repeat(holders[rows], np.diff(ends))
        scores = score(counts, own, holders[indices], everyone)
        if shrink > 0:
            scores = scores * (counts / (counts + np.float32(shrink)))
        if appeal is not None:
            scores = scores * appeal[indices]
        entries = (np.asarray(scores, np.float32), indices, ends)
        return sparse.csr_array(entries, shape=product.shape), counts

    blocks = row_blocks(left, right)
    return neighbors_of(make, blocks, matrix.shape[1], k=k, min_support=0)


def _enough(
    counts: sparse.csr_array, least: int, unit: float = 1.0
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Data, indices and row ends of the entries of at least ``least`` x ``unit``.

    Most pairs of items share one owner alone, so little is left to be scored.
    """
    if least <= 1:
        return counts.data, counts.indices, counts.indptr
    at = np.flatnonzero(counts.data >= least * unit)
    return counts.data[at], counts.indices[at], np.searchsorted(at, counts.indptr)


def jaccard(both: Any, first: Any, second: Any, everyone: float) -> NDArray[Any]:
    """Owners of both over owners of either."""
    return np.asarray(both / np.maximum(first + second - both, 1e-12))


def cosine(both: Any, first: Any, second: Any, everyone: float) -> NDArray[Any]:
    """Cosine of two columns of ones."""
    return np.asarray(both / np.sqrt(first * second))


COUNTS = {"jaccard": jaccard, "cosine": cosine, "likelihood": likelihood_ratio}
"""Likeness that depends on counts of owners alone."""


def centered(matrix: sparse.csr_array) -> sparse.csr_array:
    """Subtract each owner's mean from what the owner holds."""
    sizes = np.diff(matrix.indptr)
    means = np.asarray(matrix.sum(axis=1), np.float64) / np.maximum(sizes, 1)
    data = (matrix.data - np.repeat(means, sizes)).astype(np.float32)
    data[np.abs(data) < 1e-6] = 0
    result = sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)
    result = result.copy()
    result.eliminate_zeros()
    return result


def _shrunk(product: sparse.csr_array, counts: Any, shrink: float) -> Block:
    """Lay counts beside scores; where rounding left out an entry, it stays at 0."""
    counts = sparse.csr_array(counts)
    if product.nnz != counts.nnz:
        product = sparse.csr_array(counts + product)
        product.data -= counts.data
    support = counts.data
    if shrink > 0:
        product.data = product.data * (support / (support + np.float32(shrink)))
    return product, support


def _scaled(matrix: sparse.csr_array, factor: NDArray[Any]) -> sparse.csr_array:
    return _like(matrix, (matrix.data * factor).astype(np.float32))


def _ones(matrix: sparse.csr_array) -> sparse.csr_array:
    return _like(matrix, np.ones(matrix.nnz, np.float32))


def _like(matrix: sparse.csr_array, data: NDArray[Any]) -> sparse.csr_array:
    """Other values in the same places."""
    return sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)

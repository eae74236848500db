"""Ridge regression of each item on its nearest items only, for large catalogs.

One small system an item instead of one as large as the catalog: the cost grows with
the number of items, not with its cube.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from shop_personalize.ml.recommenders.similarity import COUNTS, by_counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.knowledge import ItemNeighbors

SYSTEMS_AT_ONCE = 512
WIDER = 4
"""Entries of a Gram row that are kept, as a multiple of the items in a system."""


def local_weights(
    matrix: sparse.csr_array, *, reg: float, near: int
) -> sparse.csr_array:
    """Weights B (items, items): column j solves (G_NN + reg I) b = G_Nj.

    N are the ``near`` items most alike j by cosine, G the Gram matrix of the columns
    of ``matrix`` (owners x items), of which each row's ``WIDER x near`` largest
    cosines are looked at and the rest taken as 0.
    """
    binary = sparse.csr_array(matrix)
    alike = by_counts(
        binary, COUNTS["cosine"], k=WIDER * near, shrink=0.0, min_support=1
    )
    gram = _gram_on(matrix, alike)
    sizes = np.minimum(np.diff(alike.indptr), near)
    values, rows, columns = [], [], []
    for start in range(0, alike.n_items, SYSTEMS_AT_ONCE):
        items = np.arange(start, min(start + SYSTEMS_AT_ONCE, alike.n_items))
        near_of, filled = _nearest(alike, items, sizes, near)
        solved = _solve(gram, items, near_of, filled, reg)
        values.append(solved[filled])
        rows.append(near_of[filled])
        columns.append(np.repeat(items, sizes[items]))
    entries = (
        np.concatenate(values),
        (np.concatenate(rows), np.concatenate(columns)),
    )
    shape = (alike.n_items, alike.n_items)
    return sparse.csr_array(entries, shape=shape)


def _gram_on(matrix: sparse.csr_array, alike: ItemNeighbors) -> sparse.csr_array:
    """The Gram matrix where ``alike`` has an edge either way, and its diagonal."""
    n = alike.n_items
    cosines = sparse.csr_array((alike.data, alike.indices, alike.indptr), shape=(n, n))
    either = cosines.maximum(cosines.T).tocsr()
    squares = np.bincount(
        matrix.indices, matrix.data.astype(np.float64) ** 2, minlength=n
    )
    length = sparse.diags_array(np.sqrt(squares))
    found = length @ either @ length + sparse.diags_array(squares)
    return sparse.csr_array(found.tocsr(), dtype=np.float32)


def _nearest(
    alike: ItemNeighbors, items: NDArray[np.int64], sizes: NDArray[np.int64], near: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Codes of the nearest items of each (items, near), and which places are filled."""
    filled = np.arange(near) < sizes[items, None]
    at = np.where(filled, alike.indptr[items, None] + np.arange(near), 0)
    codes = alike.indices[at] if len(alike.indices) else np.zeros(at.shape, np.int32)
    return np.asarray(codes, np.int64), filled


def _solve(
    gram: sparse.csr_array,
    items: NDArray[np.int64],
    near_of: NDArray[np.int64],
    filled: NDArray[np.bool_],
    reg: float,
) -> NDArray[np.float32]:
    """All systems of a block at once; an empty place gets the weight 0."""
    place = np.full(gram.shape[0], -1)
    width = near_of.shape[1]
    systems = np.zeros((len(items), width, width), np.float32)
    right = np.zeros((len(items), width), np.float32)
    for at, item in enumerate(items):
        codes = near_of[at][filled[at]]
        owner, to, values = _rows(gram, codes)
        mine = to == item
        right[at, owner[mine]] = values[mine]
        place[codes] = np.arange(len(codes))
        to = place[to]
        place[codes] = -1
        inside = to >= 0
        systems[at, owner[inside], to[inside]] = values[inside]
    systems[:, np.arange(width), np.arange(width)] += np.float32(reg)
    return np.linalg.solve(systems, right[:, :, None])[:, :, 0]


def _rows(
    matrix: sparse.csr_array, rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[Any], NDArray[Any]]:
    """Entries of some rows: which of the rows, column, value."""
    starts = matrix.indptr[rows]
    lengths = matrix.indptr[rows + 1] - starts
    owner = np.repeat(np.arange(len(rows)), lengths)
    at = np.arange(len(owner)) + np.repeat(
        starts - np.cumsum(lengths) + lengths, lengths
    )
    return owner, matrix.indices[at], matrix.data[at]

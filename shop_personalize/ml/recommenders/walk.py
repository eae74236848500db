"""A two-step random walk item -> visitor -> item with three exponents.

``D_i^-from A' D_u^-through A D_i^-to`` over the decayed matrix A (Paudel, Christoffel,
Newell, Bernstein 2017: exponents of the degrees trade popularity against niche).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from shop_personalize.ml.online.neighbors import renewed
from shop_personalize.ml.recommenders.edges import Block, neighbors_of, row_blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from shop_personalize.ml.knowledge import ItemNeighbors
    from shop_personalize.ml.online.neighbors import Edges

WORTHWHILE = 0.4
"""With a larger share of items touched, all rows at once are the quicker way."""


def walk(
    matrix: sparse.csr_array,
    *,
    exponents: tuple[float, float, float],
    k: int,
    min_support: float,
    trust: NDArray[np.float64] | None = None,
    appeal: NDArray[np.float64] | None = None,
    known: ItemNeighbors | None = None,
    touched: NDArray[np.bool_] | None = None,
) -> ItemNeighbors:
    """Neighbors of every column of ``matrix`` (owners x items, values > 0).

    ``trust`` (owners,) scales what an owner's row says; ``appeal`` (items,) scales how
    readily an item is arrived at. Where ``known`` served so far only the rows and
    columns of the ``touched`` items (items,) are computed anew.
    """
    left, right = halves(matrix, exponents, trust=trust, appeal=appeal)
    limits: dict[str, Any] = {"k": k, "min_support": min_support}
    if known is None or touched is None or touched.mean() > WORTHWHILE:
        blocks = row_blocks(left, right)
        return neighbors_of(block_of(left, right), blocks, matrix.shape[1], **limits)
    across = right.tocsc()
    return renewed(
        known,
        touched,
        lambda codes: _edges(left[codes], right, rows=codes),
        lambda codes: _edges(left, across[:, codes].tocsr(), columns=codes),
        **limits,
    )


def halves(
    matrix: sparse.csr_array,
    exponents: tuple[float, float, float],
    *,
    trust: NDArray[np.float64] | None = None,
    appeal: NDArray[np.float64] | None = None,
) -> tuple[sparse.csr_array, sparse.csr_array]:
    """Items x owners and owners x items, whose product is the walk."""
    if trust is not None:
        matrix, trust = matrix[trust > 0], trust[trust > 0]
    start, through, end = exponents
    columns = np.asarray(matrix.sum(axis=0), np.float64)
    rows = np.asarray(matrix.sum(axis=1), np.float64)
    left = (matrix @ sparse.diags_array(power(columns, start))).T.tocsr()
    passing = power(rows, through) * (1.0 if trust is None else trust)
    arriving = power(columns, end) * (1.0 if appeal is None else appeal)
    right = sparse.diags_array(passing) @ matrix @ sparse.diags_array(arriving)
    return left.astype(np.float32), right.tocsr().astype(np.float32)


def _edges(
    left: sparse.csr_array,
    right: sparse.csr_array,
    *,
    rows: NDArray[np.int64] | None = None,
    columns: NDArray[np.int64] | None = None,
) -> Edges:
    """Edges of a product as parallel columns; ``rows``, ``columns`` name its codes."""
    found = [(np.empty(0, int), np.empty(0, int), np.empty(0), np.empty(0))]
    start = 0
    for scores, support in _with_support(left, right):
        at = start + np.repeat(np.arange(scores.shape[0]), np.diff(scores.indptr))
        to = scores.indices
        found.append(
            (
                at if rows is None else rows[at],
                to if columns is None else columns[to],
                scores.data,
                support,
            )
        )
        start += scores.shape[0]
    one, two, three, four = (np.concatenate(part) for part in zip(*found, strict=True))
    return one, two, three, four


def _with_support(left: sparse.csr_array, right: sparse.csr_array) -> Iterator[Block]:
    return map(block_of(left, right), row_blocks(left, right))


def block_of(left: sparse.csr_array, right: sparse.csr_array) -> Callable[[slice], Block]:
    """Scores and distinct owners of each edge: one product, weighed and counted."""
    ones_left, ones_right = _ones(left), _ones(right)

    def make(rows: slice) -> Block:
        scores = sparse.csr_array(left[rows] @ right)
        counts = sparse.csr_array(ones_left[rows] @ ones_right)
        if scores.nnz != counts.nnz:
            scores = sparse.csr_array(counts + scores)
            scores.data -= counts.data
        return scores, counts.data

    return make


def _ones(matrix: sparse.csr_array) -> sparse.csr_array:
    ones = np.ones(matrix.nnz, np.float32)
    return sparse.csr_array((ones, matrix.indices, matrix.indptr), shape=matrix.shape)


def power(degrees: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    """``degrees`` to the power -``exponent``; 0 stays 0."""
    return np.where(degrees > 0, np.maximum(degrees, 1e-30) ** -exponent, 0.0)

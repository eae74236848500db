"""A two-step random walk item -> visitor -> item with three exponents.

``D_i^-from A' D_u^-through A D_i^-to`` over the decayed matrix A (Paudel, Christoffel,
Newell, Bernstein 2017: exponents of the degrees trade popularity against niche).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from shop_personalize.ml.recommenders.edges import Block, neighbors_of, row_blocks
from shop_personalize.ml.recommenders.renewed import is_worthwhile, renewed

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from shop_personalize.ml.knowledge import ItemNeighbors


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
    if known is None or touched is None or not is_worthwhile(left, right, touched):
        blocks = row_blocks(left, right)
        return neighbors_of(block_of(left, right), blocks, matrix.shape[1], **limits)
    return renewed(known, touched, left, right, block_of, **limits)


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


def block_of(
    left: sparse.csr_array, right: sparse.csr_array
) -> Callable[[slice], Block]:
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

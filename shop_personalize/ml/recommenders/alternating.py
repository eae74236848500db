"""Alternating least squares in SciPy, all rows at once by conjugate gradients.

Hu, Koren, Volinsky 2008; Takacs, Pilaszy, Tikk 2011, "Applications of the conjugate
gradient method for implicit feedback collaborative filtering": a few steps from the
last solution do, because it moves little from one round to the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEPS = 3
SPREAD = 0.01
"""Size of the first guess."""
PAIRS_AT_ONCE = 20_000
"""Inner products of one gather, few enough to stay near the processor."""


def alternate(
    confidence: sparse.csr_array,
    *,
    factors: int,
    reg: float,
    iterations: int,
    seed: int,
) -> NDArray[np.float32]:
    """Return item factors (items, factors) float32.

    ``confidence`` is owners x items, what each entry adds to the confidence of 1 that
    every pair has. Rows and columns without entries get factors of 0.
    """
    rng = np.random.default_rng(seed)
    by_row = confidence.astype(np.float32)
    by_column = by_row.T.tocsr()
    rows = (SPREAD * rng.random((by_row.shape[0], factors))).astype(np.float32)
    columns = (SPREAD * rng.random((by_row.shape[1], factors))).astype(np.float32)
    for _ in range(iterations):
        rows = _solve(by_row, rows, columns, reg)
        columns = _solve(by_column, columns, rows, reg)
    return columns


def _solve(
    weights: sparse.csr_array,
    guess: NDArray[np.float32],
    other: NDArray[np.float32],
    reg: float,
) -> NDArray[np.float32]:
    """Improve every row x of (other'other + reg + other' W other) x = other'(1 + w)."""
    gram = other.T @ other + np.float32(reg) * np.eye(other.shape[1], dtype=np.float32)
    heard = np.diff(weights.indptr) > 0
    owners = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
    target = _like(weights, weights.data + 1) @ other

    def times(x: NDArray[np.float32]) -> NDArray[np.float32]:
        pulled = weights.data * _products(x, other, owners, weights.indices)
        return np.asarray(x @ gram + _like(weights, pulled) @ other, np.float32)

    x = guess * heard[:, None]
    left = target - times(x)
    way, size = left.copy(), _squares(left)
    for _ in range(STEPS):
        moved = times(way)
        step = size / np.maximum(_inner(way, moved), 1e-20)
        x += step[:, None] * way
        left -= step[:, None] * moved
        rest = _squares(left)
        way *= (rest / np.maximum(size, 1e-20))[:, None]
        way += left
        size = rest
    return np.asarray(x, np.float32)


def _products(
    left: NDArray[np.float32],
    right: NDArray[np.float32],
    rows: NDArray[np.integer],
    columns: NDArray[np.integer],
) -> NDArray[np.float32]:
    """Inner products of left[rows] and right[columns], pair by pair."""
    found = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        found[part] = _inner(left[rows[part]], right[columns[part]])
    return found


def _inner(
    left: NDArray[np.float32], right: NDArray[np.float32]
) -> NDArray[np.float32]:
    return np.asarray(np.einsum("ij,ij->i", left, right))


def _squares(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return _inner(rows, rows)


def _like(matrix: sparse.csr_array, data: NDArray[np.float32]) -> sparse.csr_array:
    entries = (data, matrix.indices, matrix.indptr)
    return sparse.csr_array(entries, shape=matrix.shape)

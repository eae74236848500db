"""Ranking pairs by stochastic gradients in NumPy: many pairs a step.

Rendle et al. 2009, section 4.3: owner u, an item i that u has, an item j that u has
not; ascend ln sigmoid(x_ui - x_uj) less the ridge.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

SMALLEST_BATCH, LARGEST_BATCH = 64, 4096
STEPS_A_ROUND = 200
"""Where the data allow it, so that small data are not learned in a few large steps."""


def rank_pairs(
    liked: sparse.csr_array,
    *,
    factors: int,
    reg: float,
    rate: float,
    epochs: int,
    seed: int,
) -> NDArray[np.float32]:
    """Return factors of the items (items, factors + 1), their bias last.

    ``liked`` is owners x items; the size of an entry does not matter. An item that the
    owner has after all is no lesson and is passed over.
    """
    rng = np.random.default_rng(seed)
    n_owners, n_items = liked.shape
    owners = np.repeat(np.arange(n_owners), np.diff(liked.indptr))
    items = liked.indices.astype(np.int64)
    held = np.sort(owners * n_items + items)
    mine = _start(rng, n_owners, factors, 1.0)
    theirs = _start(rng, n_items, factors, 0.0)
    size = int(np.clip(liked.nnz // STEPS_A_ROUND, SMALLEST_BATCH, LARGEST_BATCH))
    for _ in range(epochs):
        order = rng.permutation(liked.nnz)
        others = rng.choice(items, liked.nnz)
        for start in range(0, liked.nnz, size):
            at = order[start : start + size]
            lesson = ~_among(owners[at] * n_items + others[at], held)
            at = at[lesson]
            _step(mine, theirs, owners[at], items[at], others[at], rate, reg)
    return theirs


def _start(
    rng: np.random.Generator, n: int, factors: int, last: float
) -> NDArray[np.float32]:
    """Small factors around 0, and a last column: 1 for owners, biases for items."""
    small = (rng.random((n, factors), np.float32) - np.float32(0.5)) / factors
    return np.hstack([small, np.full((n, 1), last, np.float32)])


def _among(keys: NDArray[np.int64], held: NDArray[np.int64]) -> NDArray[np.bool_]:
    at = np.minimum(np.searchsorted(held, keys), len(held) - 1)
    return np.asarray(held[at] == keys)


def _step(
    mine: NDArray[np.float32],
    theirs: NDArray[np.float32],
    owners: NDArray[np.int64],
    items: NDArray[np.int64],
    others: NDArray[np.int64],
    rate: float,
    reg: float,
) -> None:
    """One ascent for a batch; both matrices change in place."""
    u, i, j = mine[owners], theirs[items], theirs[others]
    apart = np.einsum("ij,ij->i", u, i - j)
    pull = (1 / (1 + np.exp(np.clip(apart, -30, 30))))[:, None].astype(np.float32)
    step = np.float32(rate)
    _add(mine[:, :-1], owners, step * (pull * (i - j) - reg * u)[:, :-1])
    both = np.concatenate([items, others])
    gain = np.concatenate([pull * u - reg * i, -pull * u - reg * j])
    _add(theirs, both, step * gain)


def _add(
    target: NDArray[np.float32], rows: NDArray[np.int64], values: NDArray[np.float32]
) -> None:
    """Add ``values`` to rows of ``target``, repeated rows as often as they occur."""
    distinct, place = np.unique(rows, return_inverse=True)
    ones = np.ones(len(rows), np.float32)
    shape = (len(distinct), len(rows))
    gather = sparse.csr_array((ones, (place, np.arange(len(rows)))), shape=shape)
    target[distinct] += gather @ values

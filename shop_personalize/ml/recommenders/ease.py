"""Each item predicted from all others by ridge regression: EASE, whole or local.

Steck 2019, "Embarrassingly shallow autoencoders for sparse data": B = I - P diag(P)^-1
with P = (X'X + reg I)^-1. Beyond ``dense_items`` items each item is regressed on its
nearest ones alone, as in SLIM with feature selection (Ning, Karypis 2011, section 4.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from scipy import linalg, sparse

from shop_personalize.ml.knowledge import ItemNeighbors
from shop_personalize.ml.recommenders.edges import no_edges
from shop_personalize.ml.recommenders.local_ridge import local_weights
from shop_personalize.ml.recommenders.preferences import CAP, Collaborative

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData

ROWS_AT_ONCE = 1000


class Ease(Collaborative):
    """Item weights that reproduce every history; negative ones are kept.

    ``reg`` is the ridge, in units of a visitor's strongest event; ``active`` the power
    of a visitor's total by which the row is divided; ``k`` weights of an item are
    kept, the largest in size. Items with fewer than ``min_support`` holders take no
    part. ``near`` items are looked at where there are more than ``dense_items`` (the
    whole solution takes 4 bytes for each pair of items). Other parameters as in
    :class:`~shop_personalize.ml.recommenders.preferences.Preferences`.
    """

    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "reg": (50.0, 100.0, 200.0, 400.0, 800.0),
        "active": (0.0, 0.25, 0.5),
        "decay_days": (None, 30.0, 90.0, 360.0),
        "k": (300, 1000),
    }
    query_params: ClassVar[tuple[str, ...]] = ("query_decay_days",)

    def __init__(
        self,
        reg: float = 200.0,
        active: float = 0.0,
        k: int = 300,
        min_support: int = 2,
        dense_items: int = 10_000,
        near: int = 64,
        decay_days: float | None = None,
        query_decay_days: float | None = None,
        cap: int = CAP,
        caution: float = 0.0,
        weights: dict[str, float] | None = None,
    ) -> None:
        self.reg = reg
        self.active = active
        self.k = k
        self.min_support = min_support
        self.dense_items = dense_items
        self.near = near
        self.decay_days = decay_days
        self.query_decay_days = query_decay_days
        self.cap = cap
        self.caution = caution
        self.weights = weights

    def fit(self, data: TrainingData) -> Self:
        """Solve for the weights; ValueError for a ridge that is not positive."""
        if not self.reg > 0:
            raise ValueError(f"reg: {self.reg}, needed is a number above 0")
        matrix = self.preferences.matrix(data)
        holders = np.bincount(matrix.indices, minlength=data.n_items)
        kept = np.flatnonzero(holders >= self.min_support)
        self.knowledge_ = self._solved(matrix, kept)
        self.query_config_ = self.configure(data)
        self.extras_ = {}
        return self

    def _solved(
        self, matrix: sparse.csr_array, kept: NDArray[np.int64]
    ) -> ItemNeighbors:
        if len(kept) < 2:
            return no_edges(matrix.shape[1])
        inside = sparse.csr_array(matrix[:, kept])
        reg = self.reg
        if self.active:
            totals = np.maximum(np.asarray(inside.sum(axis=1), np.float64), 1e-12)
            damp = np.where(totals > 1e-12, totals**-self.active, 0.0)
            reg *= float((damp * totals).sum() / totals.sum())
            inside = sparse.csr_array(sparse.diags_array(damp**0.5) @ inside)
        if len(kept) > self.dense_items:
            found = local_weights(inside, reg=reg, near=self.near)
        else:
            found = strongest_of(dense_weights(inside, reg), self.k)
        return as_neighbors(found, kept, matrix.shape[1])


def dense_weights(matrix: sparse.csr_array, reg: float) -> NDArray[np.float32]:
    """Return B (items, items), its diagonal 0: scores of a history x are x B.

    All is done in place, in the memory of one dense matrix. Raises ValueError for a
    ridge too small for the arithmetic.
    """
    gram = (matrix.T @ matrix).astype(np.float32).toarray().T
    diagonal = np.arange(len(gram))
    gram[diagonal, diagonal] += np.float32(reg)
    try:
        factor, _ = linalg.cho_factor(gram, lower=True, overwrite_a=True)
    except linalg.LinAlgError as error:
        raise ValueError(f"reg: {reg} is too small for {len(gram)} items") from error
    weights, _ = linalg.lapack.spotri(factor, lower=True, overwrite_c=True)
    _mirror(weights)
    weights /= -weights[diagonal, diagonal]
    weights[diagonal, diagonal] = 0.0
    return np.asarray(weights, np.float32)


def _mirror(lower: NDArray[np.float32]) -> None:
    """Fill the upper triangle of a square matrix from its lower one."""
    for start in range(0, len(lower), ROWS_AT_ONCE):
        stop = start + ROWS_AT_ONCE
        lower[start:stop, stop:] = lower[stop:, start:stop].T
        inside = np.tril(lower[start:stop, start:stop])
        lower[start:stop, start:stop] = inside + np.tril(inside, -1).T


def strongest_of(weights: NDArray[np.float32], k: int) -> sparse.csr_array:
    """Keep the ``k`` entries of each row that are largest in size."""
    n = len(weights)
    if k >= n:
        return sparse.csr_array(weights)
    parts = []
    for start in range(0, n, ROWS_AT_ONCE):
        part = weights[start : start + ROWS_AT_ONCE]
        at = np.argpartition(-np.abs(part), k - 1, axis=1)[:, :k]
        rows = np.repeat(np.arange(len(part)), k)
        values = np.take_along_axis(part, at, axis=1).ravel()
        parts.append(
            sparse.csr_array((values, (rows, at.ravel())), shape=(len(part), n))
        )
    return sparse.csr_array(sparse.vstack(parts, format="csr"))


def as_neighbors(
    weights: sparse.csr_array, codes: NDArray[np.int64], n_items: int
) -> ItemNeighbors:
    """Rows best first, of item ``codes`` (kept,) among all; support is not counted."""
    weights = sparse.csr_array(weights)
    weights.eliminate_zeros()
    rows = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
    order = np.lexsort((weights.indices, -weights.data, rows))
    sizes = np.zeros(n_items, np.int64)
    sizes[codes] = np.diff(weights.indptr)
    return ItemNeighbors(
        indptr=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        indices=codes[weights.indices[order]].astype(np.int32),
        data=weights.data[order].astype(np.float32),
        support=np.zeros(len(order), np.int32),
    )

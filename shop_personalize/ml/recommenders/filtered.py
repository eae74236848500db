"""A walk with its spectrum filtered, as one pruned matrix item x item.

With the walk ``W``, the right singular vectors ``V`` (values S) of the normalized
matrix, and item degrees ``d``::

    M = (W - sharpen W V S^2 V') / g  +  smooth D^-1/2 V V' D^1/2 / h

``W - W V S^2 V'`` is one Euler step of sharpening by the graph's Laplacian, its kernel
taken in the space of ``V`` (Choi et al. 2023, "Blurring-sharpening process models");
``D^-1/2 V V' D^1/2`` is the ideal low-pass filter (Shen et al. 2021). ``g`` and ``h``
are the largest scores of unseen items of a typical owner, so both parts weigh alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from shop_personalize.ml.recommenders.edges import (
    Block,
    neighbors_of,
    promising,
    row_blocks,
)
from shop_personalize.ml.recommenders.lowpass import LowPass
from shop_personalize.ml.recommenders.walk import block_of, halves, power

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from shop_personalize.ml.knowledge import ItemNeighbors

TYPICAL = 400
"""Owners from whom the scale of both parts is taken."""
SEED = 0
REACH = 3
"""Entries of a row looked at before it is pruned, as a multiple of those kept."""


@dataclass(frozen=True)
class Filter:
    """How much is sharpened, how much smooth part is added, its dimension."""

    sharpen: float
    smooth: float
    rank: int


def filtered(
    matrix: sparse.csr_array,
    filter_: Filter,
    *,
    exponents: tuple[float, float, float],
    k: int,
    min_support: float,
    trust: NDArray[np.float64] | None = None,
    appeal: NDArray[np.float64] | None = None,
) -> ItemNeighbors:
    """Neighbors of every column of ``matrix`` (owners x items, values > 0).

    Arguments are those of :func:`~shop_personalize.ml.recommenders.walk.walk`. Edges
    are sought among the ``REACH`` x ``k`` best of the walk, so the cost grows with
    the pairs of items that share an owner, not with the square of the catalog.
    """
    left, right = halves(matrix, exponents, trust=trust, appeal=appeal)
    block = block_of(left, right)
    if filter_.sharpen or filter_.smooth:
        low = LowPass.of(matrix, filter_.rank)
        parts = _Parts.of(matrix, left, right, low, filter_)
        block = _corrected(block, parts, REACH * k, min_support)
    return neighbors_of(
        block,
        row_blocks(left, right),
        matrix.shape[1],
        k=k,
        min_support=min_support,
    )


@dataclass(frozen=True)
class _Parts:
    """``M = scale W + away V' + smooth V' D_arriving``; all float32."""

    scale: np.float32
    vectors: NDArray[np.float32]
    away: NDArray[np.float32]
    smooth: NDArray[np.float32]
    arriving: NDArray[np.float32]

    @classmethod
    def of(
        cls,
        matrix: sparse.csr_array,
        left: sparse.csr_array,
        right: sparse.csr_array,
        low: LowPass,
        filter_: Filter,
    ) -> _Parts:
        degrees = np.asarray(matrix.sum(axis=0), np.float64)
        away = -filter_.sharpen * (left @ (right @ low.vectors)) * low.values**2
        smooth = power(degrees, 0.5)[:, None] * low.vectors
        whole = cls(
            np.float32(1.0),
            low.vectors,
            away.astype(np.float32),
            smooth.astype(np.float32),
            np.sqrt(degrees).astype(np.float32),
        )
        walked, smoothed = whole._typical(matrix, left, right)
        return cls(
            np.float32(1 / walked),
            low.vectors,
            whole.away / np.float32(walked),
            whole.smooth * np.float32(filter_.smooth / smoothed),
            whole.arriving,
        )

    def _typical(
        self, matrix: sparse.csr_array, left: sparse.csr_array, right: sparse.csr_array
    ) -> tuple[float, float]:
        """Largest unseen score of a typical owner by either part; 1 where none."""
        owners = np.flatnonzero(np.diff(matrix.indptr))
        rng = np.random.default_rng(SEED)
        owners = np.sort(rng.permutation(owners)[:TYPICAL])
        tops = []
        for owner in owners:
            seen = matrix[[owner]]
            walked = ((seen @ left) @ right).toarray()[0]
            walked += self.vectors @ (seen @ self.away)[0]
            smoothed = (self.vectors @ (seen @ self.smooth)[0]) * self.arriving
            unseen = np.ones(len(walked), bool)
            unseen[seen.indices] = False
            tops.append([part[unseen].max(initial=0.0) for part in (walked, smoothed)])
        walked, smoothed = np.median(tops, axis=0) if tops else (1.0, 1.0)
        return float(walked) or 1.0, float(smoothed) or 1.0


def _corrected(
    block: Callable[[slice], Block], parts: _Parts, reach: int, min_support: float
) -> Callable[[slice], Block]:
    """The walk's blocks with the low-pass taken away and added, row by row."""

    def make(rows: slice) -> Block:
        scores, support = block(rows)
        values = np.where(support >= min_support, scores.data, 0)
        at = promising(values, scores.indptr, reach)
        at = at[values[at] > 0]
        ends = np.searchsorted(at, scores.indptr)
        columns, values = scores.indices[at], values[at] * parts.scale
        for row in np.flatnonzero(np.diff(ends)):
            part = slice(ends[row], ends[row + 1])
            to, own = columns[part], rows.start + row
            both = parts.vectors[to] @ np.stack([parts.away[own], parts.smooth[own]]).T
            values[part] += both[:, 0] + both[:, 1] * parts.arriving[to]
        corrected = sparse.csr_array((values, columns, ends), shape=scores.shape)
        return corrected, support[at]

    return make

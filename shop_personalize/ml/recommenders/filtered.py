"""A walk with its spectrum filtered, as one pruned matrix item x item.

With the walk ``W = D^-start A' D_u^-through A D^-end``, whose symmetric form has the
eigenvectors ``V`` (the right singular vectors of ``D_u^-through/2 A D^-side``, ``side``
the mean of ``start`` and ``end``; singular values S, the largest 1)::

    M = (W - sharpen W V S^2 V') / g  +  smooth D^-side V V' D^side / h

``W - W V S^2 V'`` is one Euler step of sharpening by the graph, taken in the space of
``V`` (Choi et al. 2023, "Blurring-sharpening process models for collaborative
filtering"); ``V V'`` is the ideal low-pass filter (Shen et al. 2021), here of the
walk's own spectrum. ``g`` and ``h`` are the largest scores of unseen items of a typical
owner, so both parts weigh alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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

TYPICAL = 200
"""Owners from whom the scale of both parts is taken, ``AT_ONCE`` at a time."""
AT_ONCE = 50
SEED = 0
REACH = 2
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
    plain = not (filter_.sharpen or filter_.smooth)
    left, right = halves(
        matrix, exponents, trust=trust, appeal=appeal if plain else None
    )
    block = block_of(left, right)
    if not plain:
        start, through, end = exponents
        side = (start + end) / 2
        low = LowPass.of(
            matrix, filter_.rank, through=through / 2, side=side, trust=trust
        )
        parts = _Parts.of(matrix, left, right, low, filter_, side)
        block = _corrected(block, parts, REACH * k, min_support, appeal)
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
        side: float,
    ) -> _Parts:
        degrees = np.asarray(matrix.sum(axis=0), np.float64)
        away = -filter_.sharpen * (left @ (right @ low.vectors)) * low.values**2
        smooth = power(degrees, side)[:, None] * low.vectors
        whole = cls(
            np.float32(1.0),
            low.vectors,
            away.astype(np.float32),
            smooth.astype(np.float32),
            (degrees**side).astype(np.float32),
        )
        walked, smoothed = whole._typical(matrix, left, right)
        return cls(
            np.float32(1 / walked),
            low.vectors,
            whole.away / np.float32(walked),
            whole.smooth * np.float32(filter_.smooth / smoothed),
            whole.arriving,
        )

    def correction(self, item: int, to: NDArray[Any]) -> NDArray[np.float32]:
        """What is added to the walk's edges from ``item`` to the items ``to``."""
        both = np.stack([self.away[item], self.smooth[item]], axis=1)
        found = self.vectors[to] @ both
        return np.asarray(found[:, 0] + found[:, 1] * self.arriving[to])

    def _typical(
        self, matrix: sparse.csr_array, left: sparse.csr_array, right: sparse.csr_array
    ) -> tuple[float, float]:
        """Largest unseen score of a typical owner by either part; 1 where none."""
        owners = np.flatnonzero(np.diff(matrix.indptr))
        rng = np.random.default_rng(SEED)
        owners = np.sort(rng.permutation(owners)[:TYPICAL])
        tops = [np.empty((0, 2))]
        for start in range(0, len(owners), AT_ONCE):
            seen = sparse.csr_array(matrix[owners[start : start + AT_ONCE]])
            walked = ((seen @ left) @ right).toarray()
            walked += (seen @ self.away) @ self.vectors.T
            smoothed = (seen @ self.smooth) @ self.vectors.T * self.arriving
            known = np.repeat(np.arange(seen.shape[0]), np.diff(seen.indptr))
            parts = []
            for part in (walked, smoothed):
                part[known, seen.indices] = 0
                parts.append(part.max(axis=1))
            tops.append(np.stack(parts, axis=1))
        every = np.concatenate(tops)
        walk, low = np.median(every, axis=0) if len(every) else (1.0, 1.0)
        return float(walk) or 1.0, float(low) or 1.0


def _corrected(
    block: Callable[[slice], Block],
    parts: _Parts,
    reach: int,
    min_support: float,
    appeal: NDArray[np.float64] | None,
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
            values[part] += parts.correction(rows.start + row, columns[part])
        if appeal is not None:
            values = values * appeal[columns]
        corrected = sparse.csr_array((values, columns, ends), shape=scores.shape)
        return corrected, support[at]

    return make

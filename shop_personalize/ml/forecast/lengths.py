"""Series of different lengths, stepped through time together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.panel import FloatMatrix

IntVector = NDArray[np.int64]
Vector = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Block:
    """k series that begin together, the longest first.

    So those still running at any step are the first ones.
    ``values`` float64 (T, k), one period a row, 0 after a series ended. ``lengths``
    int64 (k,), never growing. ``rows`` int64 (k,), their places in the panel.
    """

    values: FloatMatrix
    lengths: IntVector
    rows: IntVector

    def running(self) -> IntVector:
        """How many series have a value at each of the T steps: int64 (T,)."""
        steps = np.arange(len(self.values))
        return np.searchsorted(-self.lengths, -steps, side="left")


def known_lengths(values: FloatMatrix) -> IntVector:
    """Periods since each series began: int64 (n,); ``values`` (n, T), NaN before."""
    known = ~np.isnan(values)
    return np.where(known.any(axis=1), values.shape[1] - known.argmax(axis=1), 0)


def changes(values: FloatMatrix, lengths: IntVector, season: int) -> Vector:
    """Mean size of the change in a season: float64 (n,).

    From one period to the next where a series is no longer than a season, NaN where it
    has a single value.
    """
    found = np.full(len(values), np.nan)
    for lag in {1, season}:
        rows = lengths > lag
        if lag < season:
            rows &= lengths <= season
        if rows.any():
            part = values[rows]
            found[rows] = np.nanmean(np.abs(part[:, lag:] - part[:, :-lag]), axis=1)
    return found


def known_means(values: FloatMatrix) -> Vector:
    """Mean of what is known of each row, NaN where nothing is: float64 (n,)."""
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    found: Vector = np.divide(
        total, count, out=np.full(len(values), np.nan), where=count > 0
    )
    return found


def blocks(
    values: FloatMatrix, width: int, rows: IntVector | None = None
) -> Iterator[Block]:
    """Cut ``values`` (n, T), right-aligned, into blocks of ``width`` series or fewer.

    ``rows`` int64: only these. Series without any value are left out.
    """
    lengths = known_lengths(values)
    wanted = np.arange(len(values)) if rows is None else rows
    wanted = wanted[lengths[wanted] > 0]
    order = wanted[np.argsort(-lengths[wanted], kind="stable")]
    for start in range(0, len(order), width):
        taken = order[start : start + width]
        yield _block(values, lengths[taken], taken)


def _block(values: FloatMatrix, lengths: IntVector, rows: IntVector) -> Block:
    steps = np.arange(lengths[0])[:, None]
    columns = np.minimum(values.shape[1] - lengths + steps, values.shape[1] - 1)
    left = np.where(steps < lengths, values[rows, columns], 0.0)
    return Block(left, lengths, rows)


def centered(block: Block) -> tuple[Block, Vector]:
    """The block around its series' means, and these means float64 (k,).

    Keeps sums of squares exact where a level is large and its noise is small.
    """
    means = block.values.sum(axis=0) / block.lengths
    steps = np.arange(len(block.values))[:, None]
    values = np.where(steps < block.lengths, block.values - means, 0.0)
    return Block(values, block.lengths, block.rows), means

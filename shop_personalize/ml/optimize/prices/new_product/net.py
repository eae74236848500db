"""A small neural network over many sparse columns."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Weights = NDArray[np.float32]
FIRST, SECOND, TINY = np.float32(0.9), np.float32(0.999), np.float32(1e-8)
STEPS_AN_EPOCH, LEAST_STEPS = 200, 400
"""Where rows are few a batch has a share of them, and epochs are more."""
BLOCK = 4096
SQUARED_REACH = np.float32(5)
"""Of what is squared at first, beside the rest: a square of little is nothing."""


class SparseNet:
    """A regression by rectified layers, learned by Adam (Kingma & Ba 2015).

    Only the columns that occur in a batch are moved, with the moments they had when
    they last occurred (as "lazy" Adam does), so that a step costs what its words cost
    and not what the vocabulary would. The step shrinks to 0 linearly, and words are
    left out at random (``dropped``; Srivastava et al. 2014): a network of so many
    columns would learn its rows by heart in two epochs.

    ``layers``: width of each. ``squared``: so many more of the first are squared and
    not rectified, so that any two columns count together as in a factorization machine
    (Rendle 2010; as a layer: He & Chua 2017). ``binary``: a column counts as 1 wherever
    it is not 0, which gives another network to average with, and needs a smaller
    ``step``.

    After ``fit``: ``weights_`` and ``shifts_``, one a layer, ``mean_`` and ``scale_``
    of what was learned. Weights of the many columns are kept as float16.
    """

    def __init__(
        self,
        *,
        layers: tuple[int, ...] = (64, 64, 32),
        squared: int = 0,
        epochs: int = 3,
        batch: int = 256,
        step: float = 0.003,
        dropped: float = 0.3,
        binary: bool = False,
        seed: int = 0,
    ) -> None:
        self.layers = layers
        self.squared = squared
        self.epochs = epochs
        self.batch = batch
        self.step = step
        self.dropped = dropped
        self.binary = binary
        self.seed = seed

    def fit(self, x: sp.csr_matrix, y: NDArray[Any]) -> Self:
        """Learn from ``x`` float32 (rows, columns) and ``y`` (rows,)."""
        rng = np.random.default_rng(self.seed)
        rows, columns = x.shape
        self.mean_, self.scale_ = float(y.mean()), float(y.std()) or 1.0
        aim = ((y - self.mean_) / self.scale_).astype(np.float32)
        self._start(columns, rng)
        size = int(np.clip(rows // STEPS_AN_EPOCH, 16, self.batch))
        starts = range(0, max(rows - size // 2, 1), size)
        epochs = max(self.epochs, -(-LEAST_STEPS // len(starts)))
        steps = epochs * len(starts)
        adam = _Adam([*self.weights_, *self.shifts_])
        for epoch in range(epochs):
            order = rng.permutation(rows)
            for turn, start in enumerate(starts):
                part = order[start : start + size]
                step = self.step * (1 - (epoch * len(starts) + turn) / steps)
                self._learn(
                    self._thinned(self._input(x[part]), rng), aim[part], adam, step
                )
        self.weights_[0] = self.weights_[0].astype(np.float16)
        return self

    def predict(self, x: sp.csr_matrix) -> NDArray[np.float64]:
        """Float64 (rows,)."""
        found = []
        for start in range(0, x.shape[0], BLOCK):
            narrow, columns = _narrow(self._input(x[start : start + BLOCK]))
            first = self.weights_[0][columns].astype(np.float32)
            found.append(self._layers(narrow @ first + self.shifts_[0])[-1][:, 0])
        out: NDArray[np.float64] = np.concatenate([np.empty(0), *found])
        return out * self.scale_ + self.mean_

    def _start(self, columns: int, rng: np.random.Generator) -> None:
        """Uniform by what comes in and goes out (Glorot & Bengio 2010)."""
        self.weights_: list[NDArray[Any]] = []
        first, *others = self.layers
        for into, out in pairwise((columns, first + self.squared, *others, 1)):
            reach = np.float32(np.sqrt(6 / (into + out)))
            drawn = rng.random((into, out), dtype=np.float32)
            self.weights_.append((2 * drawn - 1) * reach)
        self.weights_[0][:, first:] *= SQUARED_REACH
        self.shifts_ = [np.zeros(w.shape[1], np.float32) for w in self.weights_]

    def _input(self, x: sp.csr_matrix) -> sp.csr_matrix:
        """Of a part of the rows, which is a copy and may be changed."""
        if self.binary:
            x.data = np.ones_like(x.data)
        return x

    def _thinned(self, x: sp.csr_matrix, rng: np.random.Generator) -> sp.csr_matrix:
        if self.dropped:
            kept = rng.random(x.nnz, dtype=np.float32) >= self.dropped
            x.data *= kept / np.float32(1 - self.dropped)
        return x

    def _layers(self, summed: Weights) -> list[Weights]:
        """What each layer gives, from the sums of the first."""
        wide = self.layers[0]
        squares = summed[:, wide:] ** 2 / 2
        found = [np.hstack([np.maximum(summed[:, :wide], 0), squares])]
        pairs = list(zip(self.weights_[1:], self.shifts_[1:], strict=True))
        for weights, shifts in pairs[:-1]:
            found.append(np.maximum(found[-1] @ weights + shifts, 0))
        weights, shifts = pairs[-1]
        return [*found, found[-1] @ weights + shifts]

    def _learn(self, x: sp.csr_matrix, aim: Weights, adam: _Adam, step: float) -> None:
        """One step of all weights against the squared error of a batch."""
        narrow, columns = _narrow(x)
        wide = self.layers[0]
        summed = narrow @ self.weights_[0][columns] + self.shifts_[0]
        *inner, out = self._layers(summed)
        bends = [each > 0 for each in inner]
        bends[0] = np.hstack([bends[0][:, :wide], summed[:, wide:]])
        error = (out - aim[:, None]) * np.float32(2 / len(aim))
        count = len(self.weights_)
        adam.begin(step)
        for layer in range(count - 1, 0, -1):
            back = (error @ self.weights_[layer].T) * bends[layer - 1]
            adam.move(layer, inner[layer - 1].T @ error)
            adam.move(count + layer, error.sum(axis=0))
            error = back
        adam.move(count, error.sum(axis=0))
        adam.move(0, narrow.T @ error, columns)


def _narrow(x: sp.csr_matrix) -> tuple[sp.csr_matrix, NDArray[np.int64]]:
    """The columns that occur, and which they are."""
    here = np.zeros(x.shape[1], np.bool_)
    here[x.indices] = True
    columns = np.flatnonzero(here)
    place = (np.cumsum(here, dtype=np.int32) - 1)[x.indices]
    shape = (x.shape[0], len(columns))
    return sp.csr_matrix((x.data, place, x.indptr), shape), columns


class _Adam:
    """Moments of every parameter, which it moves in place."""

    def __init__(self, parameters: list[Weights]) -> None:
        self.parameters = parameters
        self.means = [np.zeros_like(each) for each in parameters]
        self.squares = [np.zeros_like(each) for each in parameters]
        self.turn = 0
        self.step = np.float32(0)

    def begin(self, step: float) -> None:
        self.turn += 1
        unbiased = (1 - SECOND**self.turn) ** 0.5 / (1 - FIRST**self.turn)
        self.step = np.float32(step * unbiased)

    def move(
        self, index: int, slope: Weights, rows: NDArray[np.int64] | None = None
    ) -> None:
        part = slice(None) if rows is None else rows
        mean = FIRST * self.means[index][part] + (1 - FIRST) * slope
        square = SECOND * self.squares[index][part] + (1 - SECOND) * slope**2
        self.means[index][part], self.squares[index][part] = mean, square
        moved = self.step * mean / (np.sqrt(square) + TINY)
        self.parameters[index][part] -= moved

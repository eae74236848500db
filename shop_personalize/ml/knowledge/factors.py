"""Factors of items; the visitor's own vector is solved at request time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.knowledge.query import Arrays, Candidates, Floats, Ints, Query

SPARE = 16
"""Items looked at beyond the ``n`` asked for, so that rounding cannot hide one."""


@dataclass(frozen=True)
class Factors:
    """Item factors (n, k) and the fold-in matrix (k, k); users are solved on request.

    The vector of a history with confidence weights w is
    ``solve(fold_in + Y' diag(w) Y, Y' (1 + w))`` (Hu, Koren, Volinsky 2008, eq. 4).
    Where items have ``voices`` (n, k) it is their sum ``voices' w`` instead, nothing
    solved: a projection (Cremonesi, Koren, Turrin 2010, section 3.3: PureSVD).
    """

    shape: ClassVar[str] = "factors"
    item_factors: Floats
    fold_in: Floats
    voices: Floats = field(default_factory=lambda: np.empty((0, 0), np.float32))

    @property
    def n_items(self) -> int:
        """Number of items with factors."""
        return len(self.item_factors)

    def candidates(self, query: Query, n: int) -> Candidates:
        """Solve the query's vector and rank every item by the inner product."""
        if not len(query.items) or n <= 0:
            return Candidates.empty()
        vector, parts_of = self.solved(query)
        best, scores = self.nearest(vector, self.item_factors @ vector, n)
        because = parts_of(best).argmax(axis=0)
        return Candidates(best, scores, np.asarray(query.items)[because])

    def vector(self, query: Query) -> NDArray[np.float64]:
        """Return the vector (k,) of a query of at least one item."""
        return self.solved(query)[0]

    def nearest(
        self, vector: NDArray[np.float64], rough: Floats, n: int
    ) -> tuple[Ints, Floats]:
        """Return the ``n`` best codes and scores > 0, ties by lower code.

        ``rough`` (n_items,) are the inner products up to rounding, however they were
        computed; the best of them are computed again, always in the same way.
        """
        wider = min(n + SPARE, len(rough))
        near = np.argpartition(-rough, wider - 1)[:wider] if wider else np.arange(0)
        exact = (self.item_factors[near] * vector).sum(axis=1)
        order = np.lexsort((near, -exact))[:n]
        order = order[exact[order] > 0]
        return near[order], exact[order]

    def solved(
        self, query: Query
    ) -> tuple[NDArray[np.float64], Callable[[Ints], NDArray[np.float64]]]:
        """Return the query's vector (k,), and what each query item adds to scores.

        That is a function of item codes (m,) to an array (query items, m).
        """
        weights = np.asarray(query.weights, np.float64)
        if self.voices.size:
            spoken = weights[:, None] * self.voices[query.items]
            return spoken.sum(axis=0), lambda items: spoken @ self.item_factors[items].T
        own = np.asarray(self.item_factors[query.items], np.float64)
        system = self.fold_in + own.T @ (weights[:, None] * own)
        vector = np.asarray(np.linalg.solve(system, own.T @ (1 + weights)), float)

        def parts(items: Ints) -> NDArray[np.float64]:
            moved = np.linalg.solve(system, self.item_factors[items].T)
            return np.asarray((own @ moved) * (1 + weights[:, None]))

        return vector, parts

    def to_arrays(self) -> Arrays:
        """Return the arrays to be stored, by name."""
        return {
            "item_factors": self.item_factors,
            "fold_in": self.fold_in,
            "voices": self.voices,
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Factors:
        """Rebuild from stored arrays, those of before there were voices too."""
        names = ("item_factors", "fold_in", "voices")
        return cls(**{name: arrays[name] for name in names if name in arrays})

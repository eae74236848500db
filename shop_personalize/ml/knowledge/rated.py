"""Factors and biases that predict ratings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.knowledge.picking import largest_at
from shop_personalize.ml.knowledge.query import (
    NOBODY,
    Arrays,
    Candidates,
    Floats,
    Ints,
    Query,
)


@dataclass(frozen=True)
class RatedFactors:
    """Item factors learned from ratings; a visitor's are solved from the own ratings.

    A rating is ``offsets[i] + item_factors[i] . v`` and noise of variance 1, where v is
    normal with mean ``prior`` (k,) and precision ``precision`` (k, k), both in units
    of that noise. ``item_factors`` (n, k), ``offsets`` float (n,); ``listed`` bool (n,)
    are the items rated often enough to be answered.
    """

    shape: ClassVar[str] = "rated"
    item_factors: Floats
    offsets: Floats
    precision: Floats
    prior: Floats
    listed: NDArray[np.bool_]

    @property
    def n_items(self) -> int:
        """Number of items with factors."""
        return len(self.item_factors)

    def candidates(self, query: Query, n: int) -> Candidates:
        """Rank by expected rating; without ratings as the average visitor would."""
        items = np.asarray(query.items[: len(query.values)], np.int64)
        own = np.asarray(self.item_factors[items], np.float64)
        above = query.values - self.offsets[items] - own @ self.prior
        system = self.precision + own.T @ own
        vector = self.prior + np.linalg.solve(system, own.T @ above)
        scores = self.offsets + self.item_factors @ vector
        every = np.arange(len(scores))
        best = largest_at(np.flatnonzero(self.listed), every, scores, n)
        parts = own @ np.linalg.solve(system, self.item_factors[best].T)
        because = _carrier(parts * above[:, None], items)
        return Candidates(best, np.asarray(scores[best], np.float64), because)

    def to_arrays(self) -> Arrays:
        """Return the arrays to be stored, by name."""
        return {
            name: getattr(self, name)
            for name in self.__dataclass_fields__
            if name != "shape"
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> RatedFactors:
        """Rebuild from stored arrays."""
        names = [name for name in cls.__dataclass_fields__ if name != "shape"]
        return cls(**{name: arrays[name] for name in names})


def _carrier(parts: NDArray[np.float64], items: Ints) -> Ints:
    """The item of the largest part of each column, if it raised the score at all."""
    if not len(items):
        return np.full(parts.shape[1], NOBODY)
    return np.where(parts.max(axis=0) > 0, items[parts.argmax(axis=0)], NOBODY)

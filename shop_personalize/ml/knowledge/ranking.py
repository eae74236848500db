"""Ordered items, per group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.knowledge.query import (
    NOBODY,
    Arrays,
    Candidates,
    Floats,
    Ints,
    Query,
)


@dataclass(frozen=True)
class Ranking:
    """Ordered items per group; group "" is the whole shop.

    ``groups`` bytes (g,) sorted names; ``indptr`` int (g+1,); ``items`` int (m,) and
    ``scores`` float (m,), descending within a group.
    """

    shape: ClassVar[str] = "ranking"
    groups: NDArray[np.bytes_]
    indptr: Ints
    items: Ints
    scores: Floats

    @property
    def n_items(self) -> int:
        """None: a ranking asks for a group, not for items."""
        return 0

    def candidates(self, query: Query, n: int) -> Candidates:
        """Return the top of the query's group; an unknown group has none."""
        name = query.group.encode()
        at = int(np.searchsorted(self.groups, name))
        if at == len(self.groups) or self.groups[at] != name:
            return Candidates.empty()
        start, stop = int(self.indptr[at]), int(self.indptr[at + 1])
        stop = min(stop, start + n)
        items = np.asarray(self.items[start:stop], np.int64)
        scores = np.asarray(self.scores[start:stop], np.float64)
        return Candidates(items, scores, np.full(len(items), NOBODY))

    def to_arrays(self) -> Arrays:
        """Return the arrays to be stored, by name."""
        return {
            "groups": self.groups,
            "indptr": self.indptr,
            "items": self.items,
            "scores": self.scores,
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Ranking:
        """Rebuild from stored arrays."""
        return cls(
            **{name: arrays[name] for name in ("groups", "indptr", "items", "scores")}
        )

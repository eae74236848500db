"""Item x item scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shop_personalize.ml.knowledge.picking import best_of, compact, loudest, spread
from shop_personalize.ml.knowledge.query import Arrays, Candidates, Floats, Ints, Query


@dataclass(frozen=True)
class ItemNeighbors:
    """Item x item scores, sparse rows in CSR form, each row best first.

    ``indptr`` int (n+1,), ``indices`` int (nnz,), ``data`` float (nnz,), ``support``
    int (nnz,): how many distinct visitors stand behind an edge (0 = not counted).
    """

    shape: ClassVar[str] = "neighbors"
    indptr: Ints
    indices: Ints
    data: Floats
    support: Ints

    @property
    def n_items(self) -> int:
        """Number of items with a row."""
        return len(self.indptr) - 1

    def row(self, code: int) -> tuple[Ints, Floats]:
        """Return the neighbors of one item and their scores."""
        start, stop = int(self.indptr[code]), int(self.indptr[code + 1])
        return self.indices[start:stop], self.data[start:stop]

    def candidates(self, query: Query, n: int) -> Candidates:
        """Score = sum over query items of weight x row; because = the largest part.

        The cost depends on the entries of the rows asked for, not on the catalog.
        """
        at, sizes = spread(self.indptr, query.items)
        if not len(at):
            return Candidates.empty()
        items = np.asarray(self.indices)[at]
        weights = np.repeat(np.asarray(query.weights, np.float64), sizes)
        scores = np.asarray(self.data)[at] * weights
        codes, place = compact(items, self.n_items)
        added = np.bincount(place, weights=scores, minlength=len(codes))
        total = np.asarray(added, np.float64)
        best = best_of(codes, total, n)
        speakers = np.repeat(np.arange(len(sizes)), sizes)
        source = loudest(best, place, scores, speakers)
        because = np.asarray(query.items, np.int64)[source]
        return Candidates(codes[best].astype(np.int64), total[best], because)

    def to_arrays(self) -> Arrays:
        """Return the arrays to be stored, by name."""
        return {
            "indptr": self.indptr,
            "indices": self.indices,
            "data": self.data,
            "support": self.support,
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> ItemNeighbors:
        """Rebuild from stored arrays."""
        return cls(
            **{name: arrays[name] for name in ("indptr", "indices", "data", "support")}
        )

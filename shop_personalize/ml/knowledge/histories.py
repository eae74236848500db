"""Past histories, found by likeness at request time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.knowledge.picking import best_of, compact, loudest, spread
from shop_personalize.ml.knowledge.query import Arrays, Candidates, Floats, Ints, Query


def _nothing() -> Ints:
    return np.empty(0, np.int32)


def _unit() -> Floats:
    return np.ones(1, np.float32)


@dataclass(frozen=True)
class Histories:
    """Past histories (customers, sessions, baskets) x items, indexed both ways.

    ``rows_*``: CSR owner x item; ``columns_*``: CSC item x owner; ``idf`` float (n,)
    weighs items when two histories are compared; ``neighbors`` int (1,) owners used;
    ``support`` int (1,): how many of them must hold an item for it to be answered.

    Where order matters (``places`` not empty) rows keep their items in order and
    ``places`` int (nnz,), parallel to ``columns_indices``, is an item's position in
    the owner's row. What lies near the latest item shared with the query counts most:
    exp(-(distance - 1) / ``reach``), and ``same`` for that item itself.

    Likeness is the inner product over ``norms`` (owners,), or with ``union`` int (1,)
    not 0 over ``norms`` + what the query holds - the inner product (Jaccard for
    weights of 1); ``power`` float (1,) above 1 lets the most alike count more.
    """

    shape: ClassVar[str] = "histories"
    rows_indptr: Ints
    rows_indices: Ints
    rows_data: Floats
    columns_indptr: Ints
    columns_indices: Ints
    columns_data: Floats
    norms: Floats
    idf: Floats
    neighbors: Ints
    support: Ints = field(default_factory=lambda: np.ones(1, np.int32))
    places: Ints = field(default_factory=_nothing)
    reach: Floats = field(default_factory=_unit)
    same: Floats = field(default_factory=_unit)
    power: Floats = field(default_factory=_unit)
    union: Ints = field(default_factory=lambda: np.zeros(1, np.int32))

    @property
    def n_items(self) -> int:
        """Number of items with a weight."""
        return len(self.idf)

    def candidates(self, query: Query, n: int) -> Candidates:
        """Find the owners most like the query (cosine); add up what they have.

        The cost depends on the owners of the query's items, not on how many there are.
        """
        owners, weights, pivots, sources = self._similar(query)
        if not len(owners):
            return Candidates.empty()
        at, lengths = spread(self.rows_indptr, owners)
        items = np.asarray(self.rows_indices[at], np.int64)
        scores = self.rows_data[at] * np.repeat(weights, lengths)
        if len(self.places):
            pivot = np.asarray(self.rows_indptr[owners]) + pivots
            scores = scores * self._near(np.abs(at - np.repeat(pivot, lengths)))
        codes, place = compact(items, len(self.idf))
        added = np.bincount(place, weights=scores, minlength=len(codes))
        total = np.asarray(added, np.float64)
        if self.support[0] > 1:
            total[np.bincount(place, minlength=len(codes)) < self.support[0]] = 0.0
        best = best_of(codes, total, n)
        because = loudest(best, place, scores, np.repeat(sources, lengths))
        return Candidates(codes[best].astype(np.int64), total[best], because)

    def _near(self, distance: Ints) -> NDArray[np.float64]:
        """How much an entry counts so many places from the shared item."""
        table = np.exp(
            -(np.arange(max(int(distance.max()) + 1, 1)) - 1) / self.reach[0]
        )
        table[0] = self.same[0]
        return np.asarray(table[distance], np.float64)

    def _similar(self, query: Query) -> tuple[Ints, Floats, Ints, Ints]:
        """Owners, likeness, place of and code of the first query item they hold."""
        at, sizes = spread(self.columns_indptr, query.items)
        if not len(at):
            return _nothing(), np.empty(0), _nothing(), _nothing()
        loud = np.asarray(query.weights) * np.asarray(self.idf)[query.items] ** 2
        weights = np.repeat(loud, sizes) * self.columns_data[at]
        found = np.asarray(self.columns_indices[at], np.int64)
        owners, place = compact(found, len(self.norms))
        total = np.bincount(place, weights=weights, minlength=len(owners))
        whole = np.asarray(self.norms[owners], np.float64)
        if self.union[0]:
            whole = whole + loud.sum() - total
        similar = np.maximum(total / np.maximum(whole, 1e-12), 0) ** self.power[0]
        best = best_of(owners, similar, int(self.neighbors[0]))
        first = np.empty(len(owners), np.int64)
        first[place[::-1]] = np.arange(len(at))[::-1]
        first = first[best]
        pivots = np.asarray(self.places[at[first]] if len(self.places) else 0 * first)
        codes = np.repeat(np.asarray(query.items, np.int64), sizes)[first]
        return owners[best], similar[best], pivots, codes

    def to_arrays(self) -> Arrays:
        """Return the arrays to be stored, by name."""
        return {
            name: getattr(self, name)
            for name in self.__dataclass_fields__
            if name != "shape"
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Histories:
        """Rebuild from stored arrays."""
        names = [name for name in cls.__dataclass_fields__ if name in arrays]
        return cls(**{name: arrays[name] for name in names})

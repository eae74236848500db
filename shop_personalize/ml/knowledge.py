"""The four shapes of knowledge that training leaves behind and serving reads.

Every shape holds plain arrays that may be memory-mapped, so this module imports
NumPy alone: a web worker that only serves never loads SciPy or scikit-learn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.floating[Any]]
Arrays = dict[str, NDArray[Any]]
NOBODY = -1


@dataclass(frozen=True)
class Query:
    """What is known of the moment: items that speak, how loudly, and which group.

    ``items`` int (q,) codes, most important first; ``weights`` float (q,);
    ``group`` names a ranking's group ("" = all), such as a category.
    """

    items: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    weights: Floats = field(default_factory=lambda: np.empty(0, np.float64))
    group: str = ""


@dataclass(frozen=True)
class Candidates:
    """Ordered answers: codes (n,), scores (n,) descending, and because (n,).

    ``because`` is the code of the query item that carried most of the score, or
    ``NOBODY``.
    """

    items: Ints
    scores: Floats
    because: Ints

    def __len__(self) -> int:
        """Count the candidates."""
        return len(self.items)

    @classmethod
    def empty(cls) -> Candidates:
        """No answer."""
        nothing = np.empty(0, np.int64)
        return cls(nothing, np.empty(0, np.float64), nothing)


class Knowledge(Protocol):
    """What every shape can do."""

    shape: ClassVar[str]

    def candidates(self, query: Query, n: int) -> Candidates:
        """Return at most ``n`` items, best first, query items included."""
        ...

    def to_arrays(self) -> Arrays:
        """Return the arrays to be stored, by name."""
        ...

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Knowledge:
        """Rebuild the shape from stored (possibly memory-mapped) arrays."""
        ...


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
        """Score = sum over query items of weight x row; because = the largest part."""
        parts = [self.row(int(code)) for code in query.items]
        sizes = [len(indices) for indices, _ in parts]
        if not sum(sizes):
            return Candidates.empty()
        items = np.concatenate([indices for indices, _ in parts])
        scores = np.concatenate(
            [
                data * weight
                for (_, data), weight in zip(parts, query.weights, strict=True)
            ]
        )
        total = np.bincount(items, weights=scores, minlength=self.n_items)
        best = _largest(total, n)
        sources = np.repeat(np.asarray(query.items, np.int64), sizes)
        because = _loudest(best, items, scores, sources)
        return Candidates(best, np.asarray(total[best], np.float64), because)

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


def _largest(total: NDArray[Any], n: int) -> Ints:
    """Codes of the ``n`` largest positive totals (ties: lower code first)."""
    codes = np.flatnonzero(total > 0)
    if len(codes) > n:
        codes = codes[np.argpartition(-total[codes], n - 1)[:n]] if n else codes[:0]
    return np.asarray(codes[np.lexsort((codes, -total[codes]))], np.int64)


def _loudest(best: Ints, items: Ints, scores: Floats, sources: Ints) -> Ints:
    """For each of ``best`` the source of its largest single score."""
    if not len(best):
        return np.empty(0, np.int64)
    peak = np.zeros(int(items.max()) + 1)
    np.maximum.at(peak, items, scores)
    loud = np.flatnonzero(scores >= peak[items])[::-1]
    source = np.full(len(peak), NOBODY)
    source[items[loud]] = sources[loud]
    return source[best]


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

    def candidates(self, query: Query, n: int) -> Candidates:
        """Find the owners most like the query (cosine); add up what they have."""
        owners, weights, pivots, sources = self._similar(query)
        if not len(owners):
            return Candidates.empty()
        starts = np.asarray(self.rows_indptr[owners], np.int64)
        lengths = np.asarray(self.rows_indptr[owners + 1], np.int64) - starts
        place = np.arange(lengths.sum()) - np.repeat(
            np.cumsum(lengths) - lengths, lengths
        )
        at = place + np.repeat(starts, lengths)
        items = np.asarray(self.rows_indices[at], np.int64)
        scores = np.asarray(self.rows_data[at]) * np.repeat(weights, lengths)
        if len(self.places):
            distance = np.abs(place - np.repeat(pivots, lengths))
            near = np.exp(-(distance - 1) / self.reach[0])
            scores = scores * np.where(distance == 0, self.same[0], near)
        total = np.bincount(items, weights=scores)
        total[np.bincount(items) < self.support[0]] = 0.0
        best = _largest(total, n)
        because = _loudest(best, items, scores, np.repeat(sources, lengths))
        return Candidates(best, np.asarray(total[best], np.float64), because)

    def _similar(self, query: Query) -> tuple[Ints, Floats, NDArray[Any], Ints]:
        """Owners, likeness, place of and code of the first query item they hold."""
        parts = [
            np.arange(self.columns_indptr[code], self.columns_indptr[code + 1])
            for code in query.items
        ]
        sizes = [len(part) for part in parts]
        if not sum(sizes):
            return _nothing(), np.empty(0), _nothing(), _nothing()
        at = np.concatenate(parts)
        codes = np.repeat(np.asarray(query.items, np.int64), sizes)
        weights = np.repeat(np.asarray(query.weights), sizes) * self.columns_data[at]
        owners, first, inverse = np.unique(
            self.columns_indices[at], return_index=True, return_inverse=True
        )
        total = np.bincount(inverse, weights * np.asarray(self.idf)[codes] ** 2)
        similar = total / np.maximum(self.norms[owners], 1e-12)
        best = np.argsort(-similar, kind="stable")[: int(self.neighbors[0])]
        first = first[best]
        pivots = self.places[at[first]] if len(self.places) else np.zeros(len(best))
        return owners[best], similar[best], pivots, codes[first]

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
        names = [name for name in cls.__dataclass_fields__ if name != "shape"]
        return cls(**{name: arrays[name] for name in names})


@dataclass(frozen=True)
class Factors:
    """Item factors (n, k) and the fold-in matrix (k, k); users are solved on request.

    The vector of a history with confidence weights w is
    ``solve(fold_in + Y' diag(w) Y, Y' (1 + w))`` (Hu, Koren, Volinsky 2008, eq. 4).
    """

    shape: ClassVar[str] = "factors"
    item_factors: Floats
    fold_in: Floats

    def candidates(self, query: Query, n: int) -> Candidates:
        """Solve the query's vector and rank every item by the inner product."""
        if not len(query.items):
            return Candidates.empty()
        own = np.asarray(self.item_factors[query.items], np.float64)
        weights = np.asarray(query.weights, np.float64)[:, None]
        system = np.asarray(self.fold_in, np.float64) + own.T @ (weights * own)
        vector = np.linalg.solve(system, own.T @ (1 + weights[:, 0]))
        scores = np.asarray(self.item_factors @ vector, np.float64)
        n = min(n, len(scores))
        best = np.argpartition(-scores, n - 1)[:n]
        best = best[np.argsort(-scores[best], kind="stable")]
        parts = (own @ np.linalg.solve(system, self.item_factors[best].T)) * (
            1 + weights
        )
        return Candidates(
            best, scores[best], np.asarray(query.items)[parts.argmax(axis=0)]
        )

    def to_arrays(self) -> Arrays:
        """Return the arrays to be stored, by name."""
        return {"item_factors": self.item_factors, "fold_in": self.fold_in}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Factors:
        """Rebuild from stored arrays."""
        return cls(item_factors=arrays["item_factors"], fold_in=arrays["fold_in"])


SHAPES: dict[str, type[Any]] = {
    shape.shape: shape for shape in (Ranking, ItemNeighbors, Histories, Factors)
}

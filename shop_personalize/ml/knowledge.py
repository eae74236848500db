"""The shapes of knowledge that training leaves behind and serving reads.

Every shape holds plain arrays that may be memory-mapped, so this module imports
NumPy alone: a web worker that only serves never loads SciPy or scikit-learn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.floating[Any]]
Arrays = dict[str, NDArray[Any]]
NOBODY = -1
SPARE = 16
"""Items looked at beyond the ``n`` asked for, so that rounding cannot hide one."""


@dataclass(frozen=True)
class Query:
    """What is known of the moment: items that speak, how loudly, and which group.

    ``items`` int (q,) codes, most important first; ``weights`` float (q,);
    ``group`` names a ranking's group ("" = all), such as a category; ``values`` float
    (q,) the ratings given, for the shape that learns from ratings (else empty).
    """

    items: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    weights: Floats = field(default_factory=lambda: np.empty(0, np.float64))
    group: str = ""
    values: Floats = field(default_factory=lambda: np.empty(0, np.float64))


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

    @property
    def n_items(self) -> int:
        """Items a query may name, 0 where the query's items are not looked at."""
        ...

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
        at, sizes = _spread(self.indptr, query.items)
        if not len(at):
            return Candidates.empty()
        items = np.asarray(self.indices)[at]
        weights = np.repeat(np.asarray(query.weights, np.float64), sizes)
        scores = np.asarray(self.data)[at] * weights
        codes, place = _compact(items, self.n_items)
        added = np.bincount(place, weights=scores, minlength=len(codes))
        total = np.asarray(added, np.float64)
        best = best_of(codes, total, n)
        speakers = np.repeat(np.arange(len(sizes)), sizes)
        loudest = _loudest(best, place, scores, speakers)
        because = np.asarray(query.items, np.int64)[loudest]
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


FEW_ITEMS = 16
"""A catalog of up to so many items an entry is added up in place, without sorting."""


def _spread(indptr: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Positions of the entries of ``rows``, row after row, and the rows' sizes."""
    starts = np.asarray(indptr[rows], np.int64)
    sizes = np.asarray(indptr[rows + 1], np.int64) - starts
    at = np.repeat(starts - np.cumsum(sizes) + sizes, sizes)
    return at + np.arange(len(at)), sizes


def _compact(items: Ints, n_items: int) -> tuple[Ints, Ints]:
    """Distinct codes, ascending, and the place of each of ``items`` among them."""
    if n_items <= FEW_ITEMS * len(items):
        return np.arange(n_items), items
    bits = len(items).bit_length()
    keys = np.sort((items.astype(np.int64) << bits) | np.arange(len(items)))
    ordered = keys >> bits
    first = np.ones(len(ordered), bool)
    first[1:] = ordered[1:] != ordered[:-1]
    place = np.empty(len(items), np.int64)
    place[keys & ((1 << bits) - 1)] = np.cumsum(first) - 1
    return ordered[first], place


def _largest(total: NDArray[Any], n: int) -> Ints:
    """Codes of the ``n`` largest positive totals (ties: lower code first)."""
    return best_of(np.arange(len(total)), total, n)


def best_of(codes: Ints, total: NDArray[Any], n: int) -> Ints:
    """Positions of the ``n`` largest positive totals (ties: lower code first)."""
    return _largest_at(np.flatnonzero(total > 0), codes, total, n)


def _largest_at(at: Ints, codes: Ints, total: NDArray[Any], n: int) -> Ints:
    """Those of the positions ``at`` with the ``n`` largest totals, best first."""
    if n <= 0:
        return at[:0]
    if len(at) > n:
        values = total[at]
        at = at[values >= np.partition(values, len(at) - n)[len(at) - n]]
    return at[np.lexsort((codes[at], -total[at]))[:n]]


def _loudest(best: Ints, items: Ints, scores: Floats, sources: Ints) -> Ints:
    """For each of ``best`` the source of its largest single score, the first of them.

    ``items``, ``scores`` and ``sources`` are parallel, the first query item's first.
    """
    wanted = np.full(int(items.max(initial=-1)) + 1, NOBODY)
    wanted[best] = np.arange(len(best))
    rank = wanted[items]
    about = np.flatnonzero(rank >= 0)
    rank, scores = rank[about], scores[about]
    peak = np.zeros(len(best))
    np.maximum.at(peak, rank, scores)
    loud = np.flatnonzero(scores >= peak[rank])[::-1]
    source = np.full(len(best), NOBODY)
    source[rank[loud]] = sources[about[loud]]
    return source


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
        at, lengths = _spread(self.rows_indptr, owners)
        items = np.asarray(self.rows_indices[at], np.int64)
        scores = self.rows_data[at] * np.repeat(weights, lengths)
        if len(self.places):
            pivot = np.asarray(self.rows_indptr[owners]) + pivots
            scores = scores * self._near(np.abs(at - np.repeat(pivot, lengths)))
        codes, place = _compact(items, len(self.idf))
        added = np.bincount(place, weights=scores, minlength=len(codes))
        total = np.asarray(added, np.float64)
        if self.support[0] > 1:
            total[np.bincount(place, minlength=len(codes)) < self.support[0]] = 0.0
        best = best_of(codes, total, n)
        because = _loudest(best, place, scores, np.repeat(sources, lengths))
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
        at, sizes = _spread(self.columns_indptr, query.items)
        if not len(at):
            return _nothing(), np.empty(0), _nothing(), _nothing()
        loud = np.asarray(query.weights) * np.asarray(self.idf)[query.items] ** 2
        weights = np.repeat(loud, sizes) * self.columns_data[at]
        found = np.asarray(self.columns_indices[at], np.int64)
        owners, place = _compact(found, len(self.norms))
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
        best = _largest_at(np.flatnonzero(self.listed), every, scores, n)
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


@dataclass(frozen=True)
class Mixture:
    """Several shapes in one model, by name; how they are mixed is configuration.

    Stored as the arrays of each part, named ``<part>__<array>``, and ``parts``, bytes
    (p,): one ``<part>=<shape>`` each, in order. A part may be a mixture itself.
    """

    shape: ClassVar[str] = "mixture"
    parts: dict[str, Knowledge]

    @property
    def n_items(self) -> int:
        """The most that any part knows."""
        return max((part.n_items for part in self.parts.values()), default=0)

    def candidates(self, query: Query, n: int) -> Candidates:
        """Add up the parts, each divided by its own maximum; because = the largest."""
        found = [part.candidates(query, n) for part in self.parts.values()]
        found = [each for each in found if len(each) and each.scores[0] > 0]
        if not found:
            return Candidates.empty()
        items = np.concatenate([each.items for each in found])
        shares = np.concatenate([each.scores / each.scores[0] for each in found])
        total = np.bincount(items, np.maximum(shares, 0.0))
        best = _largest(total, n)
        sources = np.concatenate([each.because for each in found])
        because = _loudest(best, items, shares, sources)
        return Candidates(best, np.asarray(total[best], np.float64), because)

    def to_arrays(self) -> Arrays:
        """Return the arrays to be stored, by name."""
        named = [f"{name}={part.shape}" for name, part in self.parts.items()]
        arrays: Arrays = {"parts": np.array(named or [""], dtype="S")}
        for name, part in self.parts.items():
            for array, values in part.to_arrays().items():
                arrays[f"{name}__{array}"] = values
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Mixture:
        """Rebuild from stored arrays; raises KeyError for a shape that is unknown."""
        parts: dict[str, Knowledge] = {}
        for entry in arrays["parts"].tolist():
            if entry:
                name, _, shape = entry.decode().partition("=")
                parts[name] = SHAPES[shape].from_arrays(part_of(arrays, name))
        return cls(parts)


def part_of(arrays: Arrays, name: str) -> Arrays:
    """Return the arrays of one part of a mixture, without its name before them."""
    start = f"{name}__"
    return {
        array.removeprefix(start): values
        for array, values in arrays.items()
        if array.startswith(start)
    }


SHAPES: dict[str, type[Any]] = {
    shape.shape: shape
    for shape in (Ranking, ItemNeighbors, Histories, Factors, RatedFactors, Mixture)
}

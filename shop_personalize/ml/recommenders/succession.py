"""Which item follows which, counted in blocks of items so that memory stays bounded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from shop_personalize.ml.data.distinct import latest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData

PAIRS_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Succession:
    """Sequences laid end to end, each owner and item once; columns of length m.

    ``owner`` one visitor (or visit) after the other, ``item`` codes in order of time,
    ``value`` float strengths; ``near`` float (window,) what a pair 1, 2, … places apart
    counts; ``backward`` its factor against the order of time.
    """

    owner: NDArray[Any]
    item: NDArray[np.int32]
    value: NDArray[np.float64]
    near: NDArray[np.float64]
    backward: float
    n_items: int

    @classmethod
    def of(
        cls,
        rows: TrainingData,
        values: NDArray[np.float64],
        near: NDArray[np.float64],
        backward: float,
        owner: NDArray[Any] | None = None,
    ) -> Succession:
        """Lay out ``rows`` with their ``values`` (m,) by visitor, or by ``owner`` (m,).

        Of a visitor and an item only the latest event counts, whoever the owner.
        """
        owner = rows.visitor if owner is None else owner
        present = np.flatnonzero(values > 0)
        order = present[np.lexsort((rows.time[present], rows.visitor[present]))]
        order = order[latest(rows.visitor[order], rows.item[order], rows.n_items)]
        return cls(
            owner[order], rows.item[order], values[order], near, backward, rows.n_items
        )

    def __len__(self) -> int:
        """Count the events."""
        return len(self.item)

    def degrees(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Row and column sums of all pairs; each (n_items,), 1 where there are none."""
        leaving, arriving = np.zeros(self.n_items), np.zeros(self.n_items)
        every = np.arange(len(self))
        for at, to, value in self._pairs(every):
            leaving += np.bincount(self.item[at], value, minlength=self.n_items)
            arriving += np.bincount(self.item[to], value, minlength=self.n_items)
        return np.where(leaving > 0, leaving, 1.0), np.where(
            arriving > 0, arriving, 1.0
        )

    def blocks(
        self,
    ) -> Iterator[tuple[int, sparse.csr_array, NDArray[np.int32]]]:
        """Yield (first item, pair counts of a run of items x all, visitors behind)."""
        if not self.n_items:
            return
        by_item = np.argsort(self.item, kind="stable")
        holders = np.bincount(self.item, minlength=self.n_items)
        ends = np.cumsum(holders)
        block = ends * 2 * max(len(self.near), 1) // PAIRS_AT_ONCE
        cuts = np.flatnonzero(np.diff(block)) + 1
        first, used = 0, 0
        for stop in [*cuts.tolist(), self.n_items]:
            events = by_item[used : ends[stop - 1]]
            yield (first, *self._counts(events, first, stop))
            first, used = stop, int(ends[stop - 1])

    def _counts(
        self, events: NDArray[np.int64], first: int, stop: int
    ) -> tuple[sparse.csr_array, NDArray[np.int32]]:
        found = list(self._pairs(events))
        at, to, value = (np.concatenate(part) for part in zip(*found, strict=True))
        shape = (stop - first, self.n_items)
        where = (self.item[at] - first, self.item[to])
        counts = sparse.csr_array((value, where), shape=shape)
        people = sparse.csr_array((np.ones(len(at), np.int32), where), shape=shape)
        counts.sum_duplicates()
        people.sum_duplicates()
        return counts, people.data

    def _pairs(
        self, events: NDArray[np.int64]
    ) -> Iterator[tuple[NDArray[Any], NDArray[Any], NDArray[np.float64]]]:
        """Events, their partners at every distance and what each pair counts."""
        yield events[:0], events[:0], np.empty(0)
        for gap, near in enumerate(self.near, 1):
            after = events[events + gap < len(self)]
            after = after[self.owner[after] == self.owner[after + gap]]
            yield after, after + gap, near * self._weight(after, after + gap)
            before = events[events >= gap]
            before = before[self.owner[before] == self.owner[before - gap]]
            weight = self.backward * near * self._weight(before - gap, before)
            yield before, before - gap, weight
            if not len(after) and not len(before):
                return

    def _weight(
        self, earlier: NDArray[Any], later: NDArray[Any]
    ) -> NDArray[np.float64]:
        """A pair is as strong as the fainter of its events."""
        return np.asarray(np.minimum(self.value[earlier], self.value[later]))

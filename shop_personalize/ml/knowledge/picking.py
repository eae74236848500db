"""Adding up the entries a query meets, and taking the best of the sums."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.knowledge.query import NOBODY, Floats, Ints

FEW_ITEMS = 16
"""A catalog of up to so many items an entry is added up in place, without sorting."""


def spread(indptr: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Positions of the entries of ``rows``, row after row, and the rows' sizes."""
    starts = np.asarray(indptr[rows], np.int64)
    sizes = np.asarray(indptr[rows + 1], np.int64) - starts
    at = np.repeat(starts - np.cumsum(sizes) + sizes, sizes)
    return at + np.arange(len(at)), sizes


def compact(items: Ints, n_items: int) -> tuple[Ints, Ints]:
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


def largest(total: NDArray[Any], n: int) -> Ints:
    """Codes of the ``n`` largest positive totals (ties: lower code first)."""
    return best_of(np.arange(len(total)), total, n)


def best_of(codes: Ints, total: NDArray[Any], n: int) -> Ints:
    """Positions of the ``n`` largest positive totals (ties: lower code first)."""
    return largest_at(np.flatnonzero(total > 0), codes, total, n)


def largest_at(at: Ints, codes: Ints, total: NDArray[Any], n: int) -> Ints:
    """Those of the positions ``at`` with the ``n`` largest totals, best first."""
    if n <= 0:
        return at[:0]
    if len(at) > n:
        values = total[at]
        at = at[values >= np.partition(values, len(at) - n)[len(at) - n]]
    return at[np.lexsort((codes[at], -total[at]))[:n]]


def loudest(best: Ints, items: Ints, scores: Floats, sources: Ints) -> Ints:
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

"""What lists are like besides being right: wide, even, surprising, varied.

Functions that return float (lists,) give NaN for a list of which nothing can be said
(an empty one, or one of a single item where pairs are compared).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from shop_personalize.ml.knowledge import Ints

    Values = NDArray[np.float64]


def coverage(lists: Sequence[Ints], n_items: int) -> float:
    """Share of all items that occur in at least one list."""
    shown = _counts(lists, n_items)
    return float((shown > 0).mean()) if n_items else 0.0


def gini(lists: Sequence[Ints], n_items: int) -> float:
    """Inequality of exposure over all items: 0 all alike, towards 1 a few take all."""
    shown = np.sort(_counts(lists, n_items))
    if not shown.sum():
        return 0.0
    rank = np.arange(1, n_items + 1)
    return float(((2 * rank - n_items - 1) * shown).sum() / (n_items * shown.sum()))


def novelty(lists: Sequence[Ints], shares: Values) -> float:
    """Mean self-information of the shown items in bits, over lists (Zhou et al. 2010).

    ``shares`` (n,) is the share of visitors who had each item before; an item nobody
    had counts as one that half a visitor had (``shares`` must then be > 0).
    """
    return _mean(novelty_each(lists, shares))


def novelty_each(lists: Sequence[Ints], shares: Values) -> Values:
    """The same of each list; (lists,)."""
    return _mean_of(lists, -np.log2(np.maximum(shares, 1e-12)))


def popularity_each(lists: Sequence[Ints], shares: Values) -> Values:
    """Average share of visitors who had the shown items before; (lists,).

    Its mean is the average recommendation popularity of Yin et al. 2012.
    """
    return _mean_of(lists, shares)


def popularity_lift(
    lists: Sequence[Ints], histories: Sequence[Ints], shares: Values
) -> float:
    """By what share lists are more popular than the histories they answer.

    0 = as popular as what people chose themselves, 1 = twice (Kowald et al. 2020, group
    average popularity of all as one group). 0 where either side is empty.
    """
    own, chosen = (_mean(popularity_each(each, shares)) for each in (lists, histories))
    return own / chosen - 1 if chosen and len(_shown(lists)) else 0.0


def diversity_each(lists: Sequence[Ints], labels: Sequence[frozenset[Any]]) -> Values:
    """Mean 1 - Jaccard over all pairs of a list; (lists,).

    ``labels`` (n,) are what describes each item, such as its categories; two items
    without any are alike (Ziegler et al. 2005, intra-list similarity).
    """
    found = np.full(len(lists), np.nan)
    numbers = _numbered(labels)
    for length in {len(items) for items in lists} - {0, 1}:
        same = [at for at, items in enumerate(lists) if len(items) == length]
        table = numbers.of[np.stack([lists[at] for at in same])]
        total = np.zeros(len(same))
        for place in range(1, length):
            for other in range(place):
                total += numbers.apart(table[:, place], table[:, other])
        found[same] = total / (length * (length - 1) / 2)
    return found


def vector_diversity_each(
    lists: Sequence[Ints], vectors: NDArray[np.floating[Any]]
) -> Values:
    """Mean 1 - cosine over all pairs of a list; ``vectors`` (n, d), 1 for zero rows."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(length > 0, length, 1.0)
    found = np.full(len(lists), np.nan)
    for at, items in enumerate(lists):
        if len(items) > 1:
            own = unit[items]
            alike = (own.sum(axis=0) ** 2).sum() - (own**2).sum()
            found[at] = 1 - alike / (len(items) * (len(items) - 1))
    return found


def serendipity_each(
    lists: Sequence[Ints], truths: Sequence[Ints], expected: Sequence[Ints], k: int
) -> Values:
    """Share of the ``k`` positions that are right and not in ``expected``; (lists,).

    ``expected`` are the lists of a primitive method, such as popularity (Ge et al.
    2010, unexpectedness times usefulness).
    """
    found = np.zeros(len(lists))
    for at, (items, truth, usual) in enumerate(
        zip(lists, truths, expected, strict=True)
    ):
        right = set(truth.tolist()).difference(usual[:k].tolist())
        found[at] = sum(item in right for item in items[:k].tolist()) / k
    return found


def exposure_parity(lists: Sequence[Ints], groups: Ints) -> float:
    """Least over greatest average exposure of groups of items: 1 all alike, 0 one none.

    ``groups`` int (n,) is the group of each item, such as its supplier. A position p
    (from 1) exposes by 1 / log2(p + 1); a group's exposure is shared by all its items
    (Singh, Joachims 2018, demographic parity). 1 for a single group and for no list.
    """
    shown = _shown(lists)
    if not len(shown):
        return 1.0
    places = np.concatenate([np.arange(len(items)) for items in lists])
    _, group = np.unique(groups, return_inverse=True)
    total = np.bincount(group[shown], 1 / np.log2(places + 2), int(group.max()) + 1)
    average = total / np.bincount(group)
    return float(average.min() / average.max())


@dataclass(frozen=True)
class _Sets:
    """Distinct sets of labels: ``of`` int (n,) is each item's, ``distance`` theirs."""

    of: NDArray[np.int64]
    held: sparse.csr_array
    sizes: NDArray[np.float64]

    def apart(self, ones: Ints, others: Ints) -> Values:
        """1 - Jaccard of pairs of sets; (pairs,)."""
        count = len(self.sizes)
        pairs, at = np.unique(ones * count + others, return_inverse=True)
        one, other = pairs // count, pairs % count
        shared = (self.held[one] * self.held[other]).sum(axis=1)
        either = self.sizes[one] + self.sizes[other] - shared
        distance = np.where(either > 0, 1 - shared / np.maximum(either, 1), 0.0)
        return np.asarray(distance[at], np.float64)


def _numbered(labels: Sequence[frozenset[Any]]) -> _Sets:
    sets: dict[frozenset[Any], int] = {}
    of = np.array([sets.setdefault(each, len(sets)) for each in labels], np.int64)
    words = {word: at for at, word in enumerate(frozenset().union(*sets))}
    rows = [(at, words[word]) for each, at in sets.items() for word in each]
    where = np.array(rows, np.int64).reshape(-1, 2).T
    held = sparse.csr_array(
        (np.ones(len(rows)), (where[0], where[1])), shape=(len(sets), len(words))
    )
    return _Sets(of, held, np.array([len(each) for each in sets], np.float64))


def _mean_of(lists: Sequence[Ints], values: Values) -> Values:
    """Mean of ``values`` over the items of each list, NaN for an empty one."""
    lengths = np.array([len(items) for items in lists], np.int64)
    owner = np.repeat(np.arange(len(lists)), lengths)
    total = np.bincount(owner, values[_shown(lists)], minlength=len(lists))
    return np.where(lengths > 0, total / np.maximum(lengths, 1), np.nan)


def _mean(values: Values) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else 0.0


def _counts(lists: Sequence[Ints], n_items: int) -> NDArray[np.int64]:
    return np.bincount(_shown(lists), minlength=n_items)


def _shown(lists: Sequence[Ints]) -> NDArray[np.int64]:
    return np.concatenate([np.empty(0, np.int64), *lists]).astype(np.int64)

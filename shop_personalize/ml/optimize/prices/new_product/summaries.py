"""Products as few dense columns: what those alike cost, and how much is said."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Self

import numpy as np

from shop_personalize.ml.optimize.prices.new_product.listings import Listings
from shop_personalize.ml.optimize.prices.sales import Floats, Ints

PRIOR = 10.0
"""Products at the mean of all that each mean of a level is drawn to."""


class Summaries:
    """Means of the target by brand, category and attribute, with their counts.

    After ``fit``: ``means_``, one table of (sum, count) a level, ``mean_`` of all.
    """

    def fit(self, listings: Listings, target: Floats) -> Self:
        """Learn the means of ``target`` float64 (rows,)."""
        self.mean_ = float(target.mean())
        self.tables_ = []
        for keys in _keys(listings):
            names, place = _numbered(keys)
            count = np.bincount(place)
            total = np.bincount(place, target - self.mean_)
            self.tables_.append((names, total, count))
        return self

    def of(self, listings: Listings) -> Floats:
        """Float64 (rows, columns)."""
        return self._columns(listings, None, None)

    def without_own(self, listings: Listings, target: Floats, fold: Ints) -> Floats:
        """The same of the rows learned from, each without the rows of its ``fold``."""
        return self._columns(listings, target - self.mean_, fold)

    def _columns(
        self, listings: Listings, target: Floats | None, fold: Ints | None
    ) -> Floats:
        columns = [
            np.array([len(each) for each in listings.titles], np.float64),
            np.array([len(each) for each in listings.texts], np.float64),
        ]
        for keys, (names, totals, counts) in zip(
            _keys(listings), self.tables_, strict=True
        ):
            place = np.array([names.get(key, len(totals)) for key in keys], np.int64)
            total, count = np.append(totals, 0.0)[place], np.append(counts, 0)[place]
            if target is not None and fold is not None:
                cell = place * (int(fold.max()) + 1) + fold
                total = total - np.bincount(cell, target)[cell]
                count = count - np.bincount(cell)[cell]
            columns += [total / (count + PRIOR), np.log1p(count)]
        return np.column_stack(columns)


def _keys(listings: Listings) -> Iterator[Sequence[Hashable]]:
    paths = [tuple(path) for path in listings.categories]
    yield listings.brands
    yield paths
    yield [path[:2] for path in paths]
    yield list(zip(listings.brands, paths, strict=True))
    yield [_last_word(title) for title in listings.titles]
    yield from (
        [str(value) for value in values] for values in listings.attributes.values()
    )


def _last_word(title: str) -> str:
    """What the thing is, in many languages."""
    return next(reversed(title.casefold().split()), "")


def _numbered(keys: Sequence[Hashable]) -> tuple[dict[Hashable, int], Ints]:
    names: dict[Hashable, int] = {}
    place = [names.setdefault(key, len(names)) for key in keys]
    return names, np.array(place, np.int64)

"""The brand a title names where the field for it was left empty."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Self

MOST_WORDS = 3
LEAST_SEEN = 3
SURE = 0.5
"""Share of the titles naming a brand that must be of it: "pink" may be a color."""
_WORD = re.compile(r"[^\W_]+")


class NamedBrands:
    """Brands by the words they are named with in titles.

    After ``fit``: ``known_``, the brand of each phrase that can be trusted.
    """

    def fit(self, titles: Sequence[str], brands: Sequence[str]) -> Self:
        """Learn from products of which some have a brand."""
        seen = Counter(brand for brand in brands if brand)
        known = {
            phrase: brand
            for brand, count in seen.items()
            if count >= LEAST_SEEN and (phrase := " ".join(_words(brand)))
        }
        named: Counter[str] = Counter()
        right: Counter[str] = Counter()
        for title, brand in zip(titles, brands, strict=True):
            if brand:
                for phrase in set(_phrases(title)) & known.keys():
                    named[phrase] += 1
                    right[phrase] += known[phrase] == brand
        self.known_ = {
            phrase: brand
            for phrase, brand in known.items()
            if right[phrase] > SURE * named[phrase]
        }
        return self

    def fill(self, titles: Sequence[str], brands: Sequence[str]) -> list[str]:
        """The brands, with what the titles name where there is none."""
        return [
            brand or self._named(title)
            for title, brand in zip(titles, brands, strict=True)
        ]

    def _named(self, title: str) -> str:
        found = (self.known_[each] for each in _phrases(title) if each in self.known_)
        return next(found, "")


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _phrases(title: str) -> Iterator[str]:
    """Runs of words, the longest first."""
    words = _words(title)
    for length in range(MOST_WORDS, 0, -1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])

"""Products as sparse columns: words, spellings, what they are and how they read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, Self

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from shop_personalize.ml.optimize.prices.new_product.listings import Listings
from shop_personalize.ml.optimize.prices.new_product.sources import (
    WORD,
    all_levels,
    beginnings,
    crosses,
    numbers,
    spellings,
    stems,
    text_crosses,
    texts,
    titles,
)
from shop_personalize.ml.optimize.prices.new_product.style import styles
from shop_personalize.ml.optimize.prices.sales import Ints

TITLE_WORDS, TEXT_WORDS, STEMS = 50_000, 80_000, 120_000
SPELLINGS, TEXT_SPELLINGS = 40_000, 60_000
WEIGHTS = {
    "level": np.float32(0.5),
    "cross": np.float32(0.2),
    "text cross": np.float32(0.1),
    "number": np.float32(0.2),
    "style": np.float32(0.2),
}
"""Of what a product is and of its words there, beside words alone (length 1 a row)."""
MANY = 20_000
"""Products from which on what occurs once, or a few times, is not learned from."""
Source = Callable[[Listings], Sequence[Any]]


class Seen(NamedTuple):
    """The columns of products: ``all``, CSR float32, and where each kind of them is."""

    all: sp.csr_matrix
    places: dict[str, slice]

    def take(self, rows: Ints) -> Seen:
        """Those of ``rows``."""
        return self._replace(all=self.all[rows])

    def only(self, kinds: Sequence[str]) -> sp.csr_matrix:
        """The columns of ``kinds``, as far as there are any."""
        kept = np.zeros(self.all.shape[1], np.bool_)
        for kind in kinds:
            kept[self.places.get(kind, slice(0))] = True
        return self.all[:, np.flatnonzero(kept)]


class Views:
    """TF-IDF of words and of character n-grams, and one column a level.

    After ``fit``: ``terms_``, kind and name of every column of ``Seen.all``.
    """

    def fit(self, listings: Listings) -> Self:
        """Learn the vocabularies; brands must be filled already."""
        many = len(listings) >= MANY
        rare, often = (2, 4) if many else (1, 2)
        self.parts_: list[tuple[str, CountVectorizer, Source]] = []
        self.terms_: list[tuple[str, str]] = []
        for kind, vectorizer, source in (
            ("title", _tfidf(TITLE_WORDS, rare), titles),
            ("text", _tfidf(TEXT_WORDS, often), texts),
            ("level", _levels(rare), all_levels),
            ("number", _levels(rare + 1), numbers),
            ("style", _levels(rare), styles),
            ("stem", _tfidf(STEMS, max(often - 1, 2)), stems),
            ("spelling", _tfidf(SPELLINGS, often, (3, 5)), spellings),
            ("text spelling", _tfidf(TEXT_SPELLINGS, 2 * often, (4, 5)), beginnings),
            ("cross", _levels(rare + 1), crosses),
            ("text cross", _levels(often), text_crosses),
        ):
            try:
                vectorizer.fit(source(listings))
            except ValueError:  # there is not one word
                continue
            self.parts_.append((kind, vectorizer, source))
            names = vectorizer.get_feature_names_out()
            self.terms_ += [_term(kind, str(name)) for name in names]
        return self

    def of(self, listings: Listings) -> Seen:
        """The columns of products."""
        found = {
            kind: vectorizer.transform(source(listings))
            for kind, vectorizer, source in self.parts_
        }
        for kind in found.keys() & WEIGHTS.keys():
            found[kind] = found[kind] * WEIGHTS[kind]
        ends = np.cumsum([0, *(each.shape[1] for each in found.values())]).tolist()
        places = {
            kind: slice(*at) for kind, at in zip(found, pairwise(ends), strict=True)
        }
        empty = sp.csr_matrix(np.empty((len(listings), 0), np.float32))
        every = sp.hstack([empty, *found.values()], format="csr")
        return Seen(sp.csr_matrix(every, dtype=np.float32), places)


def _tfidf(
    most: int, least_seen: int, spelled: tuple[int, int] | None = None
) -> TfidfVectorizer:
    """Of words and pairs of them, or of so many letters at a time."""
    return TfidfVectorizer(
        analyzer="char_wb" if spelled else "word",
        ngram_range=spelled or (1, 2),
        token_pattern=None if spelled else WORD,
        min_df=least_seen,
        max_features=most,
        sublinear_tf=True,
        dtype=np.float32,
    )


def _levels(least_seen: int) -> CountVectorizer:
    return CountVectorizer(
        analyzer=_same, binary=True, min_df=least_seen, dtype=np.float32
    )


def _same(levels: list[str]) -> list[str]:
    return levels


def _term(kind: str, name: str) -> tuple[str, str]:
    if kind not in WEIGHTS:
        return kind, name
    kind, _, name = name.partition("\t")
    return kind, name

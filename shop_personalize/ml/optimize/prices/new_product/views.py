"""Products as sparse columns: words, spellings, and what they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any, NamedTuple, Self

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from shop_personalize.ml.optimize.prices.new_product.listings import Listings

SCRIPT = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
WORD = rf"[{SCRIPT}]|[^\W_{SCRIPT}]+"
"""A Chinese character is a word of its own, two of them a pair of words."""
TITLE_WORDS, TEXT_WORDS, SPELLINGS = 50_000, 80_000, 40_000
WEIGHTS = {"level": np.float32(0.5), "cross": np.float32(0.2)}
"""Of what a product is and of its words there, beside words alone (length 1 a row)."""
FIRST_WORDS = 9
"""Words of a title that are crossed."""
MANY = 20_000
"""Products from which on what occurs once, or a few times, is not learned from."""
CROSSED = 4
"""Attributes whose pairs count too, the first of them."""
_FOUND = re.compile(WORD)
Source = Callable[[Listings], Sequence[Any]]


class Seen(NamedTuple):
    """``words``: words and levels, ``all``: these, crosses and spellings.

    CSR float32 each.
    """

    words: sp.csr_matrix
    all: sp.csr_matrix


class Views:
    """TF-IDF of title and text, character n-grams of the title, one column a level.

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
            ("cross", _levels(rare + 1), crosses),
            ("spelling", _tfidf(SPELLINGS, often, spelled=True), spellings),
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
        empty = sp.csr_matrix(np.empty((len(listings), 0), np.float32))
        words = [found[kind] for kind in ("title", "text", "level") if kind in found]
        return Seen(_beside([empty, *words]), _beside([empty, *found.values()]))


def titles(listings: Listings) -> list[str]:
    """Title and brand."""
    pairs = zip(listings.titles, listings.brands, strict=True)
    return [f"{title} {brand}" for title, brand in pairs]


def texts(listings: Listings) -> list[str]:
    """Description, title and category: what a text does not say its title may."""
    return [
        " ".join((text, title, *path))
        for text, title, path in zip(
            listings.texts, listings.titles, listings.categories, strict=True
        )
    ]


def spellings(listings: Listings) -> Sequence[str]:
    """Titles."""
    return listings.titles


def all_levels(listings: Listings) -> list[list[str]]:
    """Brand, category down to each level, attributes, and pairs of these."""
    attributes = listings.attributes
    return [
        list(_of_one(brand, path, dict(zip(attributes, values, strict=True))))
        for brand, path, values in zip(
            listings.brands,
            listings.categories,
            zip(*attributes.values(), strict=True) if attributes else _none(listings),
            strict=True,
        )
    ]


def crosses(listings: Listings) -> list[list[str]]:
    """Words of the title in its category and of its brand, and pairs of words."""
    return [
        list(_crossed(title, brand, path))
        for title, brand, path in zip(
            listings.titles, listings.brands, listings.categories, strict=True
        )
    ]


def _crossed(title: str, brand: str, path: Sequence[str]) -> Iterator[str]:
    words = list(dict.fromkeys(_FOUND.findall(title.casefold())))[:FIRST_WORDS]
    places = {" / ".join(path[:2]), " / ".join(path)} - {""}
    for word in words:
        yield from (f"word in category\t{word} / {place}" for place in sorted(places))
        if brand:
            yield f"word of brand\t{word} / {brand}"
    yield from (f"words\t{a}, {b}" for a, b in combinations(sorted(words), 2))


def _none(listings: Listings) -> list[tuple[()]]:
    return [()] * len(listings)


def _of_one(
    brand: str, path: Sequence[str], attributes: dict[str, object]
) -> Iterator[str]:
    downs = [" / ".join(path[: depth + 1]) for depth in range(len(path))]
    marks = [f"{name} {value}" for name, value in attributes.items()]
    yield f"brand\t{brand}"
    yield from (f"category\t{down}" for down in downs)
    yield from (f"attribute\t{mark}" for mark in marks)
    near = downs[1:] or downs
    yield from (f"brand in category\t{brand} / {down}" for down in near if brand)
    for mark in marks[:CROSSED]:
        yield from (f"attribute in category\t{mark} / {down}" for down in near[:1])
    for pair in combinations(marks[:CROSSED], 2):
        yield f"attributes\t{pair[0]}, {pair[1]}"


def _tfidf(most: int, least_seen: int, *, spelled: bool = False) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer="char_wb" if spelled else "word",
        ngram_range=(3, 5) if spelled else (1, 2),
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


def _beside(parts: Sequence[sp.csr_matrix]) -> sp.csr_matrix:
    return sp.csr_matrix(sp.hstack(parts, format="csr"), dtype=np.float32)

"""What is read from a product's page: texts, what it is, and what stands together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from shop_personalize.ml.optimize.prices.new_product.listings import Listings

SCRIPT = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
WORD = rf"[{SCRIPT}]|[^\W_{SCRIPT}]+"
"""A Chinese character is a word of its own, two of them a pair of words."""
FIRST_WORDS, TEXT_WORDS = 9, 40
"""Words of a title and of a text that are crossed."""
BEGINNING = 300
"""Characters of a text whose spelling counts."""
SHORT = 3
"""Letters of a word that is no plural."""
CROSSED = 4
"""Attributes whose pairs count too, the first of them."""
DIGITS = 4
"""Of a number that counts or measures something; longer ones are codes."""
_FOUND = re.compile(WORD)
_TOKEN = re.compile(rf"\d+|[{SCRIPT}]|[^\W\d_{SCRIPT}]+")


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


def beginnings(listings: Listings) -> list[str]:
    """Of the descriptions."""
    return [text[:BEGINNING] for text in listings.texts]


def stems(listings: Listings) -> list[str]:
    """Title and text without what makes a plural, for any language that has an s."""
    return [
        " ".join(map(_singular, _FOUND.findall(f"{title} {text}".casefold())))
        for title, text in zip(listings.titles, listings.texts, strict=True)
    ]


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


def text_crosses(listings: Listings) -> list[list[str]]:
    """Words of the text in its category, and those with its brand."""
    return [
        list(_text_crossed(text, brand, path))
        for text, brand, path in zip(
            listings.texts, listings.brands, listings.categories, strict=True
        )
    ]


def numbers(listings: Listings) -> list[list[str]]:
    """Numbers beside the words before and after them, and in their category."""
    return [
        list(dict.fromkeys(_numbered(title, text, " / ".join(path))))
        for title, text, path in zip(
            listings.titles, listings.texts, listings.categories, strict=True
        )
    ]


def _singular(word: str) -> str:
    plural = len(word) > SHORT and word.endswith("s") and not word.endswith("ss")
    return word[:-1] if plural else word


def _crossed(title: str, brand: str, path: Sequence[str]) -> Iterator[str]:
    words = list(dict.fromkeys(_FOUND.findall(title.casefold())))[:FIRST_WORDS]
    places = {" / ".join(path[:2]), " / ".join(path)} - {""}
    for word in words:
        yield from (f"word in category\t{word} / {place}" for place in sorted(places))
        if brand:
            yield f"word of brand\t{word} / {brand}"
    yield from (f"words\t{a}, {b}" for a, b in combinations(sorted(words), 2))


def _text_crossed(text: str, brand: str, path: Sequence[str]) -> Iterator[str]:
    place = " / ".join(path[:2])
    for word in list(dict.fromkeys(_FOUND.findall(text.casefold())))[:TEXT_WORDS]:
        if place:
            yield f"word in category\t{word} / {place}"
        if brand:
            yield f"word of brand\t{word} / {brand}"


def _numbered(title: str, text: str, place: str) -> Iterator[str]:
    """What a number counts or measures stands after it, what it names before it."""
    for part in (title, text):
        found = _TOKEN.findall(part.casefold())
        for at, number in enumerate(found):
            if not number.isdecimal() or len(number) > DIGITS:
                continue
            if at:
                yield f"words\t{found[at - 1]} {number}"
            if at + 1 < len(found):
                yield f"words\t{number} {found[at + 1]}"
            if place:
                yield f"word in category\t{number} / {place}"


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

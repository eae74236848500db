"""How a page is written: who writes much and in small letters asks other prices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import log2

from shop_personalize.ml.optimize.prices.new_product.listings import Listings

FEW = 6
"""From where on more of a sign is as much as any."""
_NUMBER = re.compile(r"\d+")


def styles(listings: Listings) -> list[list[str]]:
    """Lengths, signs and capitals in few steps each, alone and in the category."""
    return [
        [
            place + mark
            for mark in _marks(title, text)
            for place in ("style\t", *(f"style\t{name} / " for name in path[:1]))
        ]
        for title, text, path in zip(
            listings.titles, listings.texts, listings.categories, strict=True
        )
    ]


def _marks(title: str, text: str) -> Iterator[str]:
    yield f"title length {len(title) // 4}"
    yield f"text length {int(2 * log2(1 + len(text)))}"
    yield f"words {int(log2(1 + len(text.split())))}"
    yield f"title capitals {_capitals(title)}"
    yield f"text capitals {_capitals(text)}"
    yield f"numbers {min(len(_NUMBER.findall(text)), 2 * FEW)}"
    yield f"! {min((title + text).count('!'), FEW)}"
    yield f", {min(text.count(','), FEW)}"
    yield f"# {min(text.count('#'), FEW)}"
    yield f"- {min(sum(text.count(sign) for sign in '•*-'), FEW)}"


def _capitals(text: str) -> int:
    """Eighths of the letters and signs."""
    return 8 * sum(map(str.isupper, text)) // max(len(text), 1)

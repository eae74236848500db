"""What the people around a visitor hold, and how loudly each of them speaks.

NumPy alone, as a web worker imports it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.knowledge import Query

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.knowledge import Ints

TOLD = ("purchase", "wishlist")
"""Kinds of events that others may hear of; what somebody looks at stays their own."""
PEOPLE = 2
"""How many of a circle must hold an item before it speaks, unless told otherwise."""


def _codes() -> NDArray[np.int64]:
    return np.empty(0, np.int64)


@dataclass(frozen=True)
class Circle:
    """Parallel columns of length m, one row an item that one person holds.

    ``people`` int64 0..p-1 numbers the persons, ``codes`` int64 are items, each once a
    person; ``strengths`` float (p,) says how strong the tie to each person is. At
    ``least`` so many must hold an item before it speaks, whatever a model asks for.
    """

    people: Ints = field(default_factory=_codes)
    codes: Ints = field(default_factory=_codes)
    strengths: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    least: int = 1

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.codes)

    def within(self, size: int) -> Circle:
        """Keep the rows of items 0..size-1; ``size`` 0 limits nothing above."""
        known = (self.codes >= 0) & (self.codes < (size or np.inf))
        return replace(self, people=self.people[known], codes=self.codes[known])


def circle_query(config: dict[str, Any], circle: Circle, own: Ints) -> Query:
    """Let the items of a circle speak: the sum of the voices of those who hold them.

    A person's voice is the strength of the tie times (``config["stranger"]`` + cosine
    of what the two hold, by count of items, to the power ``config["alike"]``), divided
    by (number of items they hold) ** ``config["much"]``. Items that fewer than
    ``config["people"]`` persons hold stay silent, so that nobody's single purchase is
    told. ``own`` are the codes of the visitor's items.
    """
    people, codes = circle.people, circle.codes
    if not len(codes):
        return Query()
    held = np.bincount(people, minlength=len(circle.strengths))
    own = np.unique(own)
    shared = np.bincount(people, np.isin(codes, own), minlength=len(held))
    cosine = shared / np.sqrt(np.maximum(held, 1) * max(len(own), 1))
    voices = circle.strengths * (
        config.get("stranger", 1.0) + cosine ** config.get("alike", 1.0)
    )
    voices = voices / np.maximum(held, 1) ** config.get("much", 0.0)
    items, at = np.unique(codes, return_inverse=True)
    total = np.asarray(np.bincount(at, voices[people]), np.float64)
    total[np.bincount(at) < max(config.get("people", PEOPLE), circle.least)] = 0.0
    order = np.lexsort((items, -total))
    order = order[total[order] > 0][: config.get("limit", 1000)]
    return Query(items[order].astype(np.int64), total[order])

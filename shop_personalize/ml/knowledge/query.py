"""What is asked and what is answered; what every shape can do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer[Any]]
Floats = NDArray[np.floating[Any]]
Arrays = dict[str, NDArray[Any]]
NOBODY = -1


@dataclass(frozen=True)
class Query:
    """What is known of the moment: items that speak, how loudly, and which group.

    ``items`` int (q,) codes, most important first; ``weights`` float (q,);
    ``group`` names a ranking's group ("" = all), such as a category; ``values`` float
    (q,) the ratings given, for the shape that learns from ratings (else empty).
    """

    items: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    weights: Floats = field(default_factory=lambda: np.empty(0, np.float64))
    group: str = ""
    values: Floats = field(default_factory=lambda: np.empty(0, np.float64))


@dataclass(frozen=True)
class Candidates:
    """Ordered answers: codes (n,), scores (n,) descending, and because (n,).

    ``because`` is the code of the query item that carried most of the score, or
    ``NOBODY``.
    """

    items: Ints
    scores: Floats
    because: Ints

    def __len__(self) -> int:
        """Count the candidates."""
        return len(self.items)

    @classmethod
    def empty(cls) -> Candidates:
        """No answer."""
        nothing = np.empty(0, np.int64)
        return cls(nothing, np.empty(0, np.float64), nothing)


class Knowledge(Protocol):
    """What every shape can do."""

    shape: ClassVar[str]

    @property
    def n_items(self) -> int:
        """Items a query may name, 0 where the query's items are not looked at."""
        ...

    def candidates(self, query: Query, n: int) -> Candidates:
        """Return at most ``n`` items, best first, query items included."""
        ...

    def to_arrays(self) -> Arrays:
        """Return the arrays to be stored, by name."""
        ...

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Knowledge:
        """Rebuild the shape from stored (possibly memory-mapped) arrays."""
        ...

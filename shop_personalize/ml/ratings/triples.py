"""Ratings as three parallel columns, checked once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Shape = tuple[int, int]


@dataclass(frozen=True)
class Triples:
    """``users`` int64 (m,), ``items`` int64 (m,), ``values`` float64 (m,).

    Codes lie in ``shape`` = (number of users, number of items); no pair occurs twice.
    """

    users: NDArray[np.int64]
    items: NDArray[np.int64]
    values: NDArray[np.float64]
    shape: Shape

    @classmethod
    def of(cls, users: Any, items: Any, ratings: Any, shape: Shape) -> Triples:
        """Check and convert; a ``ValueError`` names the column and what is right."""
        if len(shape) != 2 or min(shape) < 0:
            raise ValueError(f"shape must be (users, items), both >= 0, not {shape}")
        found = cls(
            codes("users", users, shape[0]),
            codes("items", items, shape[1]),
            _values(ratings),
            (int(shape[0]), int(shape[1])),
        )
        sizes = {len(found.users), len(found.items), len(found.values)}
        if len(sizes) > 1:
            raise ValueError(
                "users, items and ratings must be equally long, not "
                f"{len(found.users)}, {len(found.items)} and {len(found.values)}"
            )
        found._check_distinct()
        return found

    def __len__(self) -> int:
        """Count the ratings."""
        return len(self.values)

    @property
    def scale(self) -> tuple[float, float]:
        """The lowest and the highest rating given; (0, 0) without any."""
        if not len(self):
            return 0.0, 0.0
        return float(self.values.min()), float(self.values.max())

    def where(self, mask: NDArray[Any]) -> Triples:
        """Keep the ratings of a boolean mask or an index array."""
        return Triples(
            self.users[mask], self.items[mask], self.values[mask], self.shape
        )

    def _check_distinct(self) -> None:
        pair = self.users * max(self.shape[1], 1) + self.items
        order = np.argsort(pair, kind="stable")
        twice = np.flatnonzero(np.diff(pair[order]) == 0)
        if len(twice):
            at = order[twice[0]]
            raise ValueError(
                f"users and items: the pair ({self.users[at]}, {self.items[at]}) is "
                "rated twice; keep one rating of a pair"
            )


def codes(name: str, given: Any, size: int | None = None) -> NDArray[np.int64]:
    """Return ``given`` as int64 (m,), all within 0..size-1 where a size is told."""
    column = np.asarray(given)
    if column.size == 0:
        return np.empty(0, np.int64)
    if column.ndim != 1 or column.dtype.kind not in "iu":
        raise ValueError(f"{name} must be one column of whole numbers")
    if size is not None and (column.min() < 0 or column.max() >= size):
        raise ValueError(
            f"{name} must lie in 0..{size - 1}, not {column.min()}..{column.max()}"
        )
    return column.astype(np.int64)


def _values(given: Any) -> NDArray[np.float64]:
    column = np.asarray(given, np.float64)
    if column.ndim != 1:
        raise ValueError("ratings must be one column of numbers")
    if not np.isfinite(column).all():
        raise ValueError("ratings must be finite; leave out what is not rated")
    return column

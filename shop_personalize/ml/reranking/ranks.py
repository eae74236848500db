"""What an order is worth: steps of a chain have no common scale of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def relevance(m: int) -> NDArray[np.float64]:
    """Worth of the places of a list of ``m``: 1 for the first, down to 1 / m."""
    return np.asarray(1 - np.arange(m) / max(m, 1), np.float64)


def by_worth(worth: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """Positions (m,) by falling worth; of equals the one that came first."""
    return np.argsort(-np.asarray(worth), kind="stable").astype(np.int64)


def share(value: float, name: str) -> float:
    """Return ``value`` if it is a share; raise ValueError naming it if it is not."""
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{name} must lie between 0 and 1, not {value!r}")
    return float(value)


def same_length(m: int, **columns: Any) -> None:
    """Raise ValueError naming the first column that has not ``m`` entries."""
    for name, column in columns.items():
        if len(column) != m:
            raise ValueError(f"{name} has {len(column)} entries; there are {m} items")

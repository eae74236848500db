"""Content as dense coordinates, and the way from there to what visitors do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sklearn.decomposition import TruncatedSVD

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

EXACT_ITEMS = 1500
"""Up to so many items the coordinates keep every inner product."""
SMALLEST_SHARE = 1e-6
"""Directions that hold less of the largest one's share are rounding noise."""


def coordinates(vectors: sparse.csr_array, rank: int) -> NDArray[np.float64]:
    """Rows (n, d) whose inner products are those of ``vectors`` (n, terms).

    Exact for a small catalog; else the best approximation with ``rank`` directions
    (latent semantic analysis: Deerwester et al. 1990).
    """
    n = vectors.shape[0]
    if n <= EXACT_ITEMS:
        values, directions = np.linalg.eigh((vectors @ vectors.T).toarray())
        kept = values > SMALLEST_SHARE * max(float(values.max(initial=0.0)), 1e-12)
        return np.asarray(directions[:, kept] * np.sqrt(values[kept]), np.float64)
    rank = min(rank, min(vectors.shape) - 1)
    found = TruncatedSVD(rank, n_iter=4, random_state=0).fit_transform(vectors)
    return np.asarray(found, np.float64)


@dataclass(frozen=True)
class ContentMap:
    """Ridge regression from coordinates (n, d) to facts known of some items only.

    ``solved`` (d, d) is ``(X'X + ridge I)^-1`` of the coordinates X of the items that
    teach; the regression has no intercept, so a word never seen says nothing.
    """

    places: NDArray[np.float64]
    teachers: NDArray[np.bool_]
    solved: NDArray[np.float64]

    @classmethod
    def of(
        cls, places: NDArray[np.float64], teachers: NDArray[np.bool_], ridge: float
    ) -> ContentMap:
        """Learn from the rows where ``teachers`` (n,) is true."""
        known = places[teachers]
        system = known.T @ known + ridge * np.eye(places.shape[1])
        return cls(places, teachers, np.asarray(np.linalg.inv(system), np.float64))

    def predicted(self, facts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Facts (n, m) of every item from its content, those of the teachers given."""
        known = self.places[self.teachers].T @ facts[self.teachers]
        return np.asarray(self.places @ (self.solved @ known))

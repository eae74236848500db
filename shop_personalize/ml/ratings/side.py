"""One side of a factorization, users or items, while it is being sampled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from shop_personalize.ml.ratings.draws import draw_prior, draw_rows
from shop_personalize.ml.ratings.link import Link

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCK = 5000
"""Systems solved at once; bounds the memory of a sweep."""


class Side:
    """``rows`` (size, k): factors and, last, the bias of every user or every item.

    ``own`` and ``other`` (m,) are the codes of this and of the other side, a rating
    each; ``facts`` (size, f) or None.
    """

    def __init__(
        self,
        own: NDArray[np.int64],
        other: NDArray[np.int64],
        size: int,
        facts: sparse.csr_matrix | None,
        k: int,
        rng: np.random.Generator,
    ) -> None:
        self.order = np.lexsort((other, own))
        self.other = other
        self.indices = other[self.order]
        counts = np.bincount(own, minlength=size)
        self.indptr = np.concatenate([[0], np.cumsum(counts)])
        self.rows = rng.normal(0, 0.1, (size, k))
        self.rows[:, -1] = 0.0
        self.link = Link(facts, k) if facts is not None else None
        self.leaning = np.zeros((size, k))
        self.mean, self.precision = np.zeros(k), np.eye(k)

    def draw(
        self,
        others: NDArray[np.float64],
        left: NDArray[np.float64],
        weights: NDArray[np.float64],
        rng: np.random.Generator,
    ) -> None:
        """Draw the prior, then every row given the other side's rows (o, k).

        ``left`` (m,) are ratings without their mean, ``weights`` (m,) their precision.
        """
        self._draw_prior(rng)
        known = others.copy()
        known[:, -1] = 1.0
        target = weights * (left - others[self.other, -1])
        lower = np.tril_indices(known.shape[1])
        squares = known[:, lower[0]] * known[:, lower[1]]
        loud, wanted = self._sparse(weights, known), self._sparse(target, known)
        start = (self.mean + self.leaning) @ self.precision
        for first in range(0, len(self.rows), BLOCK):
            some = slice(first, first + BLOCK)
            precisions = _symmetric(loud[some] @ squares, lower) + self.precision
            weighted = wanted[some] @ known + start[some]
            self.rows[some] = draw_rows(precisions, weighted, rng)

    def _draw_prior(self, rng: np.random.Generator) -> None:
        apart = self.rows - self.leaning
        link = self.link
        linked = link.coefficients if link else np.zeros((0, apart.shape[1]))
        self.mean, self.precision = draw_prior(
            apart, linked, link.weight if link else 1.0, rng
        )
        if link:
            link.draw(self.rows - self.mean, self.precision, rng)
            self.leaning = link.says()

    def _sparse(
        self, values: NDArray[np.float64], known: NDArray[np.float64]
    ) -> sparse.csr_matrix:
        shape = (len(self.rows), len(known))
        return sparse.csr_matrix(
            (values[self.order], self.indices, self.indptr), shape=shape
        )


def _symmetric(
    flat: NDArray[np.float64], lower: tuple[NDArray[np.intp], NDArray[np.intp]]
) -> NDArray[np.float64]:
    """Fill (n, k, k) from the lower triangles (n, k (k + 1) / 2)."""
    k = int(lower[0][-1]) + 1
    full = np.empty((len(flat), k, k))
    full[:, lower[0], lower[1]] = flat
    full[:, lower[1], lower[0]] = flat
    return full

"""What facts about a user or an item say of their taste before they rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

if TYPE_CHECKING:
    from numpy.typing import NDArray

DENSE = 2000
"""Up to so many rows or columns the decomposition is exact."""
RANK = 500
"""Directions of the facts that are kept of larger tables."""


class Link:
    """Regression of the latent rows on their facts, drawn in the facts' SVD basis.

    With F = U S V' the coefficients V'B are independent given the rest, so a draw costs
    one thin product instead of a solve (Simm et al. 2015, "Macau", section 3). Their
    prior is N(0, (weight x precision)^-1), and ``weight`` is drawn as well.
    """

    def __init__(self, facts: sparse.csr_matrix, k: int) -> None:
        if min(facts.shape) <= DENSE:
            left, scale, right = np.linalg.svd(facts.toarray(), full_matrices=False)
        else:
            left, scale, right = randomized_svd(facts, RANK, random_state=0)
        keep = scale > 1e-8
        self.basis, self.right = left[:, keep] * scale[keep], right[keep]
        self.energy = scale[keep] ** 2
        self.coefficients = np.zeros((int(keep.sum()), k))
        self.weight = 10.0

    def draw(
        self,
        rows: NDArray[np.float64],
        precision: NDArray[np.float64],
        rng: np.random.Generator,
    ) -> None:
        """Draw the coefficients given rows (n, k), already without their mean."""
        root = np.linalg.cholesky(np.linalg.inv(precision))
        noise = rng.standard_normal(self.coefficients.shape) @ root.T
        total = (self.energy + self.weight)[:, None]
        self.coefficients = (self.basis.T @ rows + np.sqrt(total) * noise) / total
        size = np.einsum(
            "fi,ij,fj", self.coefficients, precision, self.coefficients, optimize=True
        )
        shape = 1 + self.coefficients.size / 2
        self.weight = float(rng.gamma(shape) / (1 + size / 2))

    def says(self) -> NDArray[np.float64]:
        """Return what the facts say of every row, (n, k)."""
        return np.asarray(self.basis @ self.coefficients)

    def by_fact(self) -> NDArray[np.float64]:
        """Return the coefficients of the facts themselves, (f, k)."""
        return np.asarray(self.right.T @ self.coefficients)


def unit_rows(table: sparse.csr_matrix) -> sparse.csr_matrix:
    """Scale every row to length 1, so that much known is not much said."""
    length = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
    return sparse.csr_matrix(sparse.diags_array(scale) @ table)

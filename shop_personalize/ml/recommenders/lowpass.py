"""The smooth part of the graph of owners and items: its strongest directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from shop_personalize.ml.recommenders.walk import power

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEED = 0
SWEEPS = 2
"""Power iterations of the randomized SVD: the filter needs the space, not each axis."""


@dataclass(frozen=True)
class LowPass:
    """Right singular vectors of ``D_u^-1/2 A D_i^-1/2``, an ideal low-pass filter.

    ``vectors`` float32 (items, rank); ``values`` float64 (rank,) descending, at most 1
    (Shen et al. 2021, "How powerful is graph convolution for recommendation?").
    """

    vectors: NDArray[np.float32]
    values: NDArray[np.float64]

    @classmethod
    def of(cls, matrix: sparse.csr_array, rank: int) -> LowPass:
        """Learn from owners x items, values >= 0; ``rank`` is cut to what there is."""
        rank = min(rank, *(size - 1 for size in matrix.shape))
        if rank < 1 or not matrix.nnz:
            return cls(np.zeros((matrix.shape[1], 0), np.float32), np.zeros(0))
        _, values, vectors = randomized_svd(
            normalized(matrix), rank, n_iter=SWEEPS, random_state=SEED
        )
        return cls(np.ascontiguousarray(vectors.T, np.float32), values)


def normalized(matrix: sparse.csr_array) -> sparse.csr_array:
    """``D_u^-1/2 A D_i^-1/2``, whose largest singular value is 1."""
    rows = power(np.asarray(matrix.sum(axis=1), np.float64), 0.5)
    columns = power(np.asarray(matrix.sum(axis=0), np.float64), 0.5)
    product: Any = sparse.diags_array(rows) @ matrix @ sparse.diags_array(columns)
    return sparse.csr_array(product.tocsr(), dtype=np.float32)

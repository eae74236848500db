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
    """Right singular vectors of ``D_u^-through A D_i^-side``, an ideal low-pass filter.

    ``vectors`` float32 (items, rank); ``values`` float64 (rank,) descending from 1.
    With both exponents 1/2 it is the filter of Shen et al. 2021, "How powerful is
    graph convolution for recommendation?".
    """

    vectors: NDArray[np.float32]
    values: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        matrix: sparse.csr_array,
        rank: int,
        *,
        through: float = 0.5,
        side: float = 0.5,
        trust: NDArray[np.float64] | None = None,
    ) -> LowPass:
        """Learn from owners x items, values >= 0; ``rank`` is cut to what there is.

        ``trust`` (owners,) scales what an owner's row says.
        """
        rank = min(rank, *(size - 1 for size in matrix.shape))
        scaled = normalized(matrix, through, side, trust)
        if rank < 1 or not scaled.count_nonzero():
            return cls(np.zeros((matrix.shape[1], 0), np.float32), np.zeros(0))
        _, values, vectors = randomized_svd(
            scaled, rank, n_iter=SWEEPS, random_state=SEED
        )
        return cls(np.ascontiguousarray(vectors.T, np.float32), values / values[0])


def normalized(
    matrix: sparse.csr_array,
    through: float = 0.5,
    side: float = 0.5,
    trust: NDArray[np.float64] | None = None,
) -> sparse.csr_array:
    """``D_u^-through A D_i^-side``, rows times the root of their ``trust``."""
    rows = power(np.asarray(matrix.sum(axis=1), np.float64), through)
    columns = power(np.asarray(matrix.sum(axis=0), np.float64), side)
    if trust is not None:
        rows = rows * np.sqrt(trust)
    product: Any = sparse.diags_array(rows) @ matrix @ sparse.diags_array(columns)
    return sparse.csr_array(product.tocsr(), dtype=np.float32)

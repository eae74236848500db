"""What those have who bought alike: neighbors found anew for every history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from shop_personalize.ml.knowledge import Histories
from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.baskets import baskets_of
from shop_personalize.ml.recommenders.matrices import without_refunded

if TYPE_CHECKING:
    from scipy import sparse

    from shop_personalize.ml.data import TrainingData

RARE = 1e-3
"""What an item that everybody has still says."""


class Alike(Recommender):
    """Nearest visitors by cosine of their basket counts; common items say little.

    An item weighs ln(visitors / its visitors) when two are compared; the ``neighbors``
    most alike add up their counts of every item, by their likeness (the idea of
    Hu et al. 2020, "Modeling personalized item frequency information for next-basket
    recommendation"). An own basket fades by ``fade`` with each later one.
    """

    kinds: ClassVar[tuple[str, ...]] = ("purchase",)
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "neighbors": (100, 300, 900),
        "fade": (0.8, 0.9, 1.0),
    }

    def __init__(self, neighbors: int = 300, fade: float = 1.0) -> None:
        self.neighbors = neighbors
        self.fade = fade

    def fit(self, data: TrainingData) -> Self:
        """Keep every visitor's counts, indexed both ways."""
        kept = without_refunded(data).of_kinds(*self.kinds)
        self.knowledge_ = histories(baskets_of(kept).matrix(self.fade), self.neighbors)
        self.query_config_ = self.configure(data)
        self.extras_ = {}
        return self

    def configure(self, data: TrainingData) -> dict[str, Any]:
        """Return how a history asks: by how often it holds each item."""
        return {
            "context": "history",
            "kinds": dict.fromkeys(self.kinds, 1.0),
            "combine": "sum",
        }


def histories(counts: sparse.csr_array, neighbors: int) -> Histories:
    """Rows of ``counts`` (visitors x items) as histories that can be compared."""
    counts.sort_indices()
    columns = counts.tocsc()
    owners = np.diff(columns.indptr)
    everyone = max(int(np.count_nonzero(np.diff(counts.indptr))), 1)
    idf = np.log(np.maximum(everyone / np.maximum(owners, 1), 1.0)) + RARE
    norms = np.sqrt(counts.multiply(counts) @ idf**2)
    return Histories(
        rows_indptr=counts.indptr.astype(np.int64),
        rows_indices=counts.indices.astype(np.int32),
        rows_data=counts.data.astype(np.float32),
        columns_indptr=columns.indptr.astype(np.int64),
        columns_indices=columns.indices.astype(np.int32),
        columns_data=columns.data.astype(np.float32),
        norms=np.asarray(norms, np.float32),
        idf=idf.astype(np.float32),
        neighbors=np.array([neighbors], np.int32),
    )

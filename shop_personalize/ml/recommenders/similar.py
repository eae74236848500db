"""Alike in title, text, category, brand and price."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from scipy import sparse

from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.content import content_vectors
from shop_personalize.ml.recommenders.edges import neighbors_from

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData

ROWS_AT_ONCE = 512
MAX_SHARE = 0.2
MIN_ITEMS_OF_COMMON_TERM = 200


class Similar(Recommender):
    """Content neighbors: cosine of field-weighted TF-IDF x closeness of price.

    Closeness is exp(-|difference of log prices|) to the power ``price``; unknown prices
    neither help nor hurt. ``fields`` overrides the weight of a field (title, text,
    category, brand, attributes); ``k`` neighbors are kept.
    """

    grid: ClassVar[dict[str, tuple[Any, ...]]] = {"price": (0.0, 0.25, 0.5, 1.0)}

    def __init__(
        self, k: int = 50, price: float = 0.25, fields: dict[str, float] | None = None
    ) -> None:
        self.k = k
        self.price = price
        self.fields = fields

    def fit(self, data: TrainingData) -> Self:
        """Learn the neighbors of every item from the catalog alone."""
        vectors = _distinctive(content_vectors(data.items, self.fields))
        log_prices = np.log(np.where(data.items.prices > 0, data.items.prices, np.nan))
        self.knowledge_ = neighbors_from(
            self._blocks(vectors, log_prices), data.n_items, k=self.k, min_support=0
        )
        self.query_config_ = {"context": "product"}
        self.extras_ = {}
        return self

    def _blocks(
        self, vectors: sparse.csr_array, log_prices: NDArray[np.float64]
    ) -> Iterator[tuple[sparse.csr_array, NDArray[Any]]]:
        across = vectors.T.tocsr()
        for start in range(0, vectors.shape[0], ROWS_AT_ONCE):
            product = sparse.csr_array(vectors[start : start + ROWS_AT_ONCE] @ across)
            rows = np.repeat(np.arange(product.shape[0]), np.diff(product.indptr))
            gap = np.abs(log_prices[rows + start] - log_prices[product.indices])
            product.data = product.data * np.exp(-self.price * np.nan_to_num(gap))
            yield product, np.zeros(product.nnz, np.int32)


def _distinctive(vectors: sparse.csr_array) -> sparse.csr_array:
    """Drop the terms that a fifth of a large shop shares: they tell nothing apart."""
    uses = np.bincount(vectors.indices, minlength=vectors.shape[1])
    common = uses > max(MAX_SHARE * vectors.shape[0], MIN_ITEMS_OF_COMMON_TERM)
    kept = vectors @ sparse.diags_array((~common).astype(np.float32))
    result = sparse.csr_array(kept)
    result.eliminate_zeros()
    return result

"""The biases alone: what any model of tastes must beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shop_personalize.ml.ratings.base import RatingModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from shop_personalize.ml.ratings.base import Facts
    from shop_personalize.ml.ratings.triples import Triples


class Baseline(RatingModel):
    """Mean + how the user rates + how the item is rated."""

    def _fit(self, triples: Triples, facts: Facts) -> None:
        """Everything was learned with the biases."""

    def _predict(
        self, users: NDArray[np.int64], items: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        return self.biases_.of(users, items)

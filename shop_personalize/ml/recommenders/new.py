"""New arrivals: the products that came last, those already liked first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.groups import ranking_by_category
from shop_personalize.ml.recommenders.matrices import (
    kind_weights,
    strengths,
    strongest,
    without_refunded,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData


class New(Recommender):
    """Freshness exp(-age / ``decay_days``) times 1 + log(1 + visitors who liked it).

    Age counts from the catalog's date of creation, else from the first interaction.
    Items older than ``max_age_days`` are not new, unless the shop has none that young:
    then its youngest ``k`` are taken. Items never dated nor touched stay out.
    """

    kinds: ClassVar[tuple[str, ...]] = ("purchase", "add_to_cart", "view", "click")
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {"decay_days": (7.0, 14.0, 30.0)}

    def __init__(
        self,
        decay_days: float = 14.0,
        max_age_days: float = 60.0,
        k: int = 200,
        weights: dict[str, float] | None = None,
    ) -> None:
        self.decay_days = decay_days
        self.max_age_days = max_age_days
        self.k = k
        self.weights = weights

    def fit(self, data: TrainingData) -> Self:
        """Rank the young by freshness and liking."""
        ages = np.maximum(data.now - arrivals(data), 0.0)
        young = ages <= self.max_age_days
        if not young.any():
            young = ~np.isnan(ages)
        kept = without_refunded(data)
        liking = strengths(kept, kind_weights(data, self.kinds, self.weights), {})
        votes = strongest(
            kept.visitor, kept.item, liking, (data.n_visitors, data.n_items)
        )
        liked = np.asarray(votes.sum(axis=0), np.float64)
        oldest = np.nanmin(np.where(young, ages, np.nan)) if young.any() else 0.0
        fresh = np.exp(-(ages - oldest) / self.decay_days)
        scores = np.where(young, np.maximum(fresh, 1e-30) * (1 + np.log1p(liked)), 0.0)
        self.knowledge_ = ranking_by_category(data, scores, k=self.k)
        self.query_config_ = {"context": "none"}
        self.extras_ = {}
        return self


def arrivals(data: TrainingData) -> NDArray[np.float64]:
    """Day each item came, days since the epoch; NaN if nobody knows; shape (n,).

    A creation date after the first interaction (an import stamps every product with
    its own day) gives way to that interaction; one in the future is not yet here.
    """
    first = np.full(data.n_items, np.inf)
    np.minimum.at(first, data.item, data.time)
    first = np.where(np.isinf(first), np.nan, first)
    created = np.where(data.items.created <= data.now, data.items.created, np.nan)
    return np.asarray(np.fmin(created, first))

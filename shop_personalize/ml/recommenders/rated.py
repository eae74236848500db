"""What a visitor would rate highest, judged by what they rated so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from shop_personalize.ml.knowledge import RatedFactors
from shop_personalize.ml.ratings.fold_in import rated_factors
from shop_personalize.ml.ratings.sampled import SampledFactors
from shop_personalize.ml.recommenders.base import Recommender

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData


class Rated(Recommender):
    """Bayesian factors of the ratings; a visitor's are solved from the own ratings.

    Learns from events of kind "rating", whose ``value`` is the rating; of several for
    one item the latest counts. Only items with ``min_ratings`` or more are answered:
    two friends' praise is no opinion. Who rated nothing gets what people like best.
    """

    kinds: ClassVar[tuple[str, ...]] = ("rating",)
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "min_ratings": (3, 10, 30),
        "factors": (4, 8, 16),
    }

    def __init__(
        self,
        factors: int = 8,
        min_ratings: int = 5,
        sweeps: int = 160,
        burn_in: int = 60,
        draws: int = 50,
        seed: int = 0,
    ) -> None:
        self.factors = factors
        self.min_ratings = min_ratings
        self.sweeps = sweeps
        self.burn_in = burn_in
        self.draws = draws
        self.seed = seed

    def fit(self, data: TrainingData) -> Self:
        """Learn the factors of every item that was rated."""
        given = latest_ratings(data)
        counts = np.bincount(given.item, minlength=data.n_items)
        listed = (counts >= self.min_ratings) & (counts > 0)
        if listed.any():
            self.knowledge_ = rated_factors(self._learned(given), listed)
        else:
            self.knowledge_ = _nothing(data.n_items)
        self.extras_ = {}
        self.query_config_ = self.configure(data)
        return self

    def configure(self, data: TrainingData) -> dict[str, Any]:
        """Return how a history asks: by the ratings in it."""
        return {"context": "history", "rated": True, "kinds": {"rating": 1.0}}

    def _learned(self, given: TrainingData) -> SampledFactors:
        raters, user = np.unique(given.visitor, return_inverse=True)
        model = SampledFactors(
            factors=self.factors,
            sweeps=self.sweeps,
            burn_in=self.burn_in,
            draws=self.draws,
            seed=self.seed,
        )
        shape = (len(raters), given.n_items)
        return model.fit(user, given.item, given.value.astype(np.float64), shape)


def latest_ratings(data: TrainingData) -> TrainingData:
    """Keep each visitor's latest rating of an item; without a value it is none."""
    given = data.of_kinds("rating")
    given = given.where(np.isfinite(given.value))
    pair = given.visitor.astype(np.int64) * max(given.n_items, 1) + given.item
    _, from_end = np.unique(pair[::-1], return_index=True)
    kept: NDArray[np.int64] = np.sort(len(pair) - 1 - from_end)
    return given.where(kept)


def _nothing(n_items: int) -> RatedFactors:
    return RatedFactors(
        item_factors=np.zeros((n_items, 1), np.float32),
        offsets=np.zeros(n_items, np.float32),
        precision=np.ones((1, 1), np.float32),
        prior=np.zeros(1, np.float32),
        listed=np.zeros(n_items, bool),
    )

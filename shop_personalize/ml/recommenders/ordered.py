"""What comes next, from several sides and in the order the past teaches.

Candidates of simple sources are put in order by boosted trees, which learn from a
hidden last part of the same histories; then the sources learn from everything.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, Self

from shop_personalize.ml.online import OnlyAnewError
from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.ranked import learn_ranker, ranked
from shop_personalize.ml.recommenders.renewed_ranking import renewed_ranking

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.evaluation.splits import Folds
    from shop_personalize.ml.online import Renewal

GROUPS = ("sources", "items", "places")


class Ordered(Recommender):
    """Trees look at the ``pool`` best candidates of the sources' weighed sum.

    They learn from at most ``cases`` questions with a share ``wrong`` of the candidates
    that were not right. With too little past the sources are added up.
    """

    weights: ClassVar[dict[str, float]] = {}
    """Of the shares whose sum chooses the candidates, by source."""

    def __init__(
        self,
        min_support: int = 2,
        pool: int = 100,
        trees: int = 80,
        leaves: int = 31,
        rate: float = 0.1,
        cases: int = 12_000,
        wrong: float = 0.2,
        seed: int = 0,
    ) -> None:
        self.min_support = min_support
        self.pool = pool
        self.trees = trees
        self.leaves = leaves
        self.rate = rate
        self.cases = cases
        self.wrong = wrong
        self.seed = seed

    @abstractmethod
    def sources(self) -> dict[str, Recommender]:
        """Return the unfitted parts by name."""

    @abstractmethod
    def folds(self, data: TrainingData) -> Folds:
        """Hide a last part of ``data``: what is left, and what is asked of it."""

    @abstractmethod
    def asks(self) -> dict[str, Any]:
        """Return what is set for the whole mixture."""

    def fit(self, data: TrainingData) -> Self:
        """Learn how to order the sources, then fit them on all of ``data``."""
        data = data.of_kinds(*self.kinds)
        config = {
            "weights": self.weights,
            "pool": self.pool,
            "depth": self.pool,
            **self.asks(),
        }
        ranker = learn_ranker(
            self.sources(),
            self.folds(data),
            groups=GROUPS,
            config=config,
            trees=self.trees,
            leaves=self.leaves,
            rate=self.rate,
            wrong=self.wrong,
            seed=self.seed,
        )
        model = ranked(self.sources(), data, ranker, groups=GROUPS, **config)
        self.knowledge_, self.query_config_, self.extras_ = model
        return self

    def update(self, data: TrainingData, renewal: Renewal) -> Self:
        """Update the sources; how they are put in order stays as it was learned.

        Raises OnlyAnewError if the model that serves is made of other sources.
        """
        data = data.of_kinds(*self.kinds)
        model = renewed_ranking(self.sources(), data, renewal)
        if model is None:
            raise OnlyAnewError("the model that serves is made of other sources")
        self.knowledge_, self.query_config_, self.extras_ = model
        return self

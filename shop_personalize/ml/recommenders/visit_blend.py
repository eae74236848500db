"""The next click of a visit, from several sides and in the order the past teaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from shop_personalize.ml.evaluation.splits import last_sessions
from shop_personalize.ml.recommenders.also_viewed import RECENT_MINUTES, AlsoViewed
from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.flow import Flow
from shop_personalize.ml.recommenders.ranked import learn_ranker, ranked

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData

GROUPS = ("sources", "items", "places")
WEIGHTS = {"visits": 1.0, "flow": 0.1, "onward": 0.05, "beyond": 0.05}
"""Of the shares that choose which candidates the trees look at."""


class VisitBlend(Recommender):
    """Visits like this one and the flow between products, put in order by trees.

    Sources: ``AlsoViewed``, and ``Flow`` to both sides, forward only, and two steps on.
    Trees look at the ``pool`` best candidates of their weighed sum and learn from the
    next clicks of the latest ``share`` of the visits, at most ``cases`` of them, asked
    of what came before. Then the sources are fitted on everything. With too few visits
    the sources are added up. ``min_support`` visitors must stand behind an answer.
    """

    kinds: ClassVar[tuple[str, ...]] = AlsoViewed.kinds
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "min_support": (1, 2),
        "trees": (80, 150),
    }

    def __init__(
        self,
        min_support: int = 2,
        pool: int = 100,
        trees: int = 80,
        leaves: int = 31,
        rate: float = 0.1,
        share: float = 0.05,
        cases: int = 12_000,
        wrong: float = 0.2,
        seed: int = 0,
    ) -> None:
        self.min_support = min_support
        self.pool = pool
        self.trees = trees
        self.leaves = leaves
        self.rate = rate
        self.share = share
        self.cases = cases
        self.wrong = wrong
        self.seed = seed

    def fit(self, data: TrainingData) -> Self:
        """Learn how to order the sources, then fit them on all of ``data``."""
        data = data.of_kinds(*self.kinds)
        folds = last_sessions(data, share=self.share, most=self.cases, seed=self.seed)
        config = self._config()
        ranker = learn_ranker(
            self.sources(),
            folds,
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

    def sources(self) -> dict[str, Recommender]:
        """Return the unfitted parts by name."""
        support = self.min_support
        return {
            "visits": AlsoViewed(min_support=support),
            "flow": Flow(min_support=support),
            "onward": Flow(min_support=support, backward=0.0, start=1.0),
            "beyond": Flow(min_support=support, hops=2),
        }

    def _config(self) -> dict[str, Any]:
        return {
            "context": "product",
            "weights": WEIGHTS,
            "seen": (),
            "minutes": RECENT_MINUTES,
            "pool": self.pool,
            "depth": self.pool,
        }

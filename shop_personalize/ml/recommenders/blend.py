"""Several recommenders ranked by what the shop's own past teaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from shop_personalize.ml.evaluation.cases import Cases, cases_for
from shop_personalize.ml.online import OnlyAnewError
from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.buy_it_again import BuyItAgain
from shop_personalize.ml.recommenders.cold import Cold
from shop_personalize.ml.recommenders.for_you import ForYou
from shop_personalize.ml.recommenders.graph import GraphWalk
from shop_personalize.ml.recommenders.popular import Popular
from shop_personalize.ml.recommenders.ranked import learn_ranker, ranked
from shop_personalize.ml.recommenders.renewed_ranking import renewed_ranking
from shop_personalize.ml.recommenders.shown import shown_between
from shop_personalize.ml.recommenders.similar import Similar
from shop_personalize.ml.recommenders.trending import Trending

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.online import Renewal

    Pairs = list[tuple[TrainingData, Cases]]

MOMENT = 1e-6
FEW_CASES = 30
YEAR = 364.0
"""Days, in whole weeks."""
HELD_OUT = 0.2


def default_sources() -> dict[str, Recommender]:
    """What a shop knows of a visitor, seen from several sides."""
    return {
        "graph": GraphWalk(),
        "walk": ForYou(),
        "own": BuyItAgain(),
        "popular": Popular(),
        "trending": Trending(),
        "similar": Similar(),
        "fresh": Cold(),
    }


class Blend(Recommender):
    """Candidates of all ``sources``, put in order by boosted trees.

    The trees learn from ``windows`` windows of ``days`` days before the end, and from
    the coming one a year ago: what the sources, fitted on what came before, would have
    proposed, and what was then bought. Then the sources are fitted on everything.
    Without times a random part of each visitor's items is held out. With too little
    past the sources are added up. ``ranker`` is "trees" or "logistic"; ``pool`` of the
    candidates had before and of the others are looked at, ``wrong`` is the share of
    the wrong ones that is learned from, ``cases`` the most questions of a window.
    """

    kinds: ClassVar[tuple[str, ...]] = ForYou.kinds
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {}

    def __init__(
        self,
        sources: Mapping[str, Recommender] | None = None,
        windows: int = 3,
        days: float = 28.0,
        ranker: str = "trees",
        trees: int = 100,
        rate: float = 0.08,
        depth: int = 5,
        pool: int = 150,
        cases: int = 1500,
        wrong: float = 0.2,
        seed: int = 0,
    ) -> None:
        self.sources = sources
        self.windows = windows
        self.days = days
        self.ranker = ranker
        self.trees = trees
        self.rate = rate
        self.depth = depth
        self.pool = pool
        self.cases = cases
        self.wrong = wrong
        self.seed = seed

    def fit(self, data: TrainingData) -> Self:
        """Learn how to order the sources, then fit them on all of ``data``."""
        sources = self.sources or default_sources()
        pairs = self.pairs(data)
        ranker = learn_ranker(
            sources,
            pairs,
            shown=[
                shown_between(data, past.now, past.now + self.days) for past, _ in pairs
            ],
            config={"pool": self.pool},
            lean=True,
            method=self.ranker,
            trees=self.trees,
            rate=self.rate,
            depth=self.depth,
            wrong=self.wrong,
            seed=self.seed,
        )
        model = ranked(sources, data, ranker, pool=self.pool)
        self.knowledge_, self.query_config_, self.extras_ = model
        return self

    def update(self, data: TrainingData, renewal: Renewal) -> Self:
        """Update the sources; how they are put in order stays as it was learned.

        Raises OnlyAnewError if the model that serves is made of other sources.
        """
        model = renewed_ranking(self.sources or default_sources(), data, renewal)
        if model is None:
            raise OnlyAnewError("the model that serves is made of other sources")
        self.knowledge_, self.query_config_, self.extras_ = model
        return self

    def pairs(self, data: TrainingData) -> Pairs:
        """Pasts with questions about what came next, the latest first."""
        if not len(data):
            return []
        if data.time[0] == data.time[-1]:
            return [held_out(data, self.seed)]
        found = []
        for cut in self._cuts(data):
            past = data.before(cut)
            window = data.where((data.time >= cut) & (data.time < cut + self.days))
            cases = cases_for(past, window, protocol="repeat", context="history")
            if len(cases) >= FEW_CASES:
                found.append((past, cases.thinned(self.cases)))
        return found

    def _cuts(self, data: TrainingData) -> list[float]:
        """Starts of the latest windows, and of the coming one a year ago."""
        end = float(min(data.time[-1] + MOMENT, data.now))
        cuts = [end - self.days * back for back in range(1, self.windows + 1)]
        season = end - YEAR
        return [*cuts, season] if season + self.days <= cuts[-1] else cuts


def held_out(data: TrainingData, seed: int) -> tuple[TrainingData, Cases]:
    """Hide a random fifth of each visitor's items: (what is left, what is asked)."""
    pair = data.visitor.astype(np.int64) * max(data.n_items, 1) + data.item
    _, at = np.unique(pair, return_inverse=True)
    hidden = (np.random.default_rng(seed).random(at.max() + 1) < HELD_OUT)[at]
    past, window = data.where(~hidden), data.where(hidden)
    return past, cases_for(past, window, protocol="repeat", context="history")

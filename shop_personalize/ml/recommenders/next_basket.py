"""The next basket: what is due again, and what joins it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from shop_personalize.ml.evaluation.splits import last_basket
from shop_personalize.ml.recommenders.alike import Alike
from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.baskets import baskets_of
from shop_personalize.ml.recommenders.groups import ranking_by_category
from shop_personalize.ml.recommenders.matrices import without_refunded
from shop_personalize.ml.recommenders.ranked import learn_ranker, ranked
from shop_personalize.ml.recommenders.walk import walk

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData

GROUPS = ("sources", "items", "visitor", "repeats", "baskets")
FOR_EVER = 1e9
"""Days; so slow a decay leaves plain counts."""


class Usual(Recommender):
    """What the visitor bought before, by the number of days; popularity parts ties.

    The tie-break matters: most items of a history were bought once. A best seller is
    worth ``popularity`` own purchases more than what nobody buys; with 0 only own
    items are answered, by their number alone.
    """

    kinds: ClassVar[tuple[str, ...]] = ("purchase",)
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "popularity": (0.5, 1.5, 3.0),
        "decay_days": (60.0, 180.0, FOR_EVER),
    }
    query_params: ClassVar[tuple[str, ...]] = ("decay_days",)

    def __init__(
        self, decay_days: float = FOR_EVER, popularity: float = 1.5, k: int = 500
    ) -> None:
        self.decay_days = decay_days
        self.popularity = popularity
        self.k = k

    def fit(self, data: TrainingData) -> Self:
        """Count how many baskets held each item."""
        kept = without_refunded(data).of_kinds(*self.kinds)
        counts = np.bincount(baskets_of(kept).item, minlength=data.n_items)
        self.knowledge_ = ranking_by_category(data, counts.astype(float), k=self.k)
        worth = 1 + self.popularity * counts / max(counts.max(initial=0), 1)
        self.extras_ = {"own_factor": worth.astype(np.float32)}
        self.query_config_ = self.configure(data)
        return self

    def configure(self, data: TrainingData) -> dict[str, Any]:
        """Return how bought items score: by their own past."""
        own = {
            "only": not self.popularity,
            "decay_days": self.decay_days,
            "others": self.popularity,
        }
        return {"context": "none", "kinds": {"purchase": 1.0}, "own": own}


class Latest(Recommender):
    """Popularity among the latest baskets: each earlier one counts ``fade`` less.

    With ``first`` only a visitor's first basket with an item counts: what is taken up.
    """

    kinds: ClassVar[tuple[str, ...]] = ("purchase",)

    def __init__(self, fade: float = 0.4, *, first: bool = False, k: int = 500) -> None:
        self.fade = fade
        self.first = first
        self.k = k

    def fit(self, data: TrainingData) -> Self:
        """Add up the fading baskets of all visitors."""
        kept = without_refunded(data).of_kinds(*self.kinds)
        baskets = baskets_of(kept)
        weights = self.fade ** baskets.since.astype(float)
        if self.first:
            weights = weights * baskets.firsts()
        votes = np.bincount(baskets.item, weights, minlength=data.n_items)
        scores = np.asarray(votes, np.float64)
        self.knowledge_ = ranking_by_category(data, scores, k=self.k)
        self.extras_ = {}
        self.query_config_ = {"context": "none"}
        return self


class Returning(Recommender):
    """Own items by the number of days, times how readily each item returns.

    That is the chance that a basket holds it again, given that an earlier one of the
    same visitor did, pulled to the shop's by ``prior`` baskets.
    """

    kinds: ClassVar[tuple[str, ...]] = ("purchase",)

    def __init__(self, prior: float = 10.0, k: int = 500) -> None:
        self.prior = prior
        self.k = k

    def fit(self, data: TrainingData) -> Self:
        """Count returns and the baskets in which there might have been one."""
        kept = without_refunded(data).of_kinds(*self.kinds)
        baskets = baskets_of(kept)
        bought = baskets.firsts()
        again = np.bincount(baskets.item[~bought], minlength=data.n_items)
        chances = np.bincount(
            baskets.item[bought], baskets.since[bought], minlength=data.n_items
        )
        usual = again.sum() / max(chances.sum(), 1.0)
        rate = (again + self.prior * usual) / (chances + self.prior)
        self.knowledge_ = ranking_by_category(data, rate * (chances > 0), k=self.k)
        self.extras_ = {"own_factor": rate.astype(np.float32)}
        own = {"only": True, "decay_days": FOR_EVER}
        self.query_config_ = {"context": "none", "own": own}
        return self


class Joining(Recommender):
    """What goes with the latest baskets: a walk over visitors whose baskets fade.

    ``fade`` is what is left of a basket with each later one; ``steps`` the number of
    items after which an item of the history speaks e times more quietly.
    """

    kinds: ClassVar[tuple[str, ...]] = ("purchase",)

    def __init__(self, fade: float = 0.9, steps: float = 20.0, k: int = 200) -> None:
        self.fade = fade
        self.steps = steps
        self.k = k

    def fit(self, data: TrainingData) -> Self:
        """Learn the neighbors of every item."""
        kept = without_refunded(data).of_kinds(*self.kinds)
        self.knowledge_ = walk(
            baskets_of(kept).matrix(self.fade),
            exponents=(0.5, 0.5, 0.3),
            k=self.k,
            min_support=2,
        )
        self.extras_ = {}
        self.query_config_ = {
            "context": "history",
            "kinds": dict.fromkeys(self.kinds, 1.0),
            "decay_steps": self.steps,
            "combine": "max",
        }
        return self


class NextBasket(Recommender):
    """Own items and those of similar visitors, put in order by boosted trees.

    Candidates come from the own baskets, from visitors alike, from what goes with the
    latest baskets, and from best sellers. The trees learn how to order them from
    everyone's last basket, foretold from the baskets before it; then the sources are
    fitted on everything. With too little past the sources are added up.
    """

    kinds: ClassVar[tuple[str, ...]] = ("purchase",)
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {"pool": (60, 120)}

    def __init__(
        self,
        neighbors: int = 300,
        pool: int = 60,
        cases: int = 8000,
        trees: int = 100,
        rate: float = 0.1,
        wrong: float = 0.3,
        seed: int = 0,
    ) -> None:
        self.neighbors = neighbors
        self.pool = pool
        self.cases = cases
        self.trees = trees
        self.rate = rate
        self.wrong = wrong
        self.seed = seed

    def fit(self, data: TrainingData) -> Self:
        """Learn how to order the sources, then fit them on all of ``data``."""
        kept = without_refunded(data).of_kinds(*self.kinds)
        sources = self.sources()
        ranker = learn_ranker(
            sources,
            last_basket(kept, most=self.cases, seed=self.seed),
            groups=GROUPS,
            config={"pool": self.pool},
            trees=self.trees,
            rate=self.rate,
            wrong=self.wrong,
            seed=self.seed,
        )
        model = ranked(sources, kept, ranker, groups=GROUPS, pool=self.pool)
        self.knowledge_, self.query_config_, self.extras_ = model
        return self

    def sources(self) -> dict[str, Recommender]:
        """Return what proposes candidates, by name, unfitted."""
        return {
            "usual": Usual(popularity=0.0),
            "alike": Alike(neighbors=self.neighbors),
            "joining": Joining(),
            "latest": Latest(),
            "popular": Latest(fade=1.0),
            "arriving": Latest(fade=0.7, first=True),
            "returning": Returning(),
        }


class DueAgain(NextBasket):
    """The same judgment, of what the visitor bought before and nothing else."""

    def fit(self, data: TrainingData) -> Self:
        """Learn as for the next basket."""
        super().fit(data)
        self.query_config_["own_only"] = True
        return self

"""The next click of a visit, from several sides and in the order the past teaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from shop_personalize.ml.data.sessions import by_session
from shop_personalize.ml.evaluation.splits import last_sessions
from shop_personalize.ml.recommenders.also_viewed import RECENT_MINUTES, AlsoViewed
from shop_personalize.ml.recommenders.flow import Flow
from shop_personalize.ml.recommenders.ordered import Ordered

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.evaluation.splits import Folds
    from shop_personalize.ml.recommenders.base import Recommender

LATEST, MOST = 0.05, 0.3
"""Shares of the visits that the trees learn from, at least and at most."""
FEW_VISITS = 1000


class VisitBlend(Ordered):
    """Visits like this one and the flow between products, put in order by trees.

    Sources: ``AlsoViewed``, and ``Flow`` to both sides, forward only, and two steps on.
    The trees learn from the next clicks of the latest visits, asked of what came
    before. ``min_support`` visitors must stand behind an answer.
    """

    kinds: ClassVar[tuple[str, ...]] = AlsoViewed.kinds
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {"trees": (80, 160)}
    weights: ClassVar[dict[str, float]] = {
        "visits": 1.0,
        "flow": 0.1,
        "onward": 0.05,
        "beyond": 0.05,
    }

    def sources(self) -> dict[str, Recommender]:
        """Return the unfitted parts by name."""
        support = self.min_support
        return {
            "visits": AlsoViewed(min_support=support),
            "flow": Flow(min_support=support),
            "onward": Flow(min_support=support, backward=0.0, start=1.0),
            "beyond": Flow(min_support=support, hops=2),
        }

    def folds(self, data: TrainingData) -> Folds:
        """Hide the latest visits: a twentieth, or more of a few."""
        _, visit = by_session(data)
        count = int(visit.max(initial=-1)) + 1
        share = min(max(LATEST, FEW_VISITS / max(count, 1)), MOST)
        return last_sessions(data, share=share, most=self.cases, seed=self.seed)

    def asks(self) -> dict[str, Any]:
        """Return how a page asks; what was seen in the visit may come again."""
        return {"context": "product", "seen": (), "minutes": RECENT_MINUTES}

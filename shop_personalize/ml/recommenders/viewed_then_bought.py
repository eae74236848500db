"""What visitors of a product bought in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from shop_personalize.ml.data.sessions import by_session
from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.edges import no_edges
from shop_personalize.ml.recommenders.matrices import without_refunded
from shop_personalize.ml.recommenders.votes import Incidence, likely_edges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.knowledge import ItemNeighbors


class ViewedThenBought(Recommender):
    """Cross-occurrence: what was viewed in the ``days`` before a purchase, and it.

    Scored by the log-likelihood ratio of "viewed i" against "bought j" over visitors;
    each visitor casts at most one vote for an edge; ``min_support`` is in such votes;
    ``k`` neighbors are kept.
    """

    kinds: ClassVar[tuple[str, ...]] = ("view", "purchase")
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {"days": (1.0, 7.0, 14.0)}

    def __init__(
        self, days: float = 7.0, k: int = 50, min_support: float = 2.0
    ) -> None:
        self.days = days
        self.k = k
        self.min_support = min_support

    def fit(self, data: TrainingData) -> Self:
        """Learn what views lead to."""
        kept = without_refunded(data)
        views, bought = kept.of_kinds("view", "click"), kept.of_kinds("purchase")
        found = len(views) and len(bought)
        self.knowledge_ = (
            self._edges(views, bought) if found else no_edges(data.n_items)
        )
        self.query_config_ = {"context": "product"}
        self.extras_ = {}
        return self

    def _edges(self, views: TrainingData, bought: TrainingData) -> ItemNeighbors:
        bought, visit = by_session(bought)
        starts = np.flatnonzero(np.diff(visit, prepend=-1))
        nearest = next_visit(
            views, bought.visitor[starts], bought.time[starts], self.days
        )
        inside = nearest >= 0
        visitors = bought.visitor[starts]
        n_items = bought.n_items
        seen = Incidence.of(nearest[inside], views.item[inside], visitors, n_items)
        taken = Incidence.of(visit, bought.item, visitors, n_items)
        return likely_edges(seen, taken, k=self.k, min_support=self.min_support)


def next_visit(
    views: TrainingData, visitors: NDArray[Any], times: NDArray[Any], days: float
) -> NDArray[np.int64]:
    """Return each view's next purchase by the same visitor within ``days``, or -1.

    ``visitors`` and ``times`` describe the purchases, sorted by both.
    """
    if not len(visitors):
        return np.full(len(views), -1)
    span = max(float(times.max()), float(views.time.max())) + 1 if len(views) else 1.0
    at = np.searchsorted(visitors * span + times, views.visitor * span + views.time)
    inside = np.minimum(at, len(visitors) - 1)
    same = (at < len(visitors)) & (visitors[inside] == views.visitor)
    return np.where(same & (times[inside] - views.time <= days), inside, -1)

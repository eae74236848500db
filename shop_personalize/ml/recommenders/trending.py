"""Momentum: what is wanted more than its own past would lead one to expect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.groups import ranking_by_category
from shop_personalize.ml.recommenders.matrices import kind_weights, without_refunded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData


class Trending(Recommender):
    """Z-score of the last ``days`` (foreground) against the ``baseline_days`` before.

    Interest is counted in distinct visitors a day, weighed by kind. Expected is the
    item's own baseline rate, pulled to the shop's mean by ``prior`` visitors and moved
    with the shop's total, so a busy week is not a trend. At least ``min_support``
    visitors in the foreground; ``k`` items are kept per group.
    """

    kinds: ClassVar[tuple[str, ...]] = ("purchase", "add_to_cart", "view", "click")
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {"days": (3.0, 7.0, 14.0)}

    def __init__(
        self,
        days: float = 7.0,
        baseline_days: float = 56.0,
        min_support: int = 3,
        prior: float = 1.0,
        k: int = 200,
        weights: dict[str, float] | None = None,
    ) -> None:
        self.days = days
        self.baseline_days = baseline_days
        self.min_support = min_support
        self.prior = prior
        self.k = k
        self.weights = weights

    def fit(self, data: TrainingData) -> Self:
        """Rank what gains momentum."""
        kept = without_refunded(data)
        turn = data.now - self.days
        people = self._interest(kept.where(kept.time >= turn), counted=True)
        recent = self._interest(kept.where(kept.time >= turn))
        past = (kept.time < turn) & (kept.time >= turn - self.baseline_days)
        before = self._interest(kept.where(past))
        expected = self._expected(recent, before)
        z = (recent - expected) / np.sqrt(expected + 1e-9)
        z[(people < self.min_support) | (expected <= 0)] = 0.0
        self.knowledge_ = ranking_by_category(data, np.maximum(z, 0.0), k=self.k)
        self.query_config_ = {"context": "none"}
        self.extras_ = {}
        return self

    def _expected(
        self, recent: NDArray[np.float64], before: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Interest the foreground would hold had each item kept its share."""
        total = before.sum()
        if not total:
            return np.full(len(recent), recent.mean() if len(recent) else 0.0)
        smooth = before + self.prior * total / len(before) / max(
            total / len(before), 1.0
        )
        return np.asarray(smooth * recent.sum() / smooth.sum())

    def _interest(
        self, data: TrainingData, *, counted: bool = False
    ) -> NDArray[np.float64]:
        """One vote per visitor, item and day, of the strongest kind; shape (n,)."""
        weights = kind_weights(data, self.kinds, self.weights)
        by_kind = np.array([weights.get(kind, 0.0) for kind in data.kinds] or [0.0])
        strength = by_kind[data.kind]
        day = np.zeros(len(data)) if counted else np.floor(data.time)
        order = np.lexsort((-strength, day, data.item, data.visitor))
        order = order[strength[order] > 0]
        key = np.stack([data.visitor[order], data.item[order], day[order]])
        first = np.ones(len(order), bool)
        first[1:] = (key[:, 1:] != key[:, :-1]).any(axis=0)
        keep = order[first]
        votes = np.ones(len(keep)) if counted else strength[keep]
        counts = np.bincount(data.item[keep], votes, minlength=data.n_items)
        return np.asarray(counts, np.float64)

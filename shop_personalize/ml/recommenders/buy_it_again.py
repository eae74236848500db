"""What a customer bought and is likely to need again by now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from shop_personalize.ml.recommenders.base import Recommender
from shop_personalize.ml.recommenders.groups import ranking_by_category
from shop_personalize.ml.recommenders.matrices import without_refunded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData


class BuyItAgain(Recommender):
    """Own purchases x the item's rate of repurchase x where its cycle stands.

    Gaps between a visitor's purchase days of one item are log-normal, the item's mean
    pulled to the shop's by ``prior`` gaps. ``own_decay_days`` fades old visits; the
    knowledge itself ranks items by how often they are bought again.
    """

    kinds: ClassVar[tuple[str, ...]] = ("purchase",)
    grid: ClassVar[dict[str, tuple[Any, ...]]] = {
        "own_decay_days": (60.0, 120.0, 180.0, 360.0),
        "cycle": (0.0, 0.5, 1.0),
        "prior": (5.0, 20.0, 80.0),
    }

    query_params: ClassVar[tuple[str, ...]] = ("own_decay_days", "cycle")

    def __init__(
        self,
        own_decay_days: float = 180.0,
        cycle: float = 0.5,
        prior: float = 20.0,
        k: int = 500,
    ) -> None:
        self.own_decay_days = own_decay_days
        self.cycle = cycle
        self.prior = prior
        self.k = k

    def fit(self, data: TrainingData) -> Self:
        """Learn each item's cycle and its rate of repurchase."""
        kept = without_refunded(data).of_kinds("purchase")
        visits = _visits(kept)
        item, gap = _gaps(visits)
        n = data.n_items
        again = np.bincount(item, minlength=n).astype(float)
        times = np.bincount(visits[1].astype(np.int64), minlength=n).astype(float)
        rate = (again + self.prior * _share(again.sum(), times.sum())) / (
            times + self.prior
        )
        mean, spread = self._cycles(item, np.log(np.maximum(gap, 1.0)), n)
        self.knowledge_ = ranking_by_category(
            data, np.where(again > 0, rate, 0), k=self.k
        )
        self.query_config_ = self.configure(data)
        self.extras_ = {
            "own_factor": rate.astype(np.float32),
            "cycle_mean": mean.astype(np.float32),
            "cycle_spread": spread.astype(np.float32),
        }
        return self

    def configure(self, data: TrainingData) -> dict[str, Any]:
        """Return how bought items score: by their past and their cycle alone."""
        return {
            "context": "none",
            "kinds": {"purchase": 1.0},
            "own": {
                "only": True,
                "decay_days": self.own_decay_days,
                "cycle": self.cycle,
            },
        }

    def _cycles(
        self, item: NDArray[Any], log_gap: NDArray[Any], n: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Mean and standard deviation of the log gap of each item, shrunk."""
        shop_mean = log_gap.mean() if len(log_gap) else np.log(30.0)
        shop_variance = log_gap.var() if len(log_gap) > 1 else 1.0
        count = np.bincount(item, minlength=n)
        mean = np.bincount(item, log_gap, minlength=n) + self.prior * shop_mean
        mean /= count + self.prior
        squares = np.bincount(item, (log_gap - mean[item]) ** 2, minlength=n)
        variance = (squares + self.prior * shop_variance) / (count + self.prior)
        return mean, np.sqrt(np.maximum(variance, 0.05))


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0


def _visits(data: TrainingData) -> NDArray[np.float64]:
    """Distinct (visitor, item, day) as rows 0..2, sorted; shape (3, m)."""
    if not len(data):
        return np.empty((3, 0))
    columns = [data.visitor, data.item, np.floor(data.time)]
    return np.unique(np.stack(columns).astype(np.float64), axis=1)


def _gaps(visits: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Items and days between consecutive purchase days of one visitor and item."""
    same = (visits[:2, 1:] == visits[:2, :-1]).all(axis=0)
    gaps = np.diff(visits[2])[same]
    return visits[1, 1:][same].astype(np.int64), gaps

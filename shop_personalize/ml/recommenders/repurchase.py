"""How often, and after how long, an item is bought again by the same visitor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shop_personalize.ml.data.distinct import distinct
from shop_personalize.ml.recommenders.matrices import LONGEST_PAST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.knowledge import Arrays

USUAL_GAP = 30.0
"""Days; assumed while nothing was bought twice."""
LEAST_VARIANCE = 0.05


def repurchase(data: TrainingData, *, prior: float) -> Arrays:
    """Return what :func:`~shop_personalize.ml.serving.own_scores` reads, one an item.

    ``own_factor``: share of purchase days that another followed; ``cycle_mean`` and
    ``cycle_spread``: mean and standard deviation of the log of the gap in days. Each is
    pulled to the shop's own by ``prior`` purchases. ``data`` holds purchases only.
    """
    n = data.n_items
    times, item, gap = _gaps(data)
    again = np.bincount(item, minlength=n).astype(float)
    shop_rate = again.sum() / max(times.sum(), 1.0)
    rate = (again + prior * shop_rate) / np.maximum(times + prior, 1e-12)
    log_gap = np.log(np.maximum(gap, 1.0))
    shop_mean = log_gap.mean() if len(log_gap) else np.log(USUAL_GAP)
    shop_variance = log_gap.var() if len(log_gap) > 1 else 1.0
    weight = np.maximum(again + prior, 1e-12)
    mean = (np.bincount(item, log_gap, minlength=n) + prior * shop_mean) / weight
    squares = np.bincount(item, (log_gap - mean[item]) ** 2, minlength=n)
    variance = (squares + prior * shop_variance) / weight
    return {
        "own_factor": rate.astype(np.float32),
        "cycle_mean": mean.astype(np.float32),
        "cycle_spread": np.sqrt(np.maximum(variance, LEAST_VARIANCE)).astype(
            np.float32
        ),
    }


def _gaps(
    data: TrainingData,
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Purchase days of each item (n,), and item and length in days of each gap."""
    day = np.floor(data.time - data.time.min(initial=np.inf)).astype(np.int64)
    pair = data.visitor.astype(np.int64) * max(data.n_items, 1) + data.item
    visits = distinct(pair * LONGEST_PAST + day)
    pair, day = visits // LONGEST_PAST, visits % LONGEST_PAST
    item = pair % max(data.n_items, 1)
    times = np.bincount(item, minlength=data.n_items).astype(float)
    same = pair[1:] == pair[:-1]
    return times, item[1:][same], np.diff(day)[same].astype(float)

"""How much faster or slower than the shop an item's audience grows, as a factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shop_personalize.ml.recommenders.matrices import strengths, strongest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData

DAYS = 28.0
BASELINE_DAYS = 112.0
PRIOR = 3.0
SLOWEST, FASTEST = 0.1, 2.5
EMPTY_SHARE = 0.5


def momentum(data: TrainingData, weights: Mapping[str, float]) -> NDArray[np.float64]:
    """Growth of each item over the shop's growth; 1 = moves with the shop; shape (n,).

    Distinct visitors of the last 28 days against the 112 before, both as rates; a
    prior of 3 visitors pulls rare items to 1. Bounded, because a product that has only
    just come would otherwise outgrow everything. Ones for a shop younger than half of
    that time.
    """
    latest = data.time.max(initial=-np.inf)
    turn, start = latest - DAYS, latest - DAYS - BASELINE_DAYS
    if not len(data) or data.time.min() > turn - EMPTY_SHARE * BASELINE_DAYS:
        return np.ones(data.n_items)
    recent = _audience(data.where(data.time > turn), weights)
    past = data.where((data.time <= turn) & (data.time > start))
    before = (
        _audience(past, weights) * DAYS / min(BASELINE_DAYS, turn - data.time.min())
    )
    if not recent.sum() or not before.sum():
        return np.ones(data.n_items)
    shop = recent.sum() / before.sum()
    ratio = (recent + PRIOR * shop) / (before + PRIOR) / shop
    return np.asarray(np.clip(ratio, SLOWEST, FASTEST))


def _audience(data: TrainingData, weights: Mapping[str, float]) -> NDArray[np.float64]:
    """Visitors of each item, by the weight of their strongest act; shape (n,)."""
    values = strengths(data, dict(weights), {})
    votes = strongest(data.visitor, data.item, values, (data.n_visitors, data.n_items))
    return np.asarray(votes.sum(axis=0), np.float64)

"""From interactions to sparse matrices: who x what, how strongly, how lately."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from shop_personalize.ml.data.distinct import pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData

REFERENCE_HALF_LIFE = 90.0
"""Days. A kind with this half-life decays by exactly a recommender's ``decay_days``."""
LONGEST_PAST = 100_000
"""Days; more than any shop has existed."""
DEFAULT_WEIGHTS = {"view": 1.0, "click": 0.5, "add_to_cart": 3.0, "purchase": 5.0}
DEFAULT_HALF_LIVES = {"view": 14.0, "click": 14.0, "add_to_cart": 30.0}


def kind_weights(
    data: TrainingData, kinds: tuple[str, ...], own: dict[str, float] | None = None
) -> dict[str, float]:
    """Weight of each kind as a share of the heaviest: own, the shop's, then default."""
    known = {**DEFAULT_WEIGHTS, **data.weights, **(own or {})}
    weights = {kind: max(float(known.get(kind, 1.0)), 0.0) for kind in kinds}
    top = max(weights.values(), default=0.0) or 1.0
    return {kind: weight / top for kind, weight in weights.items()}


def kind_decays(
    data: TrainingData, kinds: tuple[str, ...], decay_days: float
) -> dict[str, float]:
    """Time constant of each kind in days, in proportion to its half-life."""
    known = {**DEFAULT_HALF_LIVES, **data.half_lives}
    return {
        kind: decay_days
        * float(known.get(kind, REFERENCE_HALF_LIFE))
        / REFERENCE_HALF_LIFE
        for kind in kinds
    }


def strengths(
    data: TrainingData, weights: dict[str, float], decays: dict[str, float]
) -> NDArray[np.float64]:
    """Weight x exp(-age / decay) of every row, 0 for kinds not named; shape (m,).

    Age counts from the last row, so a shop long at rest does not fade to nothing.
    """
    by_kind = np.array([weights.get(kind, 0.0) for kind in data.kinds] or [0.0])
    decay = np.array([decays.get(kind) or np.inf for kind in data.kinds] or [np.inf])
    latest = data.time.max(initial=-np.inf)
    ages = np.maximum(latest - data.time, 0.0)
    return np.asarray(by_kind[data.kind] * np.exp(-ages / decay[data.kind]))


def strongest(
    rows: NDArray[np.integer],
    columns: NDArray[np.integer],
    values: NDArray[np.floating],
    shape: tuple[int, int],
) -> sparse.csr_array:
    """Matrix of the largest value of each (row, column): one vote per pair."""
    present = values > 0
    rows, columns, values = rows[present], columns[present], values[present]
    key = rows.astype(np.int64) * shape[1] + columns
    order = np.lexsort((-values, key))
    first = np.ones(len(order), bool)
    first[1:] = key[order][1:] != key[order][:-1]
    keep = order[first]
    entries = (values[keep].astype(np.float32), (rows[keep], columns[keep]))
    return sparse.csr_array(entries, shape=shape)


def without_refunded(data: TrainingData) -> TrainingData:
    """Drop the purchases of visitor-item pairs whose every unit was sent back."""
    if "refund" not in data.kinds or "purchase" not in data.kinds:
        return data
    refunds = data.kind == data.kinds.index("refund")
    if not refunds.any():
        return data
    purchases = data.kind == data.kinds.index("purchase")
    key = data.visitor.astype(np.int64) * max(data.n_items, 1) + data.item
    _, pair = np.unique(key, return_inverse=True)
    net = np.bincount(pair, np.abs(data.quantity) * purchases)
    net -= np.bincount(pair, np.abs(data.quantity) * refunds)
    return data.where(~refunds & ~(purchases & (net[pair] <= 0)))


def seen_once(data: TrainingData) -> NDArray[np.bool_]:
    """Whether a visitor was seen on one day only (or never); shape (visitors,)."""
    if not len(data):
        return np.ones(data.n_visitors, bool)
    visitor, _ = pairs(
        data.visitor, np.floor(data.time - data.time.min()), LONGEST_PAST
    )
    return np.asarray(np.bincount(visitor, minlength=data.n_visitors) <= 1)

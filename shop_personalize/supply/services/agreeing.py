"""Forecasts of products, categories and the shop, moved so that they agree.

Each level was forecast for itself. Reconciled by variance, products hardly move and
sums take what is known of their products; bands and sums of periods move along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.hierarchy import Hierarchy
from shop_personalize.supply.services import engine

WHOLE = ""
"""The key of the whole shop among the groups."""
WIDTH = 2.5631
"""Standard deviations between the ends of a band of 80 %."""
LEAST = 1e-6

Matrix = NDArray[np.float64]


def agree(
    groups: tuple[list[str], engine.Answer],
    products: tuple[list[str], engine.Answer],
    group_of: Mapping[str, str],
    spans: tuple[int, ...],
) -> tuple[engine.Answer, engine.Answer]:
    """Both answers, so that every group is the sum of its products.

    A group none of whose products is forecast stays as it was.
    """
    names, above = groups
    keys, below = products
    place = {name: at for at, name in enumerate(names)}
    codes = np.array([place.get(group_of.get(key, WHOLE), -1) for key in keys])
    codes = np.where(codes == place.get(WHOLE, -1), -1, codes)
    used, compact = np.unique(codes[codes >= 0], return_inverse=True)
    levels = []
    if len(used):
        inside = np.full(len(keys), -1)
        inside[codes >= 0] = compact
        levels.append(inside)
    rows = list(used)
    if WHOLE in place:
        levels.append(np.zeros(len(keys), np.int64))
        rows.append(place[WHOLE])
    if not rows:
        return above, below
    base = np.concatenate([above.mean[rows], below.mean])
    spread = np.concatenate([_spread(above)[rows], _spread(below)])
    found = Hierarchy.of(*levels).reconciled(base, "variance", residuals=spread)
    whole = above.mean.copy()
    whole[rows] = found[: len(rows)]
    return _moved(above, whole, spans), _moved(below, found[len(rows) :], spans)


def _spread(answer: engine.Answer) -> Matrix:
    """Standard deviation of each series by its band, never nothing: (n, 1)."""
    low, high = answer.bands[:2]
    return np.maximum((high - low).mean(axis=1, keepdims=True) / WIDTH, LEAST)


def _moved(
    answer: engine.Answer, mean: Matrix, spans: tuple[int, ...]
) -> engine.Answer:
    shift = mean - answer.mean
    of_sums = shift.cumsum(axis=1)[:, np.array(spans) - 1]
    low80, high80, low95, high95 = (
        np.maximum(band + shift, 0.0) for band in answer.bands
    )
    return replace(
        answer,
        mean=mean,
        bands=(low80, high80, low95, high95),
        totals=np.maximum(answer.totals + of_sums[:, None, :], 0.0),
    )

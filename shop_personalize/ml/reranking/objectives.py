"""Objectives: what a place earns counts beside how well the product fits.

Places and amounts have no common scale, so both are compared by rank: a weighted Borda
count (Aslam, Montague 2001, "Models for metasearch", SIGIR), whose first voter is
relevance.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.reranking.ranks import by_worth, relevance, same_length, share

UNKNOWN = 0.5


def standing(amounts: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """The share of the others that each amount exceeds: float (m,), 0 to 1.

    Equals share their mean standing; what is not known (NaN) stands in the middle, as
    does everything where all are equal or but one is known.
    """
    given = np.asarray(amounts, np.float64)
    known = ~np.isnan(given)
    found = np.full(len(given), UNKNOWN)
    count = int(known.sum())
    if count > 1:
        _, group, sizes = np.unique(
            given[known], return_inverse=True, return_counts=True
        )
        exceeded = np.cumsum(sizes) - (sizes + 1) / 2
        found[known] = exceeded[group] / (count - 1)
    return found


def aimed(
    amounts: Mapping[str, NDArray[np.floating[Any]]],
    weights: Mapping[str, float],
    m: int,
) -> NDArray[np.int64]:
    """Order m candidates, given best first, by relevance and objectives together.

    ``amounts`` holds float (m,) by objective, the more the better, NaN where it is not
    known; ``weights`` shares, 0 (does not count) to 1 (counts as much as relevance).
    Worth is (relevance + sum of weight x standing) / (1 + sum of weights). Returns
    positions int64 (m,); raises ValueError for a weight that is no share and KeyError
    for one without amounts.
    """
    worth = relevance(m)
    for name, weight in weights.items():
        if share(weight, name):
            same_length(m, **{name: amounts[name]})
            worth = worth + weight * standing(amounts[name])
    return by_worth(worth)

"""Rotation: what was shown often and never taken makes room for something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.reranking.ranks import by_worth, relevance, share

if TYPE_CHECKING:
    from numpy.typing import NDArray

HALF_LIFE_DAYS = 3.0
"""After so many days without being seen, half of the fatigue is gone."""


def fatigue(
    seen: NDArray[np.floating[Any]], ages: NDArray[np.floating[Any]]
) -> NDArray[np.float64]:
    """How often each was seen in vain, float (m,), faded since it was seen last.

    ``seen`` counts >= 0; ``ages`` days since the last time, below zero counts as now.
    """
    faded = 0.5 ** (np.maximum(np.asarray(ages, np.float64), 0.0) / HALF_LIFE_DAYS)
    return np.asarray(np.asarray(seen, np.float64) * faded)


def rotated(fatigue: NDArray[np.floating[Any]], strength: float) -> NDArray[np.int64]:
    """Order m candidates, given best first, by worth x (1 + fatigue)^-strength.

    ``fatigue`` float (m,) >= 0 as :func:`fatigue` says; ``strength`` 0 (as it was) to 1
    (seen once in vain is worth half). An inverse discount of impressions, one of those
    in Lee, Lakshmanan, Tiwari, Shah 2014, "Modeling impression discounting in
    large-scale recommender systems", KDD. Returns positions int64 (m,); raises
    ValueError for what is no number >= 0.
    """
    share(strength, "strength")
    given = np.asarray(fatigue, np.float64)
    if not (np.isfinite(given) & (given >= 0)).all():
        raise ValueError("fatigue must be numbers >= 0")
    return by_worth(relevance(len(given)) * (1 + given) ** -strength)

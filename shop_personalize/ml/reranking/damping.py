"""Popularity damping: what everyone sees anyway makes room for what fits this one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.reranking.ranks import by_worth, relevance, share

if TYPE_CHECKING:
    from numpy.typing import NDArray


def damped(popularity: NDArray[np.floating[Any]], strength: float) -> NDArray[np.int64]:
    """Order m candidates, given best first, by worth x (1 + p / mean)^-strength.

    ``popularity`` float (m,) >= 0, in any unit, is compared with its mean over the
    candidates, so the size of the shop does not matter; ``strength`` 0 (as it was) to
    1. A power of popularity as in Steck 2011, "Item popularity and recommendation
    accuracy", eq. 6, one added so that an item nobody met stays finite. Returns
    positions int64 (m,); raises ValueError for a negative or missing popularity.
    """
    share(strength, "strength")
    known = np.asarray(popularity, np.float64)
    if not (np.isfinite(known) & (known >= 0)).all():
        raise ValueError("popularity must be numbers >= 0")
    worth = relevance(len(known))
    mean = known.mean() if len(known) else 0.0
    if mean > 0:
        worth = worth * (1 + known / mean) ** -strength
    return by_worth(worth)

"""Variety by maximal marginal relevance (Carbonell, Goldstein 1998, SIGIR).

Their likeness to the closest of what is chosen serves for contents. Two categories are
either the same or not, so the closest is 1 from the second product of a category on and
says nothing any more; for categories it is their share of what is chosen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.reranking.ranks import relevance, same_length, share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def varied(
    groups: Sequence[str],
    n: int,
    strength: float,
    likeness: NDArray[np.floating[Any]] | None = None,
) -> NDArray[np.int64]:
    """Choose the first ``n`` of m candidates, given best first; the rest follows.

    Next is the largest (1 - strength) x relevance - strength x the larger of: the
    likeness to the closest chosen (``likeness`` float (m, m) in 0..1), the share of its
    category among the chosen (``groups`` (m,), "" = none). Returns positions int64
    (m,).
    """
    share(strength, "strength")
    m = len(groups)
    if not strength or m < 2:
        return np.arange(m)
    worth = (1 - strength) * relevance(m)
    _, code = np.unique(
        np.asarray(groups, dtype=object).astype(str), return_inverse=True
    )
    named = np.array([bool(group) for group in groups])
    taken, closest = np.zeros(int(code.max()) + 1), np.zeros(m)
    left = np.ones(m, bool)
    picked: list[int] = []
    if likeness is not None:
        same_length(m, likeness=likeness)
    while len(picked) < min(n, m):
        among = np.where(named, taken[code] / max(len(picked), 1), 0.0)
        marginal = worth - strength * np.maximum(among, closest)
        best = int(np.argmax(np.where(left, marginal, -np.inf)))
        left[best] = False
        picked.append(best)
        taken[code[best]] += 1
        if likeness is not None:
            closest = np.maximum(closest, likeness[best])
    return np.concatenate([np.array(picked, np.int64), np.flatnonzero(left)])

"""Exploration: a stated share of the places goes to what is seldom seen.

Epsilon-greedy over the places of a list. All chance comes from a seed, so the page of
one visitor is the same all day and another one's differs.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.reranking.ranks import share

if TYPE_CHECKING:
    from numpy.typing import NDArray


def seed_of(*words: str) -> int:
    """Make a seed of 64 bits from texts, such as visitor, day and block."""
    digest = hashlib.sha256("\0".join(words).encode()).digest()
    return int.from_bytes(digest[:8], "big")


def explored(
    popularity: NDArray[np.floating[Any]], n: int, epsilon: float, seed: int
) -> NDArray[np.int64]:
    """Give ``epsilon`` of the first ``n`` places to candidates from behind them.

    Over the seeds exactly n x ``epsilon`` places on the average, as far as there are
    candidates; never the first place unless all are given. Who comes is drawn with odds
    1 / (1 + popularity / mean), so mostly what is new or seldom met; ``popularity``
    float (m,) >= 0 in the order of the list. Returns positions int64 (m,): those
    displaced come next, in their order.
    """
    share(epsilon, "epsilon")
    m = len(popularity)
    n = min(n, m)
    waiting = np.arange(n, m)
    chance = np.random.default_rng(seed)
    count = min(int(n * epsilon + chance.random()), len(waiting), n)
    if count <= 0:
        return np.arange(m)
    first = 0 if count == n else 1
    places = first + chance.choice(n - first, size=count, replace=False)
    odds = _odds(np.asarray(popularity, np.float64)[n:])
    guests = chance.choice(waiting, size=count, replace=False, p=odds)
    head = np.full(n, -1, np.int64)
    head[np.sort(places)] = guests
    kept = np.setdiff1d(np.arange(m), guests)
    free = head < 0
    head[free] = kept[: int(free.sum())]
    return np.concatenate([head, kept[int(free.sum()) :]])


def _odds(popularity: NDArray[np.float64]) -> NDArray[np.float64]:
    if not (np.isfinite(popularity) & (popularity >= 0)).all():
        raise ValueError("popularity must be numbers >= 0")
    mean = popularity.mean()
    odds = 1 / (1 + popularity / mean) if mean > 0 else np.ones(len(popularity))
    return np.asarray(odds / odds.sum())

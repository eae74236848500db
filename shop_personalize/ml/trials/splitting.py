"""Who is in which arm, by a keyed hash; and whether the arms came out as asked for."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.trials.later import special

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

ALARM = 0.001
"""P-value of ``sample_ratio`` below which a trial's figures are not to be trusted."""


def bucket(key: str, salt: str, secret: bytes) -> float:
    """Place ``key`` in [0, 1), always at the same point for the same salt and secret.

    Keyed BLAKE2b: without ``secret`` nobody can tell or choose a place, and places
    under two salts are independent. Any text is taken, lone surrogates too.
    """
    return _place(_keyed(salt, secret), key)


def buckets(keys: Iterable[str], salt: str, secret: bytes) -> NDArray[np.float64]:
    """``bucket`` of many keys: (n,), about a microsecond each."""
    keyed = _keyed(salt, secret)
    return np.array([_place(keyed, key) for key in keys], np.float64)


def arm_of(place: float, weights: Sequence[float]) -> int:
    """Number of the arm that holds ``place`` in [0, 1), for k ``weights`` of any sum.

    An arm of weight 0 holds nobody. Raises ``ValueError`` for a negative weight or
    none above 0.
    """
    bounds = _bounds(weights)
    return min(bisect_right(bounds, place * bounds[-1]), _last(weights))


def arms_of(places: NDArray[np.float64], weights: Sequence[float]) -> NDArray[np.int64]:
    """``arm_of`` of many places (n,): (n,) int64."""
    bounds = _bounds(weights)
    found = np.searchsorted(bounds, np.asarray(places) * bounds[-1], side="right")
    return np.minimum(found, _last(weights)).astype(np.int64)


def sample_ratio(counts: Sequence[float], weights: Sequence[float]) -> float:
    """P-value that arms of ``weights`` (k,) come out as ``counts`` (k,) of visitors.

    Pearson's chi-square; alarm below ``ALARM`` (Fabijan et al. 2019). 1 where nobody
    came or only one arm has a weight. A visitor in an arm of weight 0 gives 0. Raises
    ``ValueError`` for lengths that differ or weights as in ``arm_of``.
    """
    if len(counts) != len(weights):
        raise ValueError(f"counts: {len(counts)} of them for {len(weights)} weights")
    _bounds(weights)
    seen, shares = np.asarray(counts, float), np.asarray(weights, float)
    if seen[shares == 0].sum() > 0:
        return 0.0
    seen, shares = seen[shares > 0], shares[shares > 0]
    if len(seen) < 2 or seen.sum() == 0:
        return 1.0
    wanted = seen.sum() * shares / shares.sum()
    squares = float((np.square(seen - wanted) / wanted).sum())
    return float(special.chdtrc(len(seen) - 1, squares))


def _keyed(salt: str, secret: bytes) -> Any:
    """Hash of the salt; its length first, so that no salt and key run together."""
    key = secret if 0 < len(secret) <= 64 else hashlib.blake2b(secret).digest()
    text = salt.encode("utf-8", "surrogatepass")
    keyed = hashlib.blake2b(len(text).to_bytes(4, "big"), key=key, digest_size=8)
    keyed.update(text)
    return keyed


def _place(keyed: Any, key: str) -> float:
    mine = keyed.copy()
    mine.update(key.encode("utf-8", "surrogatepass"))
    return float((int.from_bytes(mine.digest(), "big") >> 11) * 2.0**-53)


def _bounds(weights: Sequence[float]) -> list[float]:
    bounds = list(accumulate(weights))
    if not bounds or min(weights) < 0 or not 0 < bounds[-1] < float("inf"):
        raise ValueError("weights: none below 0 and at least one above")
    return bounds


def _last(weights: Sequence[float]) -> int:
    return max(number for number, weight in enumerate(weights) if weight > 0)

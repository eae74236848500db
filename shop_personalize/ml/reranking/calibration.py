"""Calibration: who buys two thirds mugs and one third bags is shown about that.

Steck 2018, "Calibrated recommendations", RecSys: greedy choice by
(1 - strength) x sum of relevance - strength x KL(p || q), eq. 4, with p the shares of
the history and q those of the list, smoothed towards p (eq. 3).
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from shop_personalize.ml.reranking.ranks import relevance, share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

OTHER = "\0"
SMOOTHING = 0.01
"""alpha of eq. 3: the divergence stays finite where the list lacks a category."""


def calibrated(
    groups: Sequence[str], wanted: Mapping[str, float], n: int, strength: float
) -> NDArray[np.int64]:
    """Choose the first ``n`` of m candidates, given best first; the rest follows.

    ``groups`` (m,) names the category of each, "" where it has none; ``wanted`` holds
    weights >= 0 by category, in any unit; ``strength`` 0 (as it was) to 1 (shares
    alone). Without any weight the order stays. Returns positions int64 (m,).
    """
    share(strength, "strength")
    aim = shares(wanted)
    worth = relevance(len(groups))
    if not aim or not strength:
        return np.arange(len(groups))
    left = list(range(len(groups)))
    picked: list[int] = []
    counts: Counter[str] = Counter()
    while left and len(picked) < n:
        after = _after(aim, counts)
        price = [strength * after.get(groups[at], after[OTHER]) for at in left]
        best = left[int(np.argmax((1 - strength) * worth[left] - np.array(price)))]
        left.remove(best)
        picked.append(best)
        counts.update([groups[best]] if groups[best] else [])
    return np.array(picked + left, np.int64)


def _after(aim: Mapping[str, float], counts: Counter[str]) -> dict[str, float]:
    """Divergence once there is one more of a category, by category.

    All of them share their terms but one; ``OTHER`` stands for those not aimed at, ""
    for products without a category, which change nothing.
    """
    total = sum(counts.values()) + 1
    terms = {group: _term(part, counts[group] / total) for group, part in aim.items()}
    sum_of_all = sum(terms.values())
    found = {
        group: sum_of_all - terms[group] + _term(part, (counts[group] + 1) / total)
        for group, part in aim.items()
    }
    return {**found, OTHER: sum_of_all, "": divergence(aim, counts)}


def shares(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights of named categories as shares of one; {} if there are none."""
    if any(weight < 0 or not math.isfinite(weight) for weight in weights.values()):
        raise ValueError("wanted must hold numbers >= 0 by category")
    kept = {name: float(value) for name, value in weights.items() if name and value}
    total = sum(kept.values())
    return {name: value / total for name, value in kept.items()} if total else {}


def divergence(aim: Mapping[str, float], counts: Mapping[str, int]) -> float:
    """KL(aim || smoothed shares of ``counts``) in nats; 0 when they agree."""
    total = sum(counts.values())
    return sum(
        _term(part, counts.get(group, 0) / total if total else 0.0)
        for group, part in aim.items()
    )


def _term(part: float, own: float) -> float:
    return part * math.log(part / ((1 - SMOOTHING) * own + SMOOTHING * part))

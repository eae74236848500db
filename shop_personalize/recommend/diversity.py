"""Variety in a block: the more of a category is shown, the later its next product."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")


def diversified(
    ordered: Sequence[T], limit: int, diversity: float, category: Callable[[T], str]
) -> list[T]:
    """Take ``limit`` of ``ordered``, trading rank for variety (0 = rank alone).

    Maximal marginal relevance with the rank as relevance and the share of the same
    category among those taken as similarity.
    """
    if diversity <= 0 or len(ordered) <= 1:
        return list(ordered[:limit])
    diversity = min(diversity, 1.0)
    relevance = {at: 1 - at / len(ordered) for at in range(len(ordered))}
    groups = [category(each) for each in ordered]
    taken: Counter[str] = Counter()
    picked: list[T] = []

    def worth(at: int) -> float:
        similar = taken[groups[at]] / max(len(picked), 1) if groups[at] else 0.0
        return (1 - diversity) * relevance[at] - diversity * similar

    while relevance and len(picked) < limit:
        best = max(relevance, key=lambda at: (worth(at), -at))
        del relevance[best]
        picked.append(ordered[best])
        taken[groups[best]] += 1
    return picked

"""Two rankings in one list: every visitor judges both, so few visitors are enough."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

Item = TypeVar("Item", bound="Hashable")

FIRST, SECOND, BOTH = 0, 1, -1
"""Teams: whose pick an item is. What both rankings begin with counts for neither."""


def team_draft(
    first: Sequence[Item], second: Sequence[Item], n: int, seed: int
) -> list[tuple[Item, int]]:
    """Draw one list of at most ``n`` items: (item, team), no item twice.

    The two pick in turn their best item not yet taken, a coin says who begins each
    round (Radlinski, Kurup and Joachims 2008). Where both rankings begin alike the
    items are of team ``BOTH`` (Chapelle, Joachims, Radlinski and Yue 2012): a click
    there tells nothing. The same ``seed`` draws the same list.
    """
    coin = Random(seed)  # noqa: S311 - a coin, no secret
    drawn: dict[Item, int] = {}
    for one, other in zip(first, second, strict=False):
        if one != other or len(drawn) >= n:
            break
        drawn[one] = BOTH
    queues = [iter(first), iter(second)]
    while len(drawn) < n:
        before = len(drawn)
        for team in (FIRST, SECOND) if coin.random() < 0.5 else (SECOND, FIRST):
            pick = next((item for item in queues[team] if item not in drawn), None)
            if pick is not None and len(drawn) < n:
                drawn[pick] = team
        if len(drawn) == before:
            break
    return list(drawn.items())

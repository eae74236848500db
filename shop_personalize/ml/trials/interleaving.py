"""Two rankings in one list: every visitor judges both, so few visitors are enough."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

Item = TypeVar("Item", bound="Hashable")

FIRST, SECOND, BOTH = 0, 1, -1
"""Teams: whose pick an item is. What both rankings begin with counts for neither."""


class Preference(NamedTuple):
    """Share of visits the second ranking wins, ties shared; .5 is equal."""

    score: float
    low: float
    high: float
    p_value: float


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


def preference(
    wins_first: int, wins_second: int, ties: int = 0, *, level: float = 0.95
) -> Preference:
    """Judge visits counted by whose items got more clicks, for one look.

    Exact sign test on the visits decided; the interval (Clopper and Pearson 1934) of
    their share, drawn towards .5 by the ties (Chapelle et al. 2012, eq. 1), leaves .5
    out exactly when ``p_value`` < 1 - ``level``. Nothing decided: .5, from 0 to 1.
    """
    from scipy import special

    if min(wins_first, wins_second, ties) < 0:
        raise ValueError("wins and ties: counts, none below 0")
    decided = wins_first + wins_second
    if not decided:
        return Preference(0.5, 0.0, 1.0, 1.0)
    side = (1 - level) / 2
    low = _beta(wins_second, wins_first + 1, side) if wins_second else 0.0
    high = _beta(wins_second + 1, wins_first, 1 - side) if wins_first else 1.0
    tail = special.bdtr(min(wins_first, wins_second), decided, 0.5)
    shares = np.array([wins_second / decided, low, high])
    drawn = 0.5 + (shares - 0.5) * decided / (decided + ties)
    share, least, most = map(float, drawn)
    return Preference(share, least, most, min(1.0, float(2 * tail)))


def _beta(first: float, second: float, share: float) -> float:
    from scipy import special

    return float(special.betaincinv(first, second, share))

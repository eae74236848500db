"""Which of two interleaved rankings the visitors prefer, and how sure that is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shop_personalize.ml.trials.later import optimize, special
from shop_personalize.ml.trials.limits import mixture

PLANNED = 1_000.0
"""Decided visits at which a sequential interval is narrowest, unless told."""

LEAST, MOST = 1e-300, 1 - 1e-16


class Preference(NamedTuple):
    """Share of visits the second ranking wins, ties shared; .5 is equal."""

    score: float
    low: float
    high: float
    p_value: float


def preference(
    wins_first: int,
    wins_second: int,
    ties: int = 0,
    *,
    sequential: bool = False,
    level: float = 0.95,
    planned: float = PLANNED,
) -> Preference:
    """Judge visits counted by whose items got more clicks.

    The share of the visits decided that the second won, drawn towards .5 by the ties
    (Chapelle et al. 2012). For one look: the exact sign test with its interval
    (Clopper and Pearson 1934). ``sequential``: valid at all looks together, by a beta
    mixture (Robbins 1970) narrowest near ``planned`` decided visits. Either interval
    leaves .5 out exactly when ``p_value`` < 1 - ``level``. Nothing decided: .5, from 0
    to 1. Raises ``ValueError`` for counts below 0.
    """
    if min(wins_first, wins_second, ties) < 0:
        raise ValueError("wins and ties: counts, none below 0")
    decided = wins_first + wins_second
    if not decided:
        return Preference(0.5, 0.0, 1.0, 1.0)
    if sequential:
        low, high, p_value = _always(wins_first, wins_second, 1 - level, planned)
    else:
        low, high, p_value = _once(wins_first, wins_second, 1 - level)
    drawn = decided / (decided + ties)
    share = wins_second / decided
    score, low, high = (0.5 + (each - 0.5) * drawn for each in (share, low, high))
    return Preference(score, low, high, p_value)


def _once(lost: int, won: int, alpha: float) -> tuple[float, float, float]:
    low = special.betaincinv(won, lost + 1, alpha / 2) if won else 0.0
    high = special.betaincinv(won + 1, lost, 1 - alpha / 2) if lost else 1.0
    tail = special.bdtr(min(lost, won), lost + won, 0.5)
    return float(low), float(high), min(1.0, float(2 * tail))


def _always(
    lost: int, won: int, alpha: float, planned: float
) -> tuple[float, float, float]:
    """Shares whose likelihood the mixture over all shares does not beat by 1/alpha."""
    mixed = max((planned / mixture(alpha) - 1) / 2, 0.5)
    weighed = special.betaln(mixed + won, mixed + lost) - special.betaln(mixed, mixed)

    def over(share: float) -> float:
        against = special.xlogy(won, share) + special.xlog1py(lost, -share)
        return float(weighed - against + np.log(alpha))

    share = won / (lost + won)
    # A limit nearer to 0 or 1 than numbers can tell is 0 or 1.
    low = optimize.brentq(over, LEAST, share) if over(LEAST) > 0 else 0.0
    high = optimize.brentq(over, share, MOST) if over(MOST) > 0 else 1.0
    return float(low), float(high), float(min(1.0, alpha * np.exp(-over(0.5))))

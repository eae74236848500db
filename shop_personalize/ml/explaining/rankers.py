"""What each fact about a candidate does to the place a ranker gives it.

Approximate, one fact at a time: how much the log odds change when the fact is what it
is for the middle candidate (the median) of the same question and all others stay. Facts
that speak only together share what they do unevenly, and the effects need not add up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.explaining.account import Effect
from shop_personalize.ml.mixing import features_of, looked_at, pool_of
from shop_personalize.ml.ranking.features import names
from shop_personalize.ml.ranking.score import chances, decisions
from shop_personalize.ml.serving import History, ask_parts, opened

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from shop_personalize.ml.knowledge import Arrays, Ints, Mixture


@dataclass(frozen=True)
class Judged:
    """The candidates a ranker looked at: ``items`` (c,) codes, ``rows`` (c, f)."""

    items: Ints
    rows: NDArray[np.float32]
    ranker: dict[str, Any]
    extras: Arrays

    def effects(self, item: int) -> tuple[float, tuple[Effect, ...]]:
        """Return the chance given to ``item`` and the effects, the strongest first.

        0 and none if it is not among the candidates.
        """
        at = np.flatnonzero(self.items == item)
        if not len(at):
            return 0.0, ()
        mine = self.rows[at[0]]
        middle = np.median(self.rows, axis=0).astype(np.float32)
        amounts = _one_at_a_time(self.ranker, self.extras, mine, middle)
        found = [
            Effect(name, float(amount))
            for name, amount in zip(names(self.ranker), amounts, strict=True)
            if amount
        ]
        score = float(chances(self.ranker, self.extras, mine[None, :])[0])
        return score, tuple(sorted(found, key=lambda each: -abs(each.amount)))


def judged(
    known: Mixture,
    config: dict[str, Any],
    extras: Arrays,
    *,
    history: History,
    anchors: Ints,
    repeats: bool,
) -> Judged:
    """Ask the parts and look at their answers as the ranker does."""
    if config.get("context") == "product":
        history = opened(history, anchors)
    moment: dict[str, Any] = {"history": history, "anchors": anchors, "n": 0}
    found = ask_parts(known, config, extras, repeats=repeats, **moment)
    pool, shares, old = looked_at(pool_of(found), config, history)
    if config.get("own_only"):
        pool, shares = pool.where(old), shares[old]
    elif not repeats:
        pool, shares = pool.where(~old), shares[~old]
    rows = features_of(pool, shares, config, extras, history)
    return Judged(pool.items, rows, config["ranker"], extras)


def _one_at_a_time(
    ranker: dict[str, Any],
    extras: Arrays,
    mine: NDArray[np.float32],
    middle: NDArray[np.float32],
) -> NDArray[np.float64]:
    """Log odds as they are less those with one fact at the middle; (f,)."""
    changed = np.tile(mine, (len(mine), 1))
    np.fill_diagonal(changed, middle)
    whole = decisions(ranker, extras, mine[None, :])[0]
    return np.asarray(whole - decisions(ranker, extras, changed))

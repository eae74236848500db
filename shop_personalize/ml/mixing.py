"""Several lists made one: added up by weight, or ranked anew by what was learned.

The same functions make the rows a ranker learns from and the rows it is asked with.
NumPy alone, as a web worker imports it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.knowledge import NOBODY, Candidates
from shop_personalize.ml.ranking.features import Moment, matrix
from shop_personalize.ml.ranking.lean import leaning
from shop_personalize.ml.ranking.score import chances

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from shop_personalize.ml.knowledge import Arrays, Floats, Ints
    from shop_personalize.ml.serving import History

DEPTH = 300
"""Answers taken from each part, at least."""
POOL = 150
"""Candidates a ranker looks at, of those bought before and of all others."""


@dataclass(frozen=True)
class Pool:
    """Candidates of p parts side by side: ``items`` (c,) distinct codes, ascending.

    ``scores``, ``ranks`` and ``because`` are (c, p): 0, the length of the part's list
    and ``NOBODY`` where a part does not know the item; scores below 0 count as 0.
    """

    items: Ints
    scores: NDArray[np.float64]
    ranks: NDArray[np.float64]
    because: NDArray[np.int64]

    def where(self, chosen: NDArray[Any]) -> Pool:
        """Keep the candidates of a mask or an ascending index array."""
        return Pool(
            self.items[chosen],
            self.scores[chosen],
            self.ranks[chosen],
            self.because[chosen],
        )

    @property
    def shares(self) -> NDArray[np.float64]:
        """Scores divided by the largest of their part."""
        top = self.scores.max(axis=0, initial=0.0)
        return np.asarray(self.scores / np.where(top > 0, top, 1.0))


def pool_of(found: Sequence[Candidates]) -> Pool:
    """Unite the answers of the parts."""
    items = np.unique(np.concatenate([each.items for each in found]))
    shape = (len(items), len(found))
    pool = Pool(
        items,
        np.zeros(shape),
        np.empty(shape),
        np.full(shape, NOBODY, np.int64),
    )
    for column, each in enumerate(found):
        at = np.searchsorted(items, each.items)
        pool.scores[at, column] = np.maximum(each.scores, 0.0)
        pool.ranks[:, column] = len(each)
        pool.ranks[at, column] = np.arange(len(each))
        pool.because[at, column] = each.because
    return pool


def mixed(
    found: Sequence[Candidates],
    config: dict[str, Any],
    extras: Arrays,
    *,
    history: History,
    n: int,
    repeats: bool,
) -> Candidates:
    """Return at most ``n`` of what the parts found, best first.

    ``config["parts"]`` names the parts in the order of ``found``, with a ``weight``
    each; ``config["seen"]`` the kinds of events whose items are old, and not answered
    unless ``repeats``, or with ``config["own_only"]`` nothing else is;
    ``config["ranker"]`` is what a ranker learned, if there is one.
    """
    pool = pool_of(found)
    if not config.get("ranker"):
        wanted = _wanted(is_old(pool, config, history), config, repeats=repeats)
        return _linear(pool.where(wanted), _weights(config), n)
    pool, shares, old = looked_at(pool, config, history)
    wanted = _wanted(old, config, repeats=repeats)
    pool, shares, old = pool.where(wanted), shares[wanted], old[wanted]
    if not len(pool.items):
        return Candidates.empty()
    rows = features_of(pool, shares, config, extras, history)
    scores = chances(config["ranker"], extras, rows)
    if config["ranker"].get("lean"):
        scores = leaning(scores, shares, old, config["ranker"]["lean"])
    order = np.lexsort((pool.items, -scores))[:n]
    loudest = _loudest(pool, shares * _weights(config))
    return Candidates(pool.items[order], scores[order], loudest[order])


def _wanted(
    old: NDArray[np.bool_], config: dict[str, Any], *, repeats: bool
) -> NDArray[np.bool_]:
    """Which candidates may be answered."""
    if config.get("own_only"):
        return old
    return np.ones_like(old) if repeats else ~old


def looked_at(
    pool: Pool, config: dict[str, Any], history: History
) -> tuple[Pool, NDArray[np.float64], NDArray[np.bool_]]:
    """Return the candidates a ranker looks at, their shares, and which are old.

    Shares and ranks are those among all candidates, whatever is asked for, so that a
    row looks the same with and without repeats.
    """
    shares, old = pool.shares, is_old(pool, config, history)
    total = shares @ np.maximum(_weights(config), 0.0)
    size = int(config.get("pool", POOL))
    chosen = [
        at[np.lexsort((at, -total[at]))[:size]]
        for at in (np.flatnonzero(old), np.flatnonzero(~old))
    ]
    at = np.sort(np.concatenate(chosen))
    return pool.where(at), shares[at], old[at]


def features_of(
    pool: Pool,
    shares: NDArray[np.float64],
    config: dict[str, Any],
    extras: Arrays,
    history: History,
) -> NDArray[np.float32]:
    """Return one row of numbers a candidate, as ``config["ranker"]`` names them."""
    weights = np.maximum(_weights(config), 0.0)
    moment = Moment(
        items=pool.items,
        scores=pool.scores,
        shares=shares,
        ranks=pool.ranks,
        total=shares @ weights,
        history=history,
        config=config["ranker"],
        extras=extras,
    )
    return matrix(moment)


def is_old(pool: Pool, config: dict[str, Any], history: History) -> NDArray[np.bool_]:
    """Whether the visitor had each candidate before; (c,)."""
    kinds = config.get("seen", ["purchase"])
    had = np.array([kind in kinds for kind in history.kinds], bool)
    return np.isin(pool.items, history.codes[had])


def _weights(config: dict[str, Any]) -> NDArray[np.float64]:
    return np.array([part.get("weight", 1.0) for part in config["parts"]], np.float64)


def _linear(pool: Pool, weights: NDArray[np.float64], n: int) -> Candidates:
    parts = pool.shares * weights
    total = parts.sum(axis=1)
    order = np.lexsort((pool.items, -total))
    order = order[total[order] > 0][:n]
    because = _loudest(pool, parts)
    return Candidates(pool.items[order], total[order], because[order])


def _loudest(pool: Pool, parts: Floats) -> Ints:
    """What led to each candidate, by the part that says most for it."""
    return np.asarray(
        pool.because[np.arange(len(pool.items)), parts.argmax(axis=1)], np.int64
    )

"""What past forecasts would have kept of a promise, and what to ask for to keep it.

A quantile of the past is not one of what comes: whoever asks for 95 % gets less where
seasons turn and tails are long. So the past is replayed: at the end of each period
what would have been told a lead time before, from what was known then, is held to what
was asked for since. Whether anybody ordered so makes no difference, so that a shop
that follows no suggestion does not drive the level up without end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from shop_personalize.ml.forecast.panel import Panel
from shop_personalize.ml.forecast.sums import LeadTimeSums
from shop_personalize.ml.optimize.stock.checked import BETWEEN, StockError, one
from shop_personalize.ml.optimize.stock.service import corrected

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

STEP = 0.015
"""Share of a level that is missed, by which the next asks for more."""
HIGHEST = 3.72
"""A normal score, of 99.99 %, beyond which the past has no case left to tell."""
FEWEST = 8
"""Periods a series must be known for before it is held to anything."""


@dataclass(frozen=True)
class Kept:
    """Of one promise.

    ``score`` normal score of the level to ask for; ``plain`` and ``learned``: the
    shares of the ``cases`` (series and late periods) in which the promise taken as the
    level itself, and the level that followed, would have been enough.
    """

    promised: float
    score: float
    plain: float
    learned: float
    cases: int

    @property
    def asked(self) -> float:
        """The level to ask for."""
        return float(norm.cdf(self.score))

    @property
    def shift(self) -> float:
        """How much higher its normal score is than that of the promise."""
        return self.score - float(norm.ppf(self.promised))


def replayed(
    panel: Panel,
    spans: Counts,
    promises: Floats,
    group: Counts,
    *,
    sums: LeadTimeSums,
    periods: int = 104,
    judged: int = 52,
) -> list[Kept | None]:
    """Follow each promise through the last ``periods``.

    ``spans`` int64 (n,): periods each series has to last for; ``promises`` (g,) within
    0 and 1; ``group`` int64 (n,), or (n, T) by what is known before a period: the
    promise that is given of each series (who sells best today did not always); ``sums``
    tells the quantiles (its parameters count, it need not be fitted). Shares are of the
    last ``judged`` periods. None for a promise of which there is no case in them.

    After each period the score moves against what was missed, by ``STEP`` / φ(score of
    the promise) x the share: a level changes by the same amount wherever it lies (Gibbs
    & Candès 2021, "Adaptive conformal inference under distribution shift", in normal
    scores).

    Raises StockError for shapes that do not match, a span below 1, a group without a
    promise or a promise not between 0 and 1.
    """
    _check(panel, spans, promises, group)
    groups = np.broadcast_to(group.T, panel.values.T.shape).T
    scores = norm.ppf(promises)
    gains = STEP / norm.pdf(scores)
    learned = scores.copy()
    tally = np.zeros((3, len(promises)))
    walk = _Walk(panel, spans, sums)
    for now in range(max(FEWEST, panel.periods - periods), panel.periods + 1):
        rows, enough = walk.outcomes(now)
        given = groups[rows, now - spans[rows]]
        cases = np.bincount(given, minlength=len(promises))
        held = [np.bincount(given, each, len(promises)) for each in enough]
        if now > panel.periods - judged:
            tally += np.stack([cases, *held])
        for at in np.flatnonzero(cases):
            reached = float(held[1][at] / cases[at])
            moved = corrected(learned[at], promises[at], reached, gains[at])
            learned[at] = min(moved, HIGHEST)
        if now < panel.periods:
            walk.tell(now, np.stack([scores, learned])[:, groups[:, now]])
    return [
        Kept(
            float(promise),
            float(score),
            float(plain / n),
            float(follows / n),
            int(n),
        )
        if n
        else None
        for promise, score, n, plain, follows in zip(
            promises, learned, *tally, strict=True
        )
    ]


class _Walk:
    """What was told at each time, and whether it was enough when its time was over."""

    def __init__(self, panel: Panel, spans: Counts, sums: LeadTimeSums) -> None:
        self.panel, self.spans, self.sums = panel, spans, sums
        self.run = np.pad(np.nan_to_num(panel.values).cumsum(axis=1), ((0, 0), (1, 0)))
        self.told = np.full((2, panel.periods, len(panel)), np.nan)

    def tell(self, now: int, scores: Floats) -> None:
        """Whole units, as they are ordered, at each of two ``scores`` (2, n)."""
        rows = np.flatnonzero(now - self.panel.starts >= FEWEST)
        if not len(rows):
            return
        past = replace(self.panel.take(rows).until(now), drivers={}, past={})
        fitted = self.sums.fit(past)
        for at, score in enumerate(norm.cdf(scores[:, rows])):
            found = fitted.totals(self.spans[rows], score)
            self.told[at, now, rows] = np.ceil(found - 1e-9)

    def outcomes(self, now: int) -> tuple[Counts, Floats]:
        """Series whose time is over now: rows (r,), and what was enough (2, r)."""
        begun = now - self.spans
        rows = np.flatnonzero(begun >= 0)
        told = self.told[:, begun[rows], rows]
        known = ~np.isnan(told[0])
        rows, told = rows[known], told[:, known]
        came = self.run[rows, now] - self.run[rows, begun[rows]]
        return rows, (came <= told).astype(np.float64)


def _check(panel: Panel, spans: Counts, promises: Floats, group: Counts) -> None:
    n = len(panel)
    if spans.shape != (n,) or group.shape not in {(n,), panel.values.shape}:
        raise StockError(
            f"spans and group must be ({n},), not {spans.shape} and {group.shape}"
        )
    if n and spans.min() < 1:
        raise StockError(f"spans must be 1 period or more, not {int(spans.min())}")
    if n and not 0 <= group.min() <= group.max() < len(promises):
        raise StockError(f"group must name one of {len(promises)} promises")
    one("promises", promises, BETWEEN)

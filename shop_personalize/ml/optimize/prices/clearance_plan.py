"""What each price of a ladder brings while a stock is sold: the dynamic program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import nbinom, poisson

from shop_personalize.ml.optimize.prices.rules import EXACT
from shop_personalize.ml.optimize.prices.sales import Bools, Floats, Ints

Chance = Literal["poisson", "negative-binomial", "none"]


@dataclass(frozen=True, eq=False)
class Plan:
    """Prices from dear to cheap, and a stock of ``lots`` × ``lot`` units."""

    ladder: Floats
    lot: float
    lots: int
    salvage: float
    step: float
    now: float

    def odds(self, expected: Floats, chance: Chance, dispersion: float) -> Floats:
        """Chance that so many lots are asked for: (k, lots + 1), the last: or more.

        What lies between two whole lots counts for both by its distance, so that the
        mean is kept.
        """
        if chance == "none":
            return self._certain(expected)
        edges: Floats = np.arange(-1.0, self.lots + 1) * self.lot
        below = _shortfall(edges, expected[:, None], chance, dispersion)
        inner = np.maximum(np.diff(below, n=2, axis=1), 0.0) / self.lot
        return np.hstack([inner, 1 - inner.sum(axis=1, keepdims=True)])

    def _certain(self, expected: Floats) -> Floats:
        """Demand as expected, between two whole numbers of lots."""
        lots = np.minimum(expected / self.lot, self.lots)
        under = np.floor(lots).astype(np.int64)
        found = np.zeros((len(expected), self.lots + 1))
        rows = np.arange(len(expected))
        found[rows, under] = 1 - (lots - under)
        found[rows, np.minimum(under + 1, self.lots)] += lots - under
        return found

    def allowed(self) -> Bools:
        """Whether a price may follow another: bool (k + 1, k), today's the last."""
        before, after = np.append(self.ladder, self.now)[:, None], self.ladder[None, :]
        lowest = before * (1 - self.step) - EXACT * before
        return (after <= before * (1 + EXACT)) & (after >= lowest)

    def policy(self, odds: list[Floats]) -> Ints:
        """The best next price: int64 (T, lots + 1, k + 1).

        By lots left and the last price, today's being the last; of equals the dearest.
        """
        allowed = self.allowed()
        value = self.salvage * self.lot * np.arange(self.lots + 1.0)
        worth = np.repeat(value[:, None], len(self.ladder), axis=1)
        found = np.empty((len(odds), self.lots + 1, len(allowed)), np.int64)
        for period in range(len(odds) - 1, -1, -1):
            asked = self._asked(odds[period], worth)
            choices = np.where(allowed, asked[:, None, :], -np.inf)
            most = choices.max(axis=2, keepdims=True)
            found[period] = (choices >= most - EXACT * np.abs(most)).argmax(axis=2)
            worth = np.take_along_axis(asked, found[period, :, :-1], axis=1)
        return found

    def _asked(self, odds: Floats, worth: Floats) -> Floats:
        """What each price brings now and later: (lots + 1, k)."""
        found = np.empty_like(worth)
        for rung, price in enumerate(self.ladder):
            here, tail = odds[rung], _or_more(odds[rung])
            later = np.convolve(here, worth[:, rung])[: self.lots + 1]
            later += (tail - here) * worth[0, rung]
            found[:, rung] = _sold(tail) * self.lot * price + later
        return found

    def follow(self, odds: list[Floats], policy: Ints) -> tuple[float, float, float]:
        """Revenue, what the rest is worth and the chance of none, by the policy."""
        where = np.zeros((self.lots + 1, len(self.ladder) + 1))
        where[-1, -1] = 1.0
        revenue = 0.0
        for period in range(len(odds)):
            after = np.zeros_like(where)
            for rung, price in enumerate(self.ladder):
                here = np.where(policy[period] == rung, where, 0.0).sum(axis=1)
                tail = _or_more(odds[period][rung])
                revenue += float(here @ _sold(tail)) * self.lot * price
                after[:, rung] = np.correlate(here, odds[period][rung], "full")[
                    self.lots :
                ]
                after[0, rung] = here @ tail
            where = after
        left = where.sum(axis=1)
        rest = float(left @ np.arange(self.lots + 1)) * self.lot * self.salvage
        return float(revenue), rest, min(max(float(left[0]), 0.0), 1.0)


def _or_more(odds: Floats) -> Floats:
    """The chance that so many lots or more are asked for: (lots + 1,)."""
    return np.cumsum(odds[::-1])[::-1]


def _sold(tail: Floats) -> Floats:
    """Lots sold on average of so many left: float64 (lots + 1,)."""
    return np.concatenate([[0.0], np.cumsum(tail[1:])])


def _shortfall(
    edges: Floats, mean: Floats, chance: Chance, dispersion: float
) -> Floats:
    """By how much units stay below each edge on average: (k, edges)."""
    whole = np.floor(edges)
    if chance == "poisson":
        below, part = poisson.cdf(whole, mean), poisson.cdf(whole - 1, mean)
    else:
        size = 1 / dispersion
        odds = size / (size + mean)
        below = nbinom.cdf(whole, size, odds)
        part = nbinom.cdf(whole - 1, size + 1, odds)
    found: Floats = edges * below - mean * part
    return found

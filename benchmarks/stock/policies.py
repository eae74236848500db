"""How much to order on a Monday: a fixed reorder point, or what is forecast."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from benchmarks.stock.history import WARM_UP, WEEK, Shop
from benchmarks.stock.running import Seen, simulate
from shop_personalize.ml.forecast.panel import Panel
from shop_personalize.ml.forecast.sums import LeadTimeSums
from shop_personalize.ml.optimize.stock.service import LEAST, corrected, differentiated

Floats = NDArray[np.float64]
BEFORE = 4
"""Weeks of the warm-up that are over before it is replayed."""
TRIED = np.linspace(0.8, 5.0, 15)
"""Normal scores tried there."""
YEAR = 364


class FixedPoint:
    """Below a fixed point, order whole weeks' averages until it is above.

    The point covers lead time and review: mean + z x deviation x root of the days,
    from the warm-up. ``z`` is the only knob, one for all products or (n,).
    """

    def __init__(self, shop: Shop, z: ArrayLike) -> None:
        daily = shop.units[:, : WARM_UP * WEEK]
        mean, deviation = daily.mean(axis=1), daily.std(axis=1)
        days = shop.lead + WEEK
        self.point = mean * days + np.asarray(z) * deviation * np.sqrt(days)
        self.lot = lots(shop)

    def order(self, seen: Seen, position: Floats) -> Floats:
        return in_lots(self.point - position, self.lot)


def lots(shop: Shop) -> Floats:
    """A week's average in the warm-up (n,), for every policy."""
    week = shop.units[:, : WARM_UP * WEEK].mean(axis=1) * WEEK
    return np.asarray(np.maximum(week, 1.0), np.float64)


def in_lots(short: Floats, lot: Floats) -> Floats:
    """Whole lots (n,), as many as it takes; nothing where nothing is short."""
    return np.asarray(np.ceil(np.maximum(short, 0.0) / lot) * lot, np.float64)


def by_worth(shop: Shop, z: float) -> Floats:
    """The same promise on average, more of it where it takes little: scores (n,)."""
    daily = shop.units[:, : WARM_UP * WEEK]
    worth = shop.price * daily.std(axis=1) * np.sqrt(shop.lead + WEEK)
    return np.asarray(norm.ppf(differentiated(worth, float(norm.cdf(z)))))


class Forecasting:
    """A point that moves: so much will be asked for until the delivery after next.

    ``target`` is the service wanted, of each product or, where it ``differs``, on
    average. ``score``, the normal score of the level asked of the forecast, follows the
    service that was reached; it begins with the one that would have reached the target
    in the warm-up, had its quantiles been known.
    """

    def __init__(self, shop: Shop, target: float, *, differs: bool = False) -> None:
        self.shop, self.target, self.differs = shop, target, differs
        self.days, self.lot = shop.lead + WEEK, lots(shop)
        self.score = self._replayed(shop.until(WARM_UP))
        self.is_first = True

    def _replayed(self, past: Shop) -> float:
        ahead = LeadTimeSums().fit(Panel(past.units, season=WEEK))
        found = []
        for score in TRIED:
            fixed = _Point(self._up_to(ahead, float(score)), self.lot)
            found.append(simulate(past, fixed, BEFORE).cycle_service)
        return float(np.interp(self.target, found, TRIED))

    def order(self, seen: Seen, position: Floats) -> Floats:
        if not self.is_first:
            reached = float(served(seen).mean())
            self.score = corrected(self.score, self.target, reached)
        self.is_first = False
        panel = Panel(seen.sold, season=WEEK, censored=seen.empty | seen.refused)
        self.ahead = LeadTimeSums().fit(panel)
        point = self._up_to(self.ahead, self.score)
        return in_lots(point - position, self.lot)

    def _up_to(self, ahead: LeadTimeSums, score: float) -> Floats:
        level: Floats = norm.cdf(np.full(len(self.days), score))
        if self.differs and level[0] > LEAST:
            worth = self.shop.price * ahead.deviation(self.days)
            level = differentiated(worth, float(level[0]))
        return np.ceil(ahead.totals(self.days, level) - 1e-9)


class _Point:
    def __init__(self, point: Floats, lot: Floats) -> None:
        self.point, self.lot = point, lot

    def order(self, seen: Seen, position: Floats) -> Floats:
        return in_lots(self.point - position, self.lot)


def served(seen: Seen) -> Floats:
    """The chance that nobody went away in the last week, as far as a shop can know.

    Who wanted more than there was is seen; who came to an empty shelf is not, and is
    as likely as on a day with stock.
    """
    open_days = ~seen.empty[:, -YEAR:]
    bought = (seen.sold[:, -YEAR:] > 0) & open_days
    chance = bought.sum(axis=1) / np.maximum(open_days.sum(axis=1), 1)
    closed = seen.empty[:, -WEEK:].sum(axis=1)
    missed = seen.refused[:, -WEEK:].any(axis=1)
    return np.where(missed, 0.0, (1.0 - chance) ** closed)


def usual_z(target: float) -> float:
    """The factor of the textbook."""
    return float(norm.ppf(target))

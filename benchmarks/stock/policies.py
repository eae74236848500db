"""How much to order on a Monday: a fixed reorder point, or what is forecast."""

from __future__ import annotations

from typing import Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from benchmarks.stock.history import WARM_UP, WEEK, Shop
from benchmarks.stock.running import Seen, simulate
from shop_personalize.ml.forecast.panel import Panel
from shop_personalize.ml.forecast.sums import LEAST_SD, LeadTimeSums
from shop_personalize.ml.optimize.stock.service import LEAST, corrected, differentiated
from shop_personalize.supply.position import Outlook

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99)
SPANS = (1, 2, 3, 4, 6)
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
    in the warm-up, had its quantiles been known. ``weekly``: from sums of weeks, as the
    slice stores them and reckons with them; else from sums of days.
    """

    def __init__(
        self, shop: Shop, target: float, *, differs: bool = False, weekly: bool = False
    ) -> None:
        self.shop, self.target, self.differs = shop, target, differs
        self.sums = _Weeks if weekly else LeadTimeSums
        self.days, self.lot = shop.lead + WEEK, lots(shop)
        self.score = self._replayed(shop.until(WARM_UP))
        self.is_first = True

    def _replayed(self, past: Shop) -> float:
        ahead = self.sums().fit(Panel(past.units, season=WEEK))
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
        self.ahead = self.sums().fit(panel)
        point = self._up_to(self.ahead, self.score)
        return in_lots(point - position, self.lot)

    def _up_to(self, ahead: _Sums, score: float) -> Floats:
        level: Floats = norm.cdf(np.full(len(self.days), score))
        if self.differs and level[0] > LEAST:
            worth = self.shop.price * ahead.deviation(self.days)
            level = differentiated(worth, float(level[0]))
        return np.ceil(ahead.totals(self.days, level) - 1e-9)


class _Sums(Protocol):
    def totals(self, periods: Ints, level: Floats) -> Floats: ...

    def deviation(self, periods: Ints) -> Floats: ...


class _Weeks:
    """The same from weeks, between which the slice's own outlook draws lines."""

    def fit(self, panel: Panel) -> Self:
        n, days = panel.values.shape
        shape = (n, days // WEEK, WEEK)
        cut = None
        if panel.censored is not None:
            cut = np.asarray(panel.censored.reshape(shape).any(axis=2), np.bool_)
        weeks = Panel(
            panel.values.reshape(shape).sum(axis=2),
            season=52,
            censored=cut,
        )
        self.outlook = outlook(LeadTimeSums(52, 8).fit(weeks), 1)
        return self

    def totals(self, periods: Ints, level: Floats) -> Floats:
        days = periods.astype(np.float64)
        wanted = self.outlook.expected(days) + self.outlook.spread(days, level)
        return np.asarray(np.maximum(wanted, 0.0), np.float64)

    def deviation(self, periods: Ints) -> Floats:
        """As if normal, from the middle and the upper tail."""
        high, middle = (
            self.totals(periods, np.full(len(periods), each)) for each in (0.95, 0.5)
        )
        return np.maximum((high - middle) / float(norm.ppf(0.95)), LEAST_SD)


def outlook(ahead: LeadTimeSums, week: int) -> Outlook:
    """As the slice keeps it; a week has so many of the periods of ``ahead``."""
    totals = np.stack([ahead.totals_at(each * week, LEVELS).T for each in SPANS], 2)
    counts = range(1, max(SPANS) + 1)
    means = np.stack([ahead.mean(each * week) for each in counts], 1)
    weekly = np.diff(means, axis=1, prepend=0.0)
    return Outlook(weekly, totals, LEVELS, SPANS, float(WEEK))


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

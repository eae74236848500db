"""Orders as the slice suggests them: sums of weeks, a level corrected by the past."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from benchmarks.stock.history import WEEK, Shop
from benchmarks.stock.policies import outlook
from benchmarks.stock.running import Seen
from shop_personalize.ml.forecast.panel import Panel
from shop_personalize.ml.forecast.sums import LEAST_SD, LeadTimeSums
from shop_personalize.ml.optimize.stock.kept import replayed
from shop_personalize.ml.optimize.stock.service import differentiated
from shop_personalize.supply.censored import uncensored, unknown

Floats = NDArray[np.float64]


class AsSlice:
    """One promise for all; up to the quantile, in single units.

    ``learns``: the level asked for follows what the past would have kept; else it is
    the promise. ``differs``: more of it where it takes little money.
    """

    def __init__(
        self, shop: Shop, target: float, *, learns: bool = True, differs: bool = False
    ) -> None:
        self.shop, self.target = shop, target
        self.learns, self.differs = learns, differs
        self.days = (shop.lead + WEEK).astype(np.float64)
        self.spans = np.maximum(np.round(self.days / WEEK), 1).astype(np.int64)

    def order(self, seen: Seen, position: Floats) -> Floats:
        weeks = in_weeks(seen)
        ahead = outlook(LeadTimeSums(52, 8).fit(weeks), 1)
        level = np.full(len(self.days), self.target)
        spread = ahead.spread(self.days, np.full(len(self.days), 0.95))
        if self.differs:
            sd = np.maximum(spread / float(norm.ppf(0.95)), LEAST_SD)
            level = differentiated(self.shop.price * sd, self.target)
        score = norm.ppf(level) + (self._shift(weeks) if self.learns else 0.0)
        wanted = ahead.expected(self.days) + ahead.spread(self.days, norm.cdf(score))
        return np.asarray(np.ceil(np.maximum(wanted - position, 0.0) - 1e-9))

    def _shift(self, weeks: Panel) -> float:
        (found,) = replayed(
            weeks,
            self.spans,
            np.array([self.target]),
            np.zeros(len(self.spans), np.int64),
            sums=LeadTimeSums(52, 8),
        )
        return found.shift if found else 0.0


def in_weeks(seen: Seen) -> Panel:
    """As the slice counts: a week sold out in part is scaled up to the whole."""
    shape = (len(seen.sold), seen.sold.shape[1] // WEEK, WEEK)
    sold_out = seen.empty.reshape(shape).mean(axis=2)
    units = seen.sold.reshape(shape).sum(axis=2)
    return Panel(uncensored(units, sold_out), season=52, censored=unknown(sold_out))

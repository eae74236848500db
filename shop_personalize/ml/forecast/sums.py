"""What is asked for within a lead time: quantiles of a series' own past sums.

Stock has to last from one order until the delivery after it. How much is asked for in
so many periods shows in the past itself: every stretch of that length in the last year
is one case. Daily series of a shop are of bulk orders, empty days and changing levels;
no distribution is assumed of them.

References: bootstrapping the demand of a lead time goes back to Bookbinder & Lordahl
(1989), "Estimation of inventory re-order levels using the bootstrap statistical
procedure"; overlapping blocks to Porras & Dekker (2008), "An inventory control system
for spare parts at a refinery"; Boylan & Babai (2016), "On the performance of
overlapping and non-overlapping temporal demand aggregation approaches".
"""

from __future__ import annotations

from dataclasses import replace
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from shop_personalize.ml.forecast.base import NotFittedError
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel, PanelError

Vector = NDArray[np.float64]
Counts = NDArray[np.int64]

POINTS = np.array([0.05, 0.25, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99])
"""Levels read off the sums; between and beyond them lines in the normal score."""
GROUPS = 4
"""Of series alike in how much their sums vary: they share a shape."""
LEAST_MEAN, LEAST_SD = 0.05, 0.3
"""Units: nothing sold is not the same as nothing that can be sold."""
CALM = 0.05
"""Share of the level added on both sides before two levels are compared."""


class LeadTimeSums:
    """Quantiles of sums over the next periods, read off overlapping sums of the past.

    ``window`` latest periods are looked at. In each series what was sold in a period
    is drawn in to the quantile ``bulk`` of its periods with sales: one order as large
    as no other lies in as many sums as they have periods, and is not prepared for. Half
    of the shape of a series' sums (``shared``), the quantiles in deviations from their
    mean, is that of all series that vary as much. The level of the ``recent`` periods
    by that of the window, to the power ``follow``, moves all of it. A censored period
    counts as the mean of those that are not, where that is more.

    A series known for less than twice the periods asked for is read off shorter sums:
    mean by length, deviation by its root.
    """

    def __init__(
        self,
        window: int = 364,
        recent: int = 56,
        bulk: float = 0.99,
        shared: float = 0.5,
        follow: float = 0.25,
    ) -> None:
        self.window = window
        self.recent = recent
        self.bulk = bulk
        self.shared = shared
        self.follow = follow

    def fit(self, panel: Panel) -> Self:
        """Look at n series.

        Raises PanelError for one that is not known at all, for gaps, and for a
        parameter that makes no sense.
        """
        self._check()
        latest = panel if panel.periods <= self.window else _latest(panel, self.window)
        latest.check_known()
        values = self._drawn_in(_uncensored(latest))
        self.values_ = values
        self.lengths_ = (~np.isnan(values)).sum(axis=1)
        self.move_ = self._moved(values)
        return self

    def _moved(self, values: FloatMatrix) -> Vector:
        """The latest level by that of the window, tempered: (n,); 1 without a level."""
        level = np.nanmean(values, axis=1)
        now = np.maximum(np.nanmean(values[:, -self.recent :], axis=1), 0.0)
        ratio = np.divide(
            now + CALM * level,
            level + CALM * level,
            out=np.ones_like(level),
            where=level > 0,
        )
        return np.asarray(ratio**self.follow, np.float64)

    def _check(self) -> None:
        for name in ("window", "recent"):
            if getattr(self, name) < 1:
                raise PanelError(
                    f"{name} must be 1 period or more, not {getattr(self, name)}"
                )
        for name in ("bulk", "shared", "follow"):
            if not 0 <= getattr(self, name) <= 1:
                raise PanelError(f"{name} must be 0 to 1, not {getattr(self, name)}")

    def _drawn_in(self, values: FloatMatrix) -> FloatMatrix:
        """No period beyond the series' own quantile of what sells at a time."""
        sold = values > 0
        count = sold.sum(axis=1)
        ordered = np.sort(np.where(sold, values, 0.0), axis=1)
        first = values.shape[1] - count
        at = first + np.floor(self.bulk * np.maximum(count - 1, 0)).astype(np.int64)
        most = ordered[np.arange(len(values)), np.minimum(at, values.shape[1] - 1)]
        return np.minimum(values, np.where(count > 0, most, np.inf)[:, None])

    def mean(self, periods: int | Counts) -> Vector:
        """Units expected within the next ``periods``, one number or (n,): (n,)."""
        mean, _, _ = self._told(periods)
        return np.asarray(mean * self.move_, np.float64)

    def deviation(self, periods: int | Counts) -> Vector:
        """Standard deviation (n,) of the sum over the next ``periods``."""
        _, deviation, _ = self._told(periods)
        return np.asarray(deviation * self.move_, np.float64)

    def totals(self, periods: int | Counts, level: ArrayLike) -> Vector:
        """What the sum over the next ``periods`` stays below, ``level`` of the time.

        ``periods`` one number or int64 (n,); ``level`` one or (n,), within 0 and 1;
        float64 (n,), not below 0. Raises NotFittedError before ``fit``, PanelError for
        periods below 1 or a level outside 0..1.
        """
        told = self._told(periods)
        return self._quantile(told, _score(level))

    def totals_at(self, periods: int | Counts, levels: ArrayLike) -> FloatMatrix:
        """``totals`` at several levels: float64 (levels, n), never falling."""
        told = self._told(periods)
        found = np.stack(
            [self._quantile(told, _score(each)) for each in np.atleast_1d(levels)]
        )
        order = np.argsort(np.atleast_1d(levels), kind="stable")
        found[order] = np.maximum.accumulate(found[order], axis=0)
        return found

    def _quantile(
        self, told: tuple[Vector, Vector, FloatMatrix], score: Vector
    ) -> Vector:
        mean, deviation, shape = told
        reach = _read(shape, np.broadcast_to(score, mean.shape))
        found: Vector = np.maximum(mean + deviation * reach, 0.0) * self.move_
        return found

    def _told(self, periods: int | Counts) -> tuple[Vector, Vector, FloatMatrix]:
        """Mean (n,), deviation (n,) and shape (n, P) of past sums."""
        if not hasattr(self, "values_"):
            raise NotFittedError("LeadTimeSums.fit(panel) comes first")
        n = len(self.values_)
        wanted = np.broadcast_to(np.asarray(periods, np.int64), n)
        if (wanted < 1).any():
            raise PanelError(f"periods must be 1 or more, not {int(wanted.min())}")
        used = np.minimum(wanted, np.maximum(self.lengths_ // 2, 1))
        mean, deviation = np.empty(n), np.empty(n)
        quantiles = np.empty((n, len(POINTS)))
        for length in np.unique(used):
            rows = np.flatnonzero(used == length)
            sums = _sums(self.values_[rows], int(length))
            mean[rows], deviation[rows], quantiles[rows] = _of(sums)
        mean, deviation = np.maximum(mean, 0.0), np.maximum(deviation, LEAST_SD)
        shape = (quantiles - mean[:, None]) / deviation[:, None]
        shape += self.shared * (_shared(shape, mean, deviation) - shape)
        longer = wanted / used
        return mean * longer, deviation * np.sqrt(longer), shape


def _latest(panel: Panel, window: int) -> Panel:
    censored = None if panel.censored is None else panel.censored[:, -window:]
    values = panel.values[:, -window:]
    return replace(panel, values=values, censored=censored, drivers={}, past={})


def _uncensored(panel: Panel) -> FloatMatrix:
    """Where demand was cut off, at least the mean of where it was not."""
    if panel.censored is None:
        return panel.values
    free = ~panel.censored & ~np.isnan(panel.values)
    total = np.where(free, panel.values, 0.0).sum(axis=1)
    usual = total / np.maximum(free.sum(axis=1), 1)
    raised = np.maximum(panel.values, usual[:, None])
    return np.where(panel.censored, raised, panel.values)


def _sums(values: FloatMatrix, length: int) -> FloatMatrix:
    """Sums over ``length`` periods in a row; NaN where one of them is not known."""
    known = np.cumsum(np.nan_to_num(values), axis=1)
    total = np.pad(known, ((0, 0), (1, 0)))
    found = total[:, length:] - total[:, :-length]
    return np.where(np.isnan(values[:, : found.shape[1]]), np.nan, found)


def _of(sums: FloatMatrix) -> tuple[Vector, Vector, FloatMatrix]:
    """Mean, deviation and the quantiles at ``POINTS`` of each row, NaN left out."""
    known = ~np.isnan(sums)
    count = known.sum(axis=1)
    ordered = np.sort(sums, axis=1)
    place = POINTS * (count[:, None] - 1)
    low = np.floor(place).astype(np.int64)
    high = np.minimum(low + 1, count[:, None] - 1)
    below, above = (np.take_along_axis(ordered, at, axis=1) for at in (low, high))
    quantiles = below + (place - low) * (above - below)
    return np.nanmean(sums, axis=1), np.nanstd(sums, axis=1), quantiles


def _shared(shape: FloatMatrix, mean: Vector, deviation: Vector) -> FloatMatrix:
    """The mean shape of the series that vary as much by their mean: (n, P)."""
    varies = deviation / np.maximum(mean, LEAST_MEAN)
    edges = np.quantile(varies, np.arange(1, GROUPS) / GROUPS)
    group = np.searchsorted(edges, varies)
    count = np.maximum(np.bincount(group, minlength=GROUPS), 1)
    total = np.zeros((GROUPS, shape.shape[1]))
    np.add.at(total, group, shape)
    found: FloatMatrix = (total / count[:, None])[group]
    return found


def _score(level: ArrayLike) -> Vector:
    given = np.asarray(level, np.float64)
    wrong = ~((given > 0) & (given < 1))
    if wrong.any():
        at = float(given.ravel()[int(wrong.ravel().argmax())])
        raise PanelError(f"a level must lie between 0 and 1, not {at}")
    return np.asarray(norm.ppf(given), np.float64)


def _read(shape: FloatMatrix, wanted: Vector) -> Vector:
    """Each row of ``shape`` (n, P) at its normal score ``wanted`` (n,); lines go on."""
    scores = norm.ppf(POINTS)
    right = np.clip(np.searchsorted(scores, wanted), 1, len(scores) - 1)
    rows = np.arange(len(wanted))
    share = (wanted - scores[right - 1]) / (scores[right] - scores[right - 1])
    low, high = shape[rows, right - 1], shape[rows, right]
    found: Vector = low + share * (high - low)
    return found

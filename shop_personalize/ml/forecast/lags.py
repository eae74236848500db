"""What is known of every series at an origin, as numbers for a learner.

A row of the table belongs to a series, an origin and a target. The origin is the
number of periods known by then; the target is a later period. **Every number taken from
sales ends at the origin**; only drivers, which are known in advance, are read around
the target. So one table serves all horizons: the step from origin to target is a column
of its own ("direct" forecasting, Ben Taieb et al. 2012).

Sales are told relative to a level of the series at that origin, so that what is learned
from one series holds for another (Montero-Manso & Hyndman 2021, "Principles and
algorithms for forecasting groups of time series").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast import lags_drivers
from shop_personalize.ml.forecast.lags_running import Ints, Running
from shop_personalize.ml.forecast.panel import (
    BoolMatrix,
    FloatMatrix,
    Panel,
    PanelError,
)

Scale = Literal["ratio", "log"]
Column = tuple[str, FloatMatrix]

FLOOR = 0.02
"""Least level of a series, in parts of what a series usually sells."""
SMALL = 0.001
"""What is added before a logarithm, in parts of the mean of the series."""
WINDOWS = {
    7: (7, 14, 28, 84, 182, 364),
    12: (2, 3, 6, 12, 24),
    52: (2, 4, 8, 13, 26, 52),
}
LONGEST_CELL = 31
"""A season of more positions is not told by position: each comes too rarely."""
YEARS = {7: 364}


def windows_of(season: int) -> tuple[int, ...]:
    """Lengths of the windows of the past that fit a rhythm, shortest first."""
    return WINDOWS.get(season, (2, 4, 8, 16, 32))


@dataclass(frozen=True)
class Lags:
    """Which numbers are made.

    ``scale`` "ratio": values are divided by the level, a mean of a short and a long
    window. "log": logarithms, less the mean logarithm of the target's cell.
    ``windows`` periods, shortest first; by default what fits the season. ``open`` names
    a driver that is 0 where nothing could be sold (closed): such periods count in no
    mean. ``cells`` name drivers which, with the position in the season, make the cell
    of a period ("Mondays with a promotion"); each cell has means of its own.
    """

    scale: Scale = "ratio"
    windows: tuple[int, ...] | None = None
    open: str | None = None
    cells: tuple[str, ...] = ()

    def of(self, panel: Panel, pool: FloatMatrix | None = None) -> LagTable:
        """Make ready for n series.

        ``pool`` float64 (T,): what all series sold together, where the panel is only a
        part of them.
        """
        return LagTable(self, panel, pool)

    def is_open(self, panel: Panel, periods: Ints) -> BoolMatrix:
        """Whether anything can be sold then: bool (n, periods).

        Raises PanelError where the driver ``open`` is absent or ends too early.
        """
        if self.open is None:
            return np.ones((len(panel), len(periods)), bool)
        if self.open not in panel.drivers:
            known = ", ".join(panel.drivers) or "none"
            raise PanelError(
                f"no driver {self.open!r} in the panel; there are: {known}"
            )
        driver = panel.drivers[self.open]
        needed = int(periods.max()) + 1
        table = lags_drivers.table_of(self.open, driver, len(panel), needed)
        return np.asarray(table[:, periods] > 0)


class LagTable:
    """The numbers of n series; built by :meth:`Lags.of`."""

    def __init__(self, lags: Lags, panel: Panel, pool: FloatMatrix | None) -> None:
        self.lags = lags
        self.panel = panel
        self.windows = lags.windows or windows_of(panel.season)
        self.short, self.middle, self.long = (self.windows[at] for at in (1, 2, -2))
        self.year = YEARS.get(panel.season, panel.season)
        opened = lags.is_open(panel, np.arange(panel.periods))
        self.counted = ~np.isnan(panel.values) & opened
        self.units = np.where(self.counted, panel.values, 0.0)
        self.small = self._small()
        self.floor = self._usual_floor()
        self.run = Running(self._scaled(self.units), self.counted)
        self.pool = np.nansum(panel.values, axis=0) if pool is None else pool

    def level(self, origins: Ints, targets: Ints) -> FloatMatrix:
        """What the values of a row are relative to: float64 (n, P)."""
        if self.lags.scale == "log":
            return self._cell_level(origins, targets)
        recent = self.run.mean(origins - self.middle, origins)
        usual = self.run.mean(origins - self.long, origins)
        both = np.where(np.isnan(recent), usual, (recent + usual) / 2)
        return np.asarray(np.maximum(np.nan_to_num(both), self.floor))

    def relative(self, values: FloatMatrix, level: FloatMatrix) -> FloatMatrix:
        """Values on the working scale, as the learner sees them."""
        return values - level if self.lags.scale == "log" else values / level

    def targets(self, targets: Ints, level: FloatMatrix) -> FloatMatrix:
        """What was sold then, as the learner sees it; NaN where nothing counts."""
        return self.relative(self.run.at(targets), level)

    def units_of(self, found: FloatMatrix, level: FloatMatrix) -> FloatMatrix:
        """Turn what a learner says back into units."""
        if self.lags.scale == "log":
            return np.exp(found + level) - self.small
        return found * level

    def columns(
        self, origins: Ints, targets: Ints, level: FloatMatrix
    ) -> Iterator[Column]:
        """Every number by name, float64 (n, P) each; NaN where not known."""
        yield "step", np.broadcast_to(targets - origins + 1.0, level.shape)
        yield "level", level if self.lags.scale == "log" else np.log(level)
        if self.panel.season > 1:
            place = (targets % self.panel.season).astype(np.float64)
            yield "position", np.broadcast_to(place, level.shape)
        yield from self._recent(origins, level)
        yield from self._spread(origins, level)
        yield from self._year_ago(origins, targets, level)
        yield from self._pooled(origins, targets)
        yield from self._by_cell(origins, targets, level)
        yield from self._besides(origins)
        for name, driver in self.panel.drivers.items():
            needed = int(targets.max()) + 1
            values = lags_drivers.table_of(name, driver, len(self.panel), needed)
            own = np.ndim(driver) == 2
            yield from lags_drivers.columns_of(
                name, values, origins, targets, self.short, own=own
            )

    def table(
        self, origins: Ints, targets: Ints, level: FloatMatrix
    ) -> tuple[list[str], NDArray[np.float32]]:
        """Names of the columns, and float32 (n · P, columns), a series at a time."""
        names, parts = [], []
        for name, values in self.columns(origins, targets, level):
            names.append(name)
            parts.append(values.astype(np.float32).ravel())
        table = np.column_stack(parts)
        table[np.isinf(table)] = np.nan
        return names, table

    # ---------------------------------------------------------------- the columns

    def _recent(self, origins: Ints, level: FloatMatrix) -> Iterator[Column]:
        for lag in range(1, min(self.panel.season, 4) + 1):
            yield f"{lag} ago", self.relative(self.run.at(origins - lag), level)
        for window in self.windows:
            mean = self.run.mean(origins - window, origins)
            yield f"mean of {window}", self.relative(mean, level)

    def _spread(self, origins: Ints, level: FloatMatrix) -> Iterator[Column]:
        width = self.middle
        words = ("least", "median", "most")
        for word, found in zip(words, self.run.order(origins, width), strict=True):
            yield f"{word} of {width}", self.relative(found, level)
        deviation = self.run.deviation(origins - width, origins)
        log = self.lags.scale == "log"
        yield f"deviation of {width}", deviation if log else deviation / level
        sold = Running((self.units > 0).astype(float), self.counted)
        for window in (width, self.long):
            yield f"share sold of {window}", sold.mean(origins - window, origins)
        age = origins - self.panel.starts[:, None]
        yield "age", np.minimum(age, self.windows[-1]).astype(float)

    def _year_ago(
        self, origins: Ints, targets: Ints, level: FloatMatrix
    ) -> Iterator[Column]:
        """Around the target's time of the year, if that was before the origin."""
        if self.year < 2:
            return
        then = targets - self.year
        around = self.windows[0] // 2 if self.panel.season == 7 else 1
        for name, half in (("a year ago", 0), ("around a year ago", around)):
            found = self.run.mean(then - half, np.minimum(then + half + 1, origins))
            yield name, self.relative(found, level)
        middle = self.windows[-3]
        now = self.run.mean(origins - middle, origins)
        before = self.run.mean(origins - self.year - middle, origins - self.year)
        yield "growth of a year", self._growth(now, before)
        yield "growth of the season", self._growth(found, before)

    def _growth(self, now: FloatMatrix, before: FloatMatrix) -> FloatMatrix:
        if self.lags.scale == "log":
            return now - before
        floor = self.floor
        return (now + floor) / (before + floor)

    def _pooled(self, origins: Ints, targets: Ints) -> Iterator[Column]:
        """The same for what all series sold together."""
        run = Running(self.pool[None], np.ones((1, len(self.pool)), bool))
        shape = (len(self.panel), len(origins))
        short, middle = self.short, self.windows[-3]
        now = run.mean(origins - short, origins)
        usual = run.mean(origins - middle, origins)
        yield "all: of late", np.broadcast_to(now / usual, shape)
        if self.year > 1:
            ago = origins - self.year
            then = targets - self.year
            season = run.mean(then - 1, np.minimum(then + 2, origins))
            before = run.mean(ago - middle, ago)
            yield "all: season", np.broadcast_to(season / before, shape)
            yield "all: growth", np.broadcast_to(usual / before, shape)

    def _by_cell(
        self, origins: Ints, targets: Ints, level: FloatMatrix
    ) -> Iterator[Column]:
        if not self._has_cells():
            return
        for window in self.windows[-3:]:
            found = self._cell_mean(origins, targets, window)
            yield f"mean of its cell in {window}", self.relative(found, level)

    def _besides(self, origins: Ints) -> Iterator[Column]:
        """What was seen beside the sales: as usual, and of late beside the usual."""
        for name, seen in self.panel.past.items():
            run = Running(np.log1p(np.maximum(seen, 0)), self.counted)
            usual = run.mean(origins - self.long, origins)
            yield f"{name} as usual", usual
            for window in (1, self.short, self.middle):
                late = run.mean(origins - window, origins)
                yield f"{name} of {window} beside the usual", late - usual

    # ------------------------------------------------------------------ its parts

    def _scaled(self, units: FloatMatrix) -> FloatMatrix:
        return np.log(units + self.small) if self.lags.scale == "log" else units

    def _small(self) -> FloatMatrix:
        count = np.maximum(self.counted.sum(axis=1, keepdims=True), 1)
        mean = self.units.sum(axis=1, keepdims=True) / count
        return SMALL * np.where(mean > 0, mean, 1.0)

    def _usual_floor(self) -> float:
        """FLOOR of a series as they usually are, whatever a few of them sell."""
        count = np.maximum(self.counted.sum(axis=1), 1)
        means = self.units.sum(axis=1) / count
        sold = means[means > 0]
        return FLOOR * float(np.median(sold)) if len(sold) else 1.0

    def _has_cells(self) -> bool:
        return 1 < self.panel.season <= LONGEST_CELL or bool(self.lags.cells)

    def _cell_level(self, origins: Ints, targets: Ints) -> FloatMatrix:
        long = self.windows[-1]
        usual = self.run.mean(origins - long, origins)
        usual = np.where(np.isnan(usual), np.log(self.small), usual)
        if not self._has_cells():
            return usual
        found = self._cell_mean(origins, targets, long)
        return np.where(np.isnan(found), usual, found)

    def _cell_mean(self, origins: Ints, targets: Ints, window: int) -> FloatMatrix:
        """Mean of the window's periods that lie in the same cell as the target."""
        codes = self._codes(max(int(targets.max()) + 1, self.panel.periods))
        sought = codes[:, targets]
        answer = np.full(sought.shape, np.nan)
        for code in np.unique(sought):
            here = codes[:, : self.panel.periods] == code
            run = Running(self.run.values, self.counted & here)
            found = run.mean(origins - window, origins)
            answer = np.where(sought == code, found, answer)
        return answer

    def _codes(self, periods: int) -> Ints:
        """Number of the cell of each period: (n, periods)."""
        season = self.panel.season if self.panel.season <= LONGEST_CELL else 1
        codes = np.tile(np.arange(periods) % season, (len(self.panel), 1))
        for name in self.lags.cells:
            driver = lags_drivers.table_of(
                name, self.panel.drivers[name], len(self.panel), periods
            )
            found, code = np.unique(driver[:, :periods], return_inverse=True)
            codes = codes * len(found) + code.reshape(codes.shape)
        return codes

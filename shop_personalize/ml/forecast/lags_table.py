"""The numbers of n series at many origins, a column at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast import lags_drivers
from shop_personalize.ml.forecast.lags_cells import Cells
from shop_personalize.ml.forecast.lags_running import Ints, Running
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel

if TYPE_CHECKING:
    from shop_personalize.ml.forecast.lags import Lags

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
YEARS = {7: 364}


def windows_of(season: int) -> tuple[int, ...]:
    """Lengths of the windows of the past that fit a rhythm, shortest first."""
    return WINDOWS.get(season, (2, 4, 8, 16, 32))


class LagTable:
    """The numbers of n series; built by :meth:`Lags.of`."""

    def __init__(self, lags: Lags, panel: Panel, pool: FloatMatrix | None) -> None:
        self.lags = lags
        self.panel = panel
        self.windows = lags.windows or windows_of(panel.season)
        self.short, self.middle, self.long = (self.windows[at] for at in (1, 2, -2))
        self.year = YEARS.get(panel.season, panel.season)
        whole = lags.whole(panel)
        self.counted = ~np.isnan(whole)
        self.units = np.where(self.counted, whole, 0.0)
        self.small = self._small()
        self.floor = self._usual_floor()
        self.run = Running(self._scaled(self.units), self.counted)
        self.cells = Cells(panel, lags.cells, self.run)
        self.pool = np.nansum(whole, axis=0) if pool is None else pool

    def level(self, origins: Ints, targets: Ints) -> FloatMatrix:
        """What the values of a row are relative to: float64 (n, P)."""
        if self.lags.scale == "log":
            return self._cell_level(origins, targets)
        recent = self.run.mean(origins - self.middle, origins)
        usual = self.run.mean(origins - self.long, origins)
        part = self.lags.recent
        both = np.where(np.isnan(recent), usual, part * recent + (1 - part) * usual)
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
        if self.panel.season > 1 and self.lags.position:
            place = (targets % self.panel.season).astype(np.float64)
            yield "position", np.broadcast_to(place, level.shape)
        yield from self._recent(origins, level)
        yield from self._spread(origins, level)
        yield from self._year_ago(origins, targets, level)
        yield from self._pooled(origins, targets)
        yield from self._by_cell(origins, targets, level)
        yield from self._besides(origins, level)
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
        if not self.cells:
            return
        for window in self.windows[-3:]:
            found = self.cells.mean(origins, targets, window)
            yield f"mean of its cell in {window}", self.relative(found, level)

    def _besides(self, origins: Ints, level: FloatMatrix) -> Iterator[Column]:
        """What was seen beside the sales: as usual, and of late beside the usual."""
        for name, seen in self.panel.past.items():
            if name in self.lags.in_units:
                run = Running(self._scaled(np.maximum(seen, 0)), self.counted)
                for window in (self.short, self.middle, self.long):
                    mean = run.mean(origins - window, origins)
                    yield f"{name}: mean of {window}", self.relative(mean, level)
                continue
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

    def _cell_level(self, origins: Ints, targets: Ints) -> FloatMatrix:
        long = self.windows[-1]
        usual = self.run.mean(origins - long, origins)
        usual = np.where(np.isnan(usual), np.log(self.small), usual)
        if not self.cells:
            return usual
        found = self.cells.mean(origins, targets, long)
        return np.where(np.isnan(found), usual, found)

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

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from shop_personalize.ml.forecast import lags_drivers
from shop_personalize.ml.forecast.lags_running import Ints
from shop_personalize.ml.forecast.lags_table import LagTable
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel, PanelError

Scale = Literal["ratio", "log"]


@dataclass(frozen=True)
class Lags:
    """Which numbers are made.

    ``scale`` "ratio": values are divided by the level, a mean of a short and a long
    window, of which ``recent`` is the share of the short one. "log": logarithms, less
    the mean logarithm of the target's cell. ``windows`` periods, shortest first; by
    default what fits the season. ``open`` names a driver from 0 to 1: the share of a
    period in which something could be sold. Values are told as of a whole period;
    where it is 0 (closed) they count in no mean. ``cells`` name drivers which, with the
    position in the season, make the cell of a period ("Mondays with a promotion"); each
    cell has means of its own. ``position``: whether the place in the season is told;
    with a year or two of weeks it is little more than the one time it was seen.
    ``in_units`` name what in ``past`` counts units too, as the returns: they are told
    like sales, relative to the level, and not beside their own usual.
    """

    scale: Scale = "ratio"
    windows: tuple[int, ...] | None = None
    open: str | None = None
    cells: tuple[str, ...] = ()
    recent: float = 0.5
    position: bool = True
    in_units: tuple[str, ...] = ()

    def of(self, panel: Panel, pool: FloatMatrix | None = None) -> LagTable:
        """Make ready for n series.

        ``pool`` float64 (T,): what all series sold together, where the panel is only a
        part of them. Raises PanelError where something named is not in the panel, the
        driver ``open`` is no share, or ``recent`` is none.
        """
        self._check(panel)
        return LagTable(self, panel, pool)

    def whole(self, panel: Panel) -> FloatMatrix:
        """Units as of whole periods: float64 (n, T), NaN where they count in no mean.

        Raises as :meth:`open_share` does.
        """
        share = self.open_share(panel, np.arange(panel.periods))
        units = panel.values / np.where(share > 0, share, 1.0)
        return np.asarray(np.where(share > 0, units, np.nan))

    def open_share(self, panel: Panel, periods: Ints) -> FloatMatrix:
        """How much of a period something can be sold: float64 (n, periods), 0 to 1.

        Raises PanelError where the driver ``open`` is absent, ends too early or is no
        share.
        """
        if self.open is None:
            return np.ones((len(panel), len(periods)))
        if self.open not in panel.drivers:
            raise PanelError(_absent("driver", self.open, panel.drivers))
        driver = panel.drivers[self.open]
        needed = int(periods.max()) + 1
        table = lags_drivers.table_of(self.open, driver, len(panel), needed)
        found = np.asarray(table[:, periods])
        outside = ~((found >= 0) & (found <= 1))
        if outside.any():
            text = f"driver {self.open!r} must be a share from 0 to 1"
            raise PanelError(f"{text}, not {found[outside][0]:g}")
        return found

    def _check(self, panel: Panel) -> None:
        if not 0 <= self.recent <= 1:
            raise PanelError(f"recent must be a share from 0 to 1, not {self.recent}")
        for name in self.in_units:
            if name not in panel.past:
                raise PanelError(_absent("past", name, panel.past))


def _absent(kind: str, name: str, known: Mapping[str, object]) -> str:
    there = ", ".join(known) or "none"
    return f"no {kind} {name!r} in the panel; there are: {there}"

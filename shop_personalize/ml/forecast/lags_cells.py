"""Periods that are alike: the same place in the season, the same named drivers."""

from __future__ import annotations

import numpy as np

from shop_personalize.ml.forecast import lags_drivers
from shop_personalize.ml.forecast.lags_running import Ints, Running
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel

LONGEST = 31
"""A season of more positions is not told by position: each comes too rarely."""


class Cells:
    """Means over the periods of a cell ("Mondays with a promotion").

    ``names`` the drivers which, with the position in the season, make the cell of a
    period; ``run`` the values whose means are asked for.
    """

    def __init__(self, panel: Panel, names: tuple[str, ...], run: Running) -> None:
        self.panel = panel
        self.names = names
        self.run = run

    def __bool__(self) -> bool:
        return 1 < self.panel.season <= LONGEST or bool(self.names)

    def mean(self, origins: Ints, targets: Ints, window: int) -> FloatMatrix:
        """Of the window's periods in the cell of the target: float64 (n, P).

        NaN where there is none.
        """
        codes = self._codes(max(int(targets.max()) + 1, self.panel.periods))
        sought = codes[:, targets]
        answer = np.full(sought.shape, np.nan)
        for code in np.unique(sought):
            here = codes[:, : self.panel.periods] == code
            run = Running(self.run.values, self.run.counted & here)
            found = run.mean(origins - window, origins)
            answer = np.where(sought == code, found, answer)
        return answer

    def _codes(self, periods: int) -> Ints:
        """Number of the cell of each period: (n, periods)."""
        season = self.panel.season if self.panel.season <= LONGEST else 1
        codes = np.tile(np.arange(periods) % season, (len(self.panel), 1))
        for name in self.names:
            driver = lags_drivers.table_of(
                name, self.panel.drivers[name], len(self.panel), periods
            )
            found, code = np.unique(driver[:, :periods], return_inverse=True)
            codes = codes * len(found) + code.reshape(codes.shape)
        return codes

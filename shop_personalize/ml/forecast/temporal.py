"""Sums of several periods show a trend that single periods hide in their noise.

Reference: Kourentzes, Petropoulos & Trapero (2014), "Improving forecasting by
estimating time series structural components across multiple frequencies".
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np

from shop_personalize.ml.forecast.base import Forecaster, free
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel, PanelError

LEAST = 8
"""A series of fewer blocks is forecast by its periods."""


class Aggregated(Forecaster):
    """A forecaster that sees the means of blocks of ``periods``, the last ends now.

    Its forecasts stand for the middle of their blocks, what lies between is in line
    with them. Meant for series without season. A series of fewer than 8 whole blocks
    is forecast as it is.
    """

    name: ClassVar[str] = "aggregated"

    def __init__(self, member: Forecaster, periods: int = 4) -> None:
        self.member = member
        self.periods = periods

    def _fit(self, panel: Panel) -> None:
        if self.periods < 2:
            raise PanelError(f"periods must be 2 or more, not {self.periods}")
        whole = panel.periods // self.periods
        shape = (len(panel), whole, self.periods)
        latest = panel.values[:, panel.periods - whole * self.periods :]
        blocks = latest.reshape(shape).mean(axis=2)
        known = (~np.isnan(blocks)).sum(axis=1)
        self.long_ = np.flatnonzero(known >= LEAST)
        self.short_ = np.flatnonzero(known < LEAST)
        coarse = Panel(blocks[self.long_])
        self.coarse_ = free(self.member).fit(coarse) if len(self.long_) else None
        plain = replace(panel.take(self.short_), season=1)
        self.plain_ = free(self.member).fit(plain) if len(self.short_) else None

    def _predict(self, horizon: int) -> FloatMatrix:
        found = np.empty((len(self.long_) + len(self.short_), horizon))
        if self.plain_ is not None:
            found[self.short_] = self.plain_.predict(horizon)
        if self.coarse_ is not None:
            count = -(-horizon // self.periods) + 1
            found[self.long_] = self._between(self.coarse_.predict(count), horizon)
        return found

    def _between(self, blocks: FloatMatrix, horizon: int) -> FloatMatrix:
        """From block to block, (n, horizon); the first slope reaches back to now."""
        place = (np.arange(horizon) - (self.periods - 1) / 2) / self.periods
        first = place.astype(np.int64).clip(0, blocks.shape[1] - 2)
        before, after = blocks[:, first], blocks[:, first + 1]
        found: FloatMatrix = before + (place - first) * (after - before)
        return found

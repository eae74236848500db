"""The mean of a series, believed as far as its noise allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shop_personalize.ml.forecast.intermittent.flat import Flat
from shop_personalize.ml.forecast.parameters import latest

if TYPE_CHECKING:
    from shop_personalize.ml.forecast.intermittent.flat import Levels
    from shop_personalize.ml.forecast.panel import FloatMatrix, Panel

SERIES = 100
"""Fewer have too little to teach one another."""


class ShrunkenMean(Flat):
    """The mean of the last ``window`` periods, drawn toward that of the whole panel.

    Linear empirical Bayes, as in Bühlmann, Straub (1970), "Glaubwürdigkeit für
    Schadensätze": the weight of a series' own mean is between / (between + within / k),
    with k known periods in the window, ``within`` the mean variance in a series and
    ``between`` the variance of the true means. What never sold is expected to sell a
    little, as others did; of fewer than 100 series that cannot be said, so nothing.
    Learned: ``weight_`` float64 (n,). Raises PanelError for a window below 1.
    """

    name: ClassVar[str] = "shrunken mean"
    learns_across: ClassVar[bool] = True

    def __init__(self, window: int = 12) -> None:
        self.window = window

    def _level(self, panel: Panel) -> Levels:
        recent = latest(panel, self.window)
        known = (~np.isnan(recent)).sum(axis=1)
        means = np.asarray(np.nanmean(recent, axis=1), np.float64)
        noise = _within(recent, means, known) / known
        between = max(float(means.var() - noise.mean()), 0.0)
        spread = between + noise
        self.weight_ = np.divide(between, spread, np.ones_like(means), where=spread > 0)
        everywhere = float(means.mean())
        shrunken = everywhere + self.weight_ * (means - everywhere)
        sold = np.nanmax(panel.values, axis=1) > 0.0
        return np.where(sold | (len(panel) >= SERIES), shrunken, 0.0)


def _within(recent: FloatMatrix, means: Levels, known: Levels) -> float:
    """Variance in a series, pooled over the panel; 0 where none has two values."""
    squared = np.nansum((recent - means[:, None]) ** 2)
    return float(squared / max(int((known - 1).sum()), 1))

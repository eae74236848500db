"""How much at a time, and how often: Croston's method and its heirs.

A period counts as one with demand where more than nothing sold. Several smoothing
parameters are a grid: each series takes the one whose forecasts of one period ahead
had the least squared error, the first of equals.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.intermittent.flat import Flat
from shop_personalize.ml.forecast.parameters import shares

if TYPE_CHECKING:
    from shop_personalize.ml.forecast.intermittent.flat import Levels
    from shop_personalize.ml.forecast.panel import FloatMatrix, Panel

Grid = NDArray[np.float64]


class Croston(Flat):
    """Mean size of a demand over mean interval between two, both smoothed.

    Croston (1972), "Forecasting and stock control for intermittent demands". Size and
    interval are learned only when something sells, so a part that died keeps its
    level: see TSB. ``alphas``: smoothing, a grid where there are several. Raises
    PanelError for a parameter outside (0, 1].
    """

    name: ClassVar[str] = "croston"
    corrects: ClassVar[bool] = False

    def __init__(self, alphas: tuple[float, ...] = (0.1,)) -> None:
        self.alphas = alphas

    def _level(self, panel: Panel) -> Levels:
        alpha = shares("alphas", self.alphas)[:, None]
        found = _Best(alpha, panel)
        size = np.full(found.shape, np.nan)
        gap, waited = size.copy(), np.zeros(len(panel))
        level = np.zeros(found.shape)
        for column in panel.values.T:
            found.judge(level, column)
            waited += ~np.isnan(column)
            sold = column > 0.0
            size = _learned(size, alpha, sold, column)
            gap = _learned(gap, alpha, sold, waited)
            waited[sold] = 0.0
            level = np.where(np.isnan(size), 0.0, size / gap)
            if self.corrects:
                level *= np.where(gap > 1.0, 1.0 - alpha / 2.0, 1.0)
        return found.choose(level)


class SBA(Croston):
    """Croston's level times 1 - alpha / 2, which takes most of its bias away.

    Syntetos, Boylan (2005), "The accuracy of intermittent demand estimates", eq. 6. A
    series that sells in every period has no bias and keeps its level.
    """

    name: ClassVar[str] = "sba"
    corrects: ClassVar[bool] = True


class TSB(Flat):
    """Mean size of a demand times its probability, which fades while nothing sells.

    Teunter, Syntetos, Babai (2011), "Intermittent demand: linking forecasting to
    inventory obsolescence". Both begin at their mean over the whole past. ``alphas``
    smooth the size, ``betas`` the probability; every pair of them is tried. Raises
    PanelError for a parameter outside (0, 1].
    """

    name: ClassVar[str] = "tsb"

    def __init__(
        self, alphas: tuple[float, ...] = (0.1,), betas: tuple[float, ...] = (0.1,)
    ) -> None:
        self.alphas = alphas
        self.betas = betas

    def _level(self, panel: Panel) -> Levels:
        pairs = product(shares("alphas", self.alphas), shares("betas", self.betas))
        alpha, beta = np.array(list(pairs)).T[:, :, None]
        found = _Best(alpha, panel)
        size, chance = (np.tile(each, (len(alpha), 1)) for each in means(panel))
        level = size * chance
        for column in panel.values.T:
            found.judge(level, column)
            sold, known = column > 0.0, ~np.isnan(column)
            size = _learned(size, alpha, sold, column)
            chance = np.where(known, chance + beta * (sold - chance), chance)
            level = size * chance
        return found.choose(level)


def means(panel: Panel) -> tuple[Levels, Levels]:
    """Mean size of a demand, 0 without one, and the share of periods that have one."""
    sold = panel.values > 0.0
    times = sold.sum(axis=1)
    size = np.where(sold, panel.values, 0.0).sum(axis=1) / np.maximum(times, 1)
    return size, times / (panel.periods - panel.starts)


def _learned(
    state: FloatMatrix, alpha: Grid, sold: NDArray[np.bool_], seen: Levels
) -> FloatMatrix:
    """State (grid, n) after a period; where it is unknown the first sale is taken."""
    moved = np.where(np.isnan(state), seen, state + alpha * (seen - state))
    return np.where(sold, moved, state)


class _Best:
    """Which member of a grid was right most often, series by series."""

    def __init__(self, grid: Grid, panel: Panel) -> None:
        self.shape = (len(grid), len(panel))
        self.squared = np.zeros(self.shape)

    def judge(self, level: FloatMatrix, column: Levels) -> None:
        self.squared += np.where(np.isnan(column), 0.0, (column - level) ** 2)

    def choose(self, level: FloatMatrix) -> Levels:
        best = self.squared.argmin(axis=0)
        chosen: Levels = level[best, np.arange(self.shape[1])]
        return chosen

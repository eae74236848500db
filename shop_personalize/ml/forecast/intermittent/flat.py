"""One level for every period ahead."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.base import Forecaster

if TYPE_CHECKING:
    from shop_personalize.ml.forecast.panel import FloatMatrix, Panel

Levels = NDArray[np.float64]


class Flat(Forecaster):
    """A subclass writes ``_level``: float64 (n,), units per period.

    ``level_`` float64 (n,) is what it found.
    """

    level_: Levels

    def _fit(self, panel: Panel) -> None:
        self.level_ = self._level(panel)

    def _predict(self, horizon: int) -> FloatMatrix:
        return np.repeat(self.level_[:, None], horizon, axis=1)

    @abstractmethod
    def _level(self, panel: Panel) -> Levels: ...


class Zero(Flat):
    """Nothing sells: the bar that absolute errors set too high."""

    name: ClassVar[str] = "zero"

    def _level(self, panel: Panel) -> Levels:
        return np.zeros(len(panel))

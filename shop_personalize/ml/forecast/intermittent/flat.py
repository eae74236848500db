"""One level for every period ahead."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.base import Forecaster
from shop_personalize.ml.forecast.panel import PanelError

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


def latest(panel: Panel, window: int) -> FloatMatrix:
    """The last ``window`` columns, NaN where a series had not begun."""
    if window < 1:
        raise PanelError(f"window must be 1 or more periods, not {window}")
    return panel.values[:, -window:]


def checked(name: str, shares: tuple[float, ...]) -> NDArray[np.float64]:
    """Smoothing parameters within 0 and 1, at least one; PanelError says which not."""
    if not shares:
        raise PanelError(f"{name} needs at least one value")
    for share in shares:
        if not 0.0 < share <= 1.0:
            raise PanelError(f"{name} must lie above 0 and up to 1, not {share}")
    return np.array(shares, np.float64)

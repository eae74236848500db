"""The contract of every forecaster."""

from __future__ import annotations

from abc import ABC, abstractmethod
from copy import copy
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from shop_personalize.ml.forecast.panel import FloatMatrix, Panel, PanelError


class NotFittedError(ValueError):
    """``predict`` was asked before ``fit``."""


@dataclass(frozen=True, eq=False)
class Forecast:
    """What is expected, and how sure that is.

    ``mean`` float64 (n, h). ``levels`` as (.8, .95), and for each level ``lower`` and
    ``upper`` float64 (levels, n, h): the share of outcomes between them. The mean is
    never outside.
    """

    mean: FloatMatrix
    levels: tuple[float, ...]
    lower: FloatMatrix
    upper: FloatMatrix


class Forecaster(ABC):
    """Constructor stores, ``fit`` learns, a trailing underscore marks what was learned.

    A subclass writes ``_fit`` and ``_predict`` for series that all have at least one
    known value and no gap; a series of zeros, one of a single value and one without
    variance must end in finite numbers too.
    """

    name: ClassVar[str]
    wants_drivers: ClassVar[bool] = False
    is_scale_equivariant: ClassVar[bool] = True
    """Ten times the values give ten times the forecast."""
    learns_across: ClassVar[bool] = False
    """One model of all series together: about right for each, exact for none."""
    floor: float | None = 0.0
    """What sells is never less than nothing; None where values may be negative."""

    panel_: Panel

    def fit(self, panel: Panel) -> Self:
        """Learn from n series; raises PanelError naming the first that cannot be."""
        panel.check_known()
        self._fit(panel)
        # Last, so that a fit that fails leaves no panel without what was learned of it.
        self.panel_ = panel
        return self

    def predict(self, horizon: int) -> FloatMatrix:
        """The next ``horizon`` periods: float64 (n, horizon).

        Raises NotFittedError before ``fit`` and PanelError for a horizon below 1.
        """
        if not hasattr(self, "panel_"):
            raise NotFittedError(f"{type(self).__name__}.fit(panel) comes first")
        if horizon < 1:
            raise PanelError(f"horizon must be 1 or more periods, not {horizon}")
        found = self._predict(horizon)
        return found if self.floor is None else np.maximum(found, self.floor)

    @abstractmethod
    def _fit(self, panel: Panel) -> None: ...

    @abstractmethod
    def _predict(self, horizon: int) -> FloatMatrix: ...


def free(member: Forecaster) -> Forecaster:
    """A copy that has learned nothing and may fall below 0: only the whole may not."""
    found = copy(member)
    for name in [each for each in vars(found) if each.endswith("_")]:
        delattr(found, name)
    found.floor = None
    return found

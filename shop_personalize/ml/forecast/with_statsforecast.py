"""The models of statsforecast, a series at a time: slower and often a little better.

Needs ``pip install "django-shop-personalize[forecast]"``. Petropoulos & Svetunkov
(2020), "A simple combination of univariate models", describe the median of several.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from shop_personalize.ml.forecast.base import Forecaster
from shop_personalize.ml.forecast.extra import needed
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel, PanelError

MODELS = ("AutoETS", "AutoCES", "DynamicOptimizedTheta", "AutoARIMA", "AutoTheta")
LEAST = 5
"""A series with fewer known periods is repeated instead: no model fits it."""


class StatsModels(Forecaster):
    """The median of statsforecast's models by name.

    ``models`` some of AutoETS, AutoCES, DynamicOptimizedTheta, AutoARIMA and AutoTheta;
    an unknown name raises PanelError. A series of fewer than five periods, or without
    variance, goes on as it was last; a model that fails at a series is left out of its
    median, and counted in ``failed_`` by name; the last value stands where all fail.
    """

    name: ClassVar[str] = "statsforecast"

    def __init__(
        self,
        models: tuple[str, ...] = ("AutoETS", "AutoCES", "DynamicOptimizedTheta"),
    ) -> None:
        self.models = models

    def _fit(self, panel: Panel) -> None:
        for name in self.models:
            if name not in MODELS:
                raise PanelError(f"no model {name!r}; there are: {', '.join(MODELS)}")
        if not self.models:
            raise PanelError(f"models is empty; there are: {', '.join(MODELS)}")
        self.library_ = needed("statsforecast.models")
        self.failed_ = dict.fromkeys(self.models, 0)

    def _predict(self, horizon: int) -> FloatMatrix:
        values = self.panel_.values
        found = np.tile(values[:, -1:], horizon)
        self.failed_ = dict.fromkeys(self.models, 0)
        for row, start in enumerate(self.panel_.starts):
            known = values[row, start:]
            if len(known) >= LEAST and known.min() < known.max():
                found[row] = self._median(known, horizon, found[row])
        return found

    def _median(
        self, known: FloatMatrix, horizon: int, otherwise: FloatMatrix
    ) -> FloatMatrix:
        said = []
        for name in self.models:
            found = self._tried(name, known, horizon)
            if np.isfinite(found).all():
                said.append(found)
            else:
                self.failed_[name] += 1
        return np.asarray(np.median(said, axis=0)) if said else otherwise

    def _tried(self, name: str, known: FloatMatrix, horizon: int) -> FloatMatrix:
        try:
            return self._one(name, known, horizon)
        except Exception:  # noqa: BLE001  whatever a model stumbles over
            return np.full(horizon, np.nan)

    def _one(self, name: str, known: FloatMatrix, horizon: int) -> FloatMatrix:
        season = self.panel_.season if len(known) >= 2 * self.panel_.season else 1
        model: Any = getattr(self.library_, name)(season_length=season)
        found = model.forecast(y=known, h=horizon)["mean"]
        return np.asarray(found, np.float64)

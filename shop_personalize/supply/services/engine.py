"""From a panel to what is stored: expected units, bands, quantiles of sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.base import Forecaster
from shop_personalize.ml.forecast.combined import Combined
from shop_personalize.ml.forecast.intervals import Calibrated
from shop_personalize.ml.forecast.naive import MovingMedian
from shop_personalize.ml.forecast.panel import Panel
from shop_personalize.ml.forecast.sums import LeadTimeSums
from shop_personalize.ml.forecast.trees import GlobalTrees
from shop_personalize.supply.models import Grain

BANDS = (0.8, 0.95)
ORIGINS = 3
MANY, LONG = 50, 12
"""Series and periods from which on one learner for all of them pays."""
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99)
"""Quantiles kept of sums over coming periods."""
SPANS = {
    Grain.DAY: (1, 3, 7, 10, 14, 21, 28),
    Grain.WEEK: (1, 2, 3, 4, 6, 9, 13),
    Grain.MONTH: (1, 2, 3, 6),
}
"""Periods summed, as far as the horizon goes."""
LOOKED_BACK = {Grain.DAY: (364, 56), Grain.WEEK: (52, 8), Grain.MONTH: (12, 2)}
"""Periods whose sums tell what a lead time may ask for, and those that say how much it
is of late. In two simulated years they kept a promise of 95 % with a sixth less money
in stock than a fixed reorder point (docs/explanation/stock.md)."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Answer:
    """``mean`` (n, h); ``bands`` low80, high80, low95, high95, each (n, h); ``totals``
    (n, levels, spans)."""

    mean: Matrix
    bands: tuple[Matrix, Matrix, Matrix, Matrix]
    totals: NDArray[np.float64]
    methods: list[str]


def spans(grain: str, horizon: int) -> tuple[int, ...]:
    found = tuple(each for each in SPANS[Grain(grain)] if each <= horizon)
    return found or (1,)


def forecaster(panel: Panel) -> Forecaster:
    """Many products learn from one another; few speak for themselves."""
    if len(panel) >= MANY and panel.periods >= LONG:
        return GlobalTrees("squared")
    return Combined()


def learn(panel: Panel, grain: str, horizon: int, origins: int = ORIGINS) -> Answer:
    """Forecast every series; raises PanelError where there is none."""
    model = Calibrated(
        forecaster(panel), levels=BANDS, origins=origins, horizon=horizon
    ).fit(panel)
    found = model.predict(horizon)
    window, recent = LOOKED_BACK[Grain(grain)]
    sums = LeadTimeSums(window, recent).fit(panel)
    totals = [sums.totals_at(each, LEVELS) for each in spans(grain, horizon)]
    eighty, ninety_five = range(len(BANDS))
    return Answer(
        mean=found.mean,
        bands=(
            found.lower[eighty],
            found.upper[eighty],
            found.lower[ninety_five],
            found.upper[ninety_five],
        ),
        totals=np.stack(totals).transpose(2, 1, 0),
        methods=methods(model, len(panel)),
    )


def methods(model: Calibrated, n: int) -> list[str]:
    """By which method each series is forecast."""
    name, fitted = model.forecaster.name, model.fitted_
    if isinstance(fitted, GlobalTrees):
        return [MovingMedian.name if each else name for each in fitted.fallen_back_]
    chosen = getattr(fitted, "chosen_", None)
    return [name] * n if chosen is None else [str(each) for each in chosen]

"""How far off a forecast would have been in the last periods that are known.

The same method learns from what was known before them and is held to what was sold; a
plain mean is held to the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shop_personalize.ml.forecast.panel import Panel
from shop_personalize.supply.models import Grain
from shop_personalize.supply.services import engine

BACK = {Grain.DAY: 14, Grain.WEEK: 4, Grain.MONTH: 2}
"""Periods held back."""
PLAIN = 8
"""Periods of the plain mean."""
ORIGINS = 2
"""Fewer than of the forecast itself: bands are only counted here."""
FEWEST = 8
"""Periods a series must have before those held back to be looked at."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Backtest:
    """``errors`` (n,): each series' misses by what it sold, NaN where nothing was."""

    errors: Matrix
    told: dict[str, float | int | None]


def measure(panel: Panel, grain: str) -> Backtest | None:
    """None where too little is known to hold anything back."""
    back = BACK[Grain(grain)]
    cut = panel.periods - back
    if cut < FEWEST:
        return None
    rows = np.flatnonzero(panel.starts <= cut - FEWEST)
    if not len(rows):
        return None
    held = panel.take(rows)
    past = held.until(cut)
    truth = held.values[:, cut:]
    found = engine.learn(past, grain, back, origins=ORIGINS)
    plain = np.nanmean(past.values[:, -PLAIN:], axis=1)[:, None]
    errors = np.full(len(panel), np.nan)
    misses, sold = np.abs(truth - found.mean).sum(axis=1), truth.sum(axis=1)
    errors[rows] = np.divide(
        misses, sold, out=np.full(len(rows), np.nan), where=sold > 0
    )
    return Backtest(
        errors,
        {
            **score(truth, found.mean, found.bands),
            "plain": score(truth, plain, None)["wape"],
            "series": len(rows),
            "periods": back,
        },
    )


def score(
    truth: Matrix, mean: Matrix, bands: tuple[Matrix, ...] | None
) -> dict[str, float | None]:
    """WAPE, bias, and how many of the outcomes lay in the bands."""
    sold = float(truth.sum())
    told: dict[str, float | None] = {
        "wape": float(np.abs(truth - mean).sum()) / sold if sold else None,
        "bias": (float(np.broadcast_to(mean, truth.shape).sum()) - sold) / sold
        if sold
        else None,
    }
    if bands is not None:
        told["cover80"] = _inside(truth, bands[0], bands[1])
        told["cover95"] = _inside(truth, bands[2], bands[3])
    return told


def _inside(truth: Matrix, low: Matrix, high: Matrix) -> float:
    return float(((truth >= low) & (truth <= high)).mean())

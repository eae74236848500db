"""A large shop's weekly sales: 30,000 simulated products, two years, 13 weeks ahead.

Two in five products sell rarely, the others steadily; a third of those follows the
shop's year, some grow or fade, one in seven is younger than a year. What is measured
is the whole way from units to a forecast with its 80 % and 95 % intervals and a
quantile of the next four weeks' sum: in one process, on one core, memory with
everything in it. Errors are those of the 13 weeks that come, RMSE by each product's
mean. SERIES in the environment makes it smaller.
"""

from __future__ import annotations

import os
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.protocol import apart
from shop_personalize.ml.forecast.combined import Combined
from shop_personalize.ml.forecast.intervals import Calibrated
from shop_personalize.ml.forecast.naive import MovingAverage, SeasonalNaive
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel

if TYPE_CHECKING:
    from collections.abc import Callable

    from shop_personalize.management.console import Console
    from shop_personalize.ml.forecast.base import Forecaster

SERIES = int(os.environ.get("SERIES", "30000"))
PERIODS = 104
HORIZON = 13
LEAD = 4
SEASON = 52
LEVELS = (0.8, 0.95)
SEED = 7


def run(console: Console) -> dict[str, Any]:
    values = sales(SERIES, PERIODS + HORIZON, np.random.default_rng(SEED))
    panel = Panel(values[:, :PERIODS], season=SEASON)
    truth = values[:, PERIODS:]
    plain = Panel(panel.values, season=1)
    make: dict[str, tuple[Callable[[], Forecaster], Panel]] = {
        "ours": (Combined, panel),
        "ours, no season": (Combined, plain),
        "8-week mean": (MovingAverage, panel),
        "seasonal naive": (SeasonalNaive, panel),
    }
    return {
        "benchmark": "panel",
        "protocol": f"{SERIES} series, {PERIODS} weeks, {HORIZON} ahead, simulated",
        "systems": [
            apart(name, partial(judged, build, given, truth))
            for name, (build, given) in make.items()
        ],
    }


def judged(
    build: Callable[[], Forecaster], panel: Panel, truth: FloatMatrix
) -> dict[str, Any]:
    began = time.process_time()
    model = Calibrated(build(), LEVELS, horizon=HORIZON).fit(panel)
    found = model.predict(HORIZON)
    stock = model.totals(LEAD, 0.95)
    took = round(time.process_time() - began, 2)
    level = np.maximum(np.nanmean(panel.values, axis=1), 0.1)
    errors = np.sqrt(((truth - found.mean) ** 2).mean(axis=1)) / level
    inside = (truth >= found.lower) & (truth <= found.upper)
    return {
        "metrics": {
            "rmse by mean": round(float(errors.mean()), 4),
            "WAPE": round(float(np.abs(truth - found.mean).sum() / truth.sum()), 4),
            **{
                f"inside {share:.0%}": round(float(inside[place].mean()), 4)
                for place, share in enumerate(LEVELS)
            },
            "4 weeks within their 95%": round(
                float((truth[:, :LEAD].sum(axis=1) <= stock).mean()), 4
            ),
        },
        "fit_s": took,
    }


def sales(n: int, periods: int, draw: np.random.Generator) -> FloatMatrix:
    """Units a week (n, periods), NaN before a product came."""
    rare = draw.random(n) < 0.4
    level = np.where(rare, draw.uniform(0.05, 0.6, n), np.exp(draw.normal(2, 1.2, n)))
    growth = np.where(rare, 0.0, draw.normal(0, 0.004, n))
    weeks = np.arange(periods)
    mean = level[:, None] * np.exp(growth[:, None] * (weeks - periods / 2))
    strength = np.where(~rare & (draw.random(n) < 1 / 3), draw.uniform(0.3, 1, n), 0)
    mean *= np.exp(strength[:, None] * year(weeks))
    mean *= np.exp(draw.normal(0, 0.03, (n, periods)).cumsum(axis=1))
    calm = draw.uniform(1, 8, n)[:, None]
    units = draw.poisson(mean * draw.gamma(calm, 1 / calm, (n, periods)))
    return begun(units.astype(np.float64), draw)


def year(weeks: NDArray[np.int64]) -> NDArray[np.float64]:
    """The shop's year on logs: a wave, and the weeks before Christmas."""
    place = weeks % SEASON
    return 0.3 * np.sin(2 * np.pi * place / SEASON) + 0.7 * (abs(place - 48) < 3)


def begun(units: FloatMatrix, draw: np.random.Generator) -> FloatMatrix:
    """One in seven products came less than a year before the last training week."""
    n, periods = units.shape
    young = draw.random(n) < 1 / 7
    start = np.where(young, draw.integers(PERIODS - 51, PERIODS - 1, n), 0)
    return np.where(np.arange(periods) < start[:, None], np.nan, units)

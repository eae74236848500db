"""The M3 competition: 3,003 yearly, quarterly, monthly and other series.

sMAPE is 200 |y - f| / (|y| + |f|), the mean over all 37,014 points; MASE the mean over
series of the mean error by that of the seasonal naive forecast in the training part.
Intervals learn from the training part alone; a series' noise is its seasonal naive
error by its level there. ``validation`` is the mean sMAPE of three windows inside the
training part, ended by its last horizon or half or a whole one before: what the
defaults of ``Combined`` were chosen by. With SLOW=1 statsforecast runs too, alone and
together with ours (three minutes).
"""

from __future__ import annotations

import gzip
import json
import os
import time
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.protocol import apart, data_dir
from shop_personalize.ml.forecast.combined import (
    Combined,
    Deseasonalized,
    OnLogs,
    default_members,
)
from shop_personalize.ml.forecast.intervals import Calibrated
from shop_personalize.ml.forecast.naive import SeasonalNaive, seasonal_error
from shop_personalize.ml.forecast.panel import FloatMatrix, Panel
from shop_personalize.ml.forecast.smoothing import Damped
from shop_personalize.ml.forecast.temporal import Aggregated
from shop_personalize.ml.forecast.theta import DynamicTheta, Theta

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from shop_personalize.management.console import Console
    from shop_personalize.ml.forecast.base import Forecaster

    Build = Callable[[], Forecaster]
    Parts = Mapping[str, tuple[Panel, FloatMatrix]]

SEASONS = {"yearly": 1, "quarterly": 4, "monthly": 12, "other": 1}
SHIFTS = (1.0, 1.5, 2.0)
LEVELS = (0.8, 0.95)
SLOW = os.environ.get("SLOW") == "1"


def run(console: Console) -> dict[str, Any]:
    folder = data_dir("m3-competition")
    parts = read(folder)
    rows = [
        apart(name, partial(judged, build, parts)) for name, build in systems().items()
    ]
    validation = candidates(validating(parts))
    rows[0]["validation"] = validation
    intervals = apart("ours, intervals", partial(covered, parts))
    return {
        "benchmark": "m3",
        "protocol": f"{sum(len(each) for each, _ in parts.values())} series, "
        f"{sum(truth.size for _, truth in parts.values())} points ahead",
        "systems": [*rows, intervals],
        "published": published(folder),
    }


def systems() -> dict[str, Build]:
    found: dict[str, Build] = {
        "ours": Combined,
        "ours, damped trend on logs": lambda: Deseasonalized(OnLogs(Damped())),
        "ours, dynamic theta": lambda: Deseasonalized(DynamicTheta()),
        "ours, theta on logs": lambda: Deseasonalized(OnLogs(Theta())),
        "seasonal naive": SeasonalNaive,
    }
    return found | (together() if SLOW else {})


def together() -> dict[str, Build]:
    """With the extra ``[forecast]``."""
    from shop_personalize.ml.forecast.with_statsforecast import StatsModels

    names = ("AutoETS", "AutoCES", "DynamicOptimizedTheta")
    return {
        "statsforecast median": lambda: StatsModels(names),
        "ours and statsforecast": lambda: Combined([Combined(), StatsModels(names)]),
    }


def judged(build: Build, parts: Parts) -> dict[str, Any]:
    began = time.process_time()
    found = {
        name: build().fit(panel).predict(truth.shape[1])
        for name, (panel, truth) in parts.items()
    }
    return {"metrics": measured(found, parts), "fit_s": cpu_since(began)}


def measured(found: Mapping[str, FloatMatrix], parts: Parts) -> dict[str, float]:
    errors = {name: smape(truth, found[name]) for name, (_, truth) in parts.items()}
    scaled = [
        np.abs(truth - found[name]).mean(axis=1) / seasonal_error(panel)[:, 0]
        for name, (panel, truth) in parts.items()
    ]
    return {
        "smape": pooled(errors.values()),
        "mase": round(float(np.concatenate(scaled).mean()), 3),
        **{f"smape {name}": pooled([each]) for name, each in errors.items()},
    }


def smape(truth: FloatMatrix, found: FloatMatrix) -> FloatMatrix:
    shares: FloatMatrix = np.abs(truth - found) / (np.abs(truth) + np.abs(found))
    return 200 * shares


def pooled(errors: Any) -> float:
    return round(float(np.concatenate([each.ravel() for each in errors]).mean()), 3)


def cpu_since(began: float) -> float:
    return round(time.process_time() - began, 2)


def validating(parts: Parts) -> list[Parts]:
    """The same task inside the training part, three times."""
    return [
        {name: earlier(panel, truth, shift) for name, (panel, truth) in parts.items()}
        for shift in SHIFTS
    ]


def earlier(
    panel: Panel, truth: FloatMatrix, shift: float
) -> tuple[Panel, FloatMatrix]:
    horizon = truth.shape[1]
    cut = panel.periods - round(shift * horizon)
    past = panel.until(cut)
    rows = np.flatnonzero(cut - past.starts >= 8)
    return past.take(rows), panel.values[rows, cut : cut + horizon]


def candidates(windows: list[Parts]) -> dict[str, float]:
    """Every choice of members, and other seasons than those ``Combined`` believes."""
    names = ("damped trend on logs", "dynamic theta", "theta on logs")
    members = dict(zip(names, default_members(), strict=True))
    makes: dict[str, Build] = {
        " + ".join(chosen): partial(
            Deseasonalized, Combined([members[name] for name in chosen])
        )
        for count in range(1, len(names) + 1)
        for chosen in combinations(names, count)
    }
    for critical, memory in ((0.0, 0.8), (1.645, 0.8), (1.0, 1.0), (1.0, 0.6)):
        makes[f"all, not of blocks, critical {critical}, memory {memory}"] = partial(
            Deseasonalized, Combined(default_members()), critical, memory
        )
    found = {name: mean_smape(make, windows) for name, make in makes.items()}
    monthly: list[Parts] = [{"monthly": parts["monthly"]} for parts in windows]
    for periods in (1, 2, 3, 4, 6):
        of_blocks = partial(half_of_blocks, periods)
        found[f"monthly, half of blocks of {periods}"] = mean_smape(of_blocks, monthly)
    return found


def half_of_blocks(periods: int) -> Forecaster:
    usual = Combined(default_members())
    blocks = usual if periods == 1 else Aggregated(Combined(default_members()), periods)
    return Deseasonalized(Combined([usual, blocks]))


def mean_smape(make: Build, windows: list[Parts]) -> float:
    found = [judged(make, parts)["metrics"]["smape"] for parts in windows]
    return round(float(np.mean(found)), 3)


def covered(parts: Parts) -> dict[str, Any]:
    """Shares inside of the intervals, also by quarters of the series by noise."""
    began = time.process_time()
    metrics: dict[str, float] = {}
    for name, (panel, truth) in parts.items():
        model = Calibrated(Combined(), LEVELS, horizon=truth.shape[1]).fit(panel)
        found = model.predict(truth.shape[1])
        scale = seasonal_error(panel)
        quarter = quarters(scale[:, 0] / np.nanmean(panel.values, axis=1))
        for place, level in enumerate(LEVELS):
            lower, upper = found.lower[place], found.upper[place]
            label = f"{level:.0%} {name}"
            inside = (truth >= lower) & (truth <= upper)
            metrics[label] = share(inside)
            metrics |= {
                f"{label}, noise quarter {each + 1}": share(inside[quarter == each])
                for each in range(4)
            }
            beyond = np.maximum(lower - truth, 0) + np.maximum(truth - upper, 0)
            width = (upper - lower + 2 / (1 - level) * beyond) / scale
            metrics[f"MSIS {label}"] = round(float(width.mean()), 3)
    return {"metrics": metrics, "fit_s": cpu_since(began)}


def share(inside: NDArray[np.bool_]) -> float:
    return round(float(inside.mean()), 4)


def quarters(noise: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.searchsorted(np.quantile(noise, (0.25, 0.5, 0.75)), noise)


def read(folder: Path) -> dict[str, tuple[Panel, FloatMatrix]]:
    """The training panel and what came then, by frequency."""
    series = lines(folder / "M3.jsonl.gz")
    found = {}
    for name, season in SEASONS.items():
        mine = [each for each in series if each["period"].lower() == name]
        longest = max(len(each["train"]) for each in mine)
        values = np.full((len(mine), longest), np.nan)
        for row, each in zip(values, mine, strict=True):
            row[longest - len(each["train"]) :] = each["train"]
        truth = np.array([each["test"] for each in mine], np.float64)
        found[name] = Panel(values, season), truth
    return found


def published(folder: Path) -> dict[str, dict[str, float]]:
    """sMAPE of the competition's methods, from the forecasts their authors sent in."""
    truths = truth_of(folder)
    errors: dict[str, list[NDArray[np.float64]]] = {}
    for each in lines(folder / "M3_published_forecasts.jsonl.gz"):
        truth = truths[each["series"]]
        sent = np.array(each["forecast"][: len(truth)], np.float64)
        errors.setdefault(each["method"], []).append(smape(truth, sent))
    return {
        name: {"smape": round(float(np.nanmean(np.concatenate(each))), 3)}
        | ({} if len(each) == len(truths) else {"series": len(each)})
        for name, each in errors.items()
    }


def truth_of(folder: Path) -> dict[str, NDArray[np.float64]]:
    return {
        each["id"]: np.array(each["test"], np.float64)
        for each in lines(folder / "M3.jsonl.gz")
    }


def lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt") as file:
        return [json.loads(line) for line in file]

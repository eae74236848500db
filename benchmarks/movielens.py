"""Ratings to come: movielens-100k, the five folds u1 to u5 of its authors.

Every fold is learned from its base file alone: what is rated there, the genres and
years of the films, the age, sex and occupation of the users. RMSE and MAE are means
over the folds. Method and parameters are chosen anew in each fold, by hiding a fifth
of its base file.
"""

from __future__ import annotations

import gzip
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.peers import RATINGS, beside
from benchmarks.protocol import apart, data_dir
from shop_personalize.ml.ratings import (
    Baseline,
    GradientFactors,
    SampledFactors,
    choose_rating,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from benchmarks.peers import Peer
    from shop_personalize.management.console import Console

FOLDS = ("u1", "u2", "u3", "u4", "u5")
SHAPE = (943, 1682)
BUDGET_SECONDS = 20.0
Fold = tuple["NDArray[np.int64]", "NDArray[np.int64]"]
"""Rows (user, item, rating, second) of the base and of the test file; codes from 0."""
PUBLISHED = {
    "Surprise SVD": {"rmse": 0.934, "mae": 0.737},
    "Surprise SVD++": {"rmse": 0.919, "mae": 0.721},
    "Surprise k-NN Baseline": {"rmse": 0.931, "mae": 0.733},
    "Surprise NMF": {"rmse": 0.963, "mae": 0.758},
    "Surprise Baseline": {"rmse": 0.944, "mae": 0.748},
}
"""README of scikit-surprise 1.1.4, five folds of its own over the same ratings."""


def run(console: Console, folds: tuple[str, ...] = FOLDS) -> dict[str, Any]:
    folder = data_dir("movielens-100k")
    parts = [read_fold(folder, name) for name in folds]
    facts = {
        "user_features": read_users(folder),
        "item_features": read_items(folder),
    }
    rows = [
        apart("ours", lambda: judged(parts, lambda base: _chosen(base, facts))),
        apart("ours, default", lambda: judged(parts, _with(SampledFactors, facts))),
        apart("ours, ratings alone", lambda: judged(parts, _with(SampledFactors, {}))),
        apart("ours, gradient", lambda: judged(parts, _with(GradientFactors, {}))),
        apart("ours, biases", lambda: judged(parts, _with(Baseline, {}))),
    ]
    rows += beside(console, RATINGS.values(), lambda peer: judged(parts, _peer(peer)))
    return {
        "benchmark": "movielens",
        "protocol": f"RMSE and MAE, mean of the folds {', '.join(folds)}",
        "systems": rows,
        "published": PUBLISHED,
    }


def judged(parts: list[Fold], fit: Callable[[Any], Any]) -> dict[str, Any]:
    """Fit on each base file, predict its test file; seconds are of one fold.

    ``fit_s`` is the clock without the choice, ``fit_cpu_s`` includes it.

    ``fit`` returns the prediction and, if it chose, how: {"method", "params", ...}.
    """
    errors, seconds, cpu, chosen = [], [], [], []
    for base, test in parts:
        began, used = time.monotonic(), time.process_time()
        predict, more = fit(base)
        seconds.append(time.monotonic() - began - more.get("choose_s", 0.0))
        cpu.append(time.process_time() - used)
        expected = predict(test[:, 0], test[:, 1])
        errors.append(expected - test[:, 2])
        chosen.append(more)
    rmse = [float(np.sqrt(np.mean(error**2))) for error in errors]
    mae = [float(np.abs(error).mean()) for error in errors]
    return {
        "metrics": {"rmse": _mean(rmse, 4), "mae": _mean(mae, 4)},
        "fit_s": _mean(seconds, 2),
        "fit_cpu_s": _mean(cpu, 2),
        "folds": {"rmse": np.round(rmse, 4), "mae": np.round(mae, 4)},
        **({"chosen": chosen} if any(chosen) else {}),
    }


def _mean(values: list[float], digits: int) -> float:
    return round(float(np.mean(values)), digits)


def _chosen(base: NDArray[np.int64], facts: dict[str, Any]) -> Any:
    columns = base[:, 0], base[:, 1], base[:, 2]
    began = time.monotonic()
    choice = choose_rating(
        *columns, SHAPE, **facts, clock=time.monotonic, budget_seconds=BUDGET_SECONDS
    )
    took = time.monotonic() - began
    model = choice.build().fit(*columns, SHAPE, **facts)
    return model.predict, {
        "method": choice.method,
        "params": choice.params,
        "rmse hidden": round(choice.score, 4),
        "trials": len(choice.table),
        "choose_s": round(took, 2),
    }


def _with(model: Any, facts: dict[str, Any]) -> Callable[[Any], Any]:
    def fit(base: NDArray[np.int64]) -> Any:
        fitted = model().fit(base[:, 0], base[:, 1], base[:, 2], SHAPE, **facts)
        return fitted.predict, {}

    return fit


def _peer(peer: Peer) -> Callable[[Any], Any]:
    def fit(base: NDArray[np.int64]) -> Any:
        return peer.fit(base[:, 0], base[:, 1], base[:, 2].astype(float)), {}

    return fit


def read_fold(folder: Path, name: str) -> Fold:
    base, test = (_ratings(folder / f"{name}.{part}.gz") for part in ("base", "test"))
    return base, test


def _ratings(path: Path) -> NDArray[np.int64]:
    with gzip.open(path, "rt") as lines:
        rows = np.loadtxt(lines, dtype=np.int64, ndmin=2)
    rows[:, :2] -= 1
    return rows


def read_users(folder: Path) -> NDArray[np.float64]:
    """Decade of age, sex and occupation as columns of 0 and 1, (943, f)."""
    with (folder / "u.user").open(encoding="latin-1") as lines:
        rows = [line.rstrip("\n").split("|") for line in lines]
    facts = [(f"age {int(age) // 10}", sex, job) for _, age, sex, job, _ in rows]
    return _columns(facts)


def read_items(folder: Path) -> NDArray[np.float64]:
    """Genres, and two years at a time of the release, as columns of 0 and 1."""
    with gzip.open(folder / "u.item.gz", "rt", encoding="latin-1") as lines:
        rows = [line.rstrip("\n").split("|") for line in lines]
    genres = np.array([[float(flag) for flag in row[5:24]] for row in rows])
    years = [int(row[2][-4:]) if row[2] else 0 for row in rows]
    return np.hstack([genres, _columns([(max(year, 1978) // 2,) for year in years])])


def _columns(facts: list[tuple[Any, ...]]) -> NDArray[np.float64]:
    names = sorted({name for row in facts for name in row}, key=str)
    at = {name: column for column, name in enumerate(names)}
    table = np.zeros((len(facts), len(names)))
    for row, found in enumerate(facts):
        table[row, [at[name] for name in found]] = 1.0
    return table

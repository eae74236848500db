"""How often the interval of double machine learning holds the true elasticity."""

from __future__ import annotations

from time import monotonic
from typing import Any

import numpy as np
from scipy.special import expit

from shop_personalize.ml.optimize.prices import PartiallyLinear

RUNS, ROWS = 500, 500
REPETITIONS = 3
LEARNER: Any = "curves"
PROTOCOL = (
    f"{RUNS} simulated data sets of {ROWS} rows each, 5 folds, the median of "
    f"{REPETITIONS} repetitions, interval of 95 %. "
    "'demand': 5 drivers move price and sales in curves, steps and products, "
    "elasticity -2; 'robinson': the partially linear design of Chernozhukov et al. "
    "(2018) with 20 correlated drivers, effect 0.5; 'naive': the slope of y on d "
    "alone. Learner: ridge on splines of each driver"
)


def measure() -> dict[str, Any]:
    began = monotonic()
    metrics: dict[str, float] = {}
    for name, draw in DESIGNS.items():
        rng = np.random.default_rng(7)
        found = [once(*draw(rng)) for _ in range(RUNS)]
        inside, off, naive = (np.array(column) for column in zip(*found, strict=True))
        metrics |= {
            f"{name}_coverage": round(float(inside.mean()), 4),
            f"{name}_bias": round(float(off.mean()), 4),
            f"{name}_sd": round(float(off.std()), 4),
            f"{name}_naive_bias": round(float(naive.mean()), 4),
        }
    return {"metrics": metrics, "fit_s": round(monotonic() - began, 2)}


def once(
    y: np.ndarray, d: np.ndarray, x: np.ndarray, effect: float
) -> tuple[bool, float, float]:
    model = PartiallyLinear(learner=LEARNER, repetitions=REPETITIONS).fit(y, d, x)
    centered = d - d.mean()
    naive = float(centered @ y / (centered @ centered))
    return model.low_ <= effect <= model.high_, model.effect_ - effect, naive - effect


def demand(
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    x = rng.uniform(-1, 1, (ROWS, 5))
    wave, step = np.sin(np.pi * x[:, 0]), x[:, 1] > 0
    d = 0.3 * wave + 0.2 * step + 0.2 * x[:, 2] ** 2 - 0.1 * x[:, 0] * x[:, 3]
    d = d + 0.3 * rng.normal(size=ROWS)
    y = np.cos(np.pi * x[:, 0]) + 0.8 * step * x[:, 2] + 0.5 * np.abs(x[:, 3])
    y = y - 2.0 * d + 0.5 * wave + 0.5 * rng.normal(size=ROWS)
    return y, d, x, -2.0


def robinson(
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    alike = 0.7 ** np.abs(np.subtract.outer(np.arange(20), np.arange(20)))
    x = rng.normal(size=(ROWS, 20)) @ np.linalg.cholesky(alike).T
    d = x[:, 0] + 0.25 * expit(x[:, 2]) + rng.normal(size=ROWS)
    y = 0.5 * d + expit(x[:, 0]) + 0.25 * x[:, 2] + rng.normal(size=ROWS)
    return y, d, x, 0.5


DESIGNS = {"demand": demand, "robinson": robinson}

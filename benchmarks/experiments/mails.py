"""hillstrom-email: two campaigns against none, 64,000 customers by mail order."""

from __future__ import annotations

import csv
import gzip
from typing import Any

import numpy as np

from benchmarks.protocol import data_dir
from shop_personalize.ml.trials import Moments, compare, holm, sample_ratio

DATA = ("hillstrom-email",)
PROTOCOL = (
    "visit, order and spend within two weeks of the mail; adjusted by last year's"
    " spend; one look, interval of 95 %; visits published: +7.66 and +4.52 points"
)
NONE, MENS, WOMENS = "No E-Mail", "Mens E-Mail", "Womens E-Mail"
METRICS = {"visit": 100.0, "conversion": 100.0, "spend": 1.0}
"""Unit: points, points, dollars a customer."""


def measure() -> dict[str, Any]:
    path = data_dir("hillstrom-email") / "hillstrom.csv.gz"
    with gzip.open(path, "rt") as file:
        rows = list(csv.DictReader(file))
    group = np.array([row["segment"] for row in rows])
    history = np.array([float(row["history"]) for row in rows])
    metrics: dict[str, Any] = {}
    for metric, unit in METRICS.items():
        values = unit * np.array([float(row[metric]) for row in rows])
        for mail in (MENS, WOMENS):
            arms = [
                Moments.of(values[group == name], before=history[group == name])
                for name in (NONE, mail)
            ]
            metrics[f"{metric}, {mail}"] = figures(arms)
    p_values = [each["p"] for each in metrics.values()]
    for each, corrected in zip(metrics.values(), holm(p_values), strict=True):
        each["p, Holm"] = float(f"{corrected:.2g}")
    counts = [int((group == name).sum()) for name in (NONE, MENS, WOMENS)]
    return {"metrics": metrics, "split": round(sample_ratio(counts, (1, 1, 1)), 3)}


def figures(arms: list[Moments]) -> dict[str, Any]:
    plain, adjusted = compare(*arms), compare(*arms, adjust=True)
    return {
        "difference": round(plain.difference, 3),
        "interval": [round(plain.low, 3), round(plain.high, 3)],
        "relative": round(plain.relative, 3),
        "p": plain.p_value,
        "adjusted": round(adjusted.difference, 3),
        "adjusted interval": [round(adjusted.low, 3), round(adjusted.high, 3)],
        "variance cut": round(adjusted.cut, 4),
    }

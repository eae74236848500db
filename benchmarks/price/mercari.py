"""Prices of products nobody has sold yet, from what their pages say.

Real data: mercari-100k (offers of a marketplace: title, description, brand, category,
condition, who pays the shipping).
"""

from __future__ import annotations

import csv
import gzip
from time import monotonic
from typing import Any

import numpy as np

from benchmarks.protocol import data_dir
from shop_personalize.ml.optimize.prices.new_product import Listings, NewPrice

DATA = ("mercari-100k",)
SEED, TEST = 0, 0.2
NOTHING_SAID = "No description yet"
PROTOCOL = (
    "prices above 0, a random fifth (seed 0) is the test part; RMSLE of log(price + 1) "
    "beside the mean logarithm of the training part; share of test prices in the "
    "interval of 80 %; everything was chosen on a fifth of the training part"
)


def measure() -> dict[str, Any]:
    offers, prices = read()
    order = np.random.default_rng(SEED).permutation(len(prices))
    test, train = np.split(order, [int(TEST * len(order))])
    began = monotonic()
    model = NewPrice().fit(offers.take(train), prices[train])
    fit_s = monotonic() - began
    began = monotonic()
    price, low, high = model.predict(offers.take(test))
    predict_s = monotonic() - began
    truth = prices[test]
    inside = (low <= truth) & (truth <= high)
    constant = np.full(len(test), np.expm1(np.log1p(prices[train]).mean()))
    return {
        "metrics": {
            "rmsle": rmsle(price, truth),
            "rmsle_constant": rmsle(constant, truth),
            "coverage_80": round(float(inside.mean()), 4),
            "interval_high_over_low": round(float(np.median(high / low)), 3),
        },
        "weights": model.parts_.weights_.round(3).tolist(),
        "fit_s": round(fit_s, 1),
        "predict_s": round(predict_s, 1),
    }


def rmsle(price: np.ndarray, truth: np.ndarray) -> float:
    error = np.log1p(price) - np.log1p(truth)
    return round(float(np.sqrt(np.mean(error**2))), 5)


def read() -> tuple[Listings, np.ndarray]:
    path = data_dir("mercari-100k") / "mercari.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if float(row["price"]) > 0]
    offers = Listings(
        titles=[row["name"] for row in rows],
        texts=[row["item_description"].replace(NOTHING_SAID, "") for row in rows],
        brands=[row["brand_name"] for row in rows],
        categories=[row["category_name"].split("/") for row in rows],
        attributes={
            "condition": [row["item_condition_id"] for row in rows],
            "shipping": [row["shipping"] for row in rows],
        },
    )
    return offers, np.array([float(row["price"]) for row in rows])

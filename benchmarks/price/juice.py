"""Own-price elasticities of juice: known figures reproduced."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import Any

import numpy as np

from benchmarks.price.dominicks import sales
from shop_personalize.ml.optimize.prices import CrossElasticities, Elasticities, Sales

DATA = ("orangejuice-dominicks",)
PROTOCOL = (
    "log units on the log prices of all 11 brands, deal and feat, within store, least "
    "squares, beside known figures (2 decimals); three brands alone, stores pooled and "
    "nothing else known, beside Taddy, Business Data Science: Dominick's, Minute Maid "
    "and Tropicana, a pack of 64 oz at its price in whole cents"
)
KNOWN = (-2.78, -1.84, -3.33, -3.85, -2.91, -2.47, -3.63, -2.73, -4.09, -2.83, -1.00)
THREE = np.array([9, 4, 0])
TADDY = {
    "alone": (4, (-3.3775, -3.3207, -2.7118)),
    "same_slope": (4, (-3.1387,)),
    "same_line": (3, (-1.601,)),
    "without_feature": (2, (-2.77, -1.99, -2.04)),
    "with_feature": (2, (-3.25, -3.57, -3.50)),
}


def measure() -> dict[str, Any]:
    all_brands = sales()
    began = monotonic()
    market = CrossElasticities(shrink=False).fit(all_brands).markets_[0]
    seconds = round(monotonic() - began, 2)
    own = np.diag(market.values)
    taddy = three(all_brands)
    return {
        "metrics": {
            "within_2_decimals": int((np.round(own, 2) == KNOWN).sum()),
            "of": len(KNOWN),
            "taddy_within_last_decimal": sum(
                int(
                    (
                        np.abs(np.round(taddy[name], places) - known) < 1.5 / 10**places
                    ).sum()
                )
                for name, (places, known) in TADDY.items()
            ),
            "taddy_of": sum(len(known) for _, known in TADDY.values()),
        },
        "elasticities": np.round(own, 4),
        "standard_errors": np.round(np.diag(market.errors), 4),
        "taddy": {name: np.round(slopes, 5).tolist() for name, slopes in taddy.items()},
        "fit_s": seconds,
    }


def three(all_brands: Sales) -> dict[str, np.ndarray]:
    """Slopes of three brands: one each, one for all, and with and without a feature."""
    pooled = replace(all_brands, place=None)
    feature = np.asarray(all_brands.controls)[:, 1]
    among = np.isin(all_brands.item, THREE)
    one = np.zeros(len(among), np.int64)
    return {
        "alone": slopes(pooled, among)[THREE],
        "same_slope": slopes(replace(pooled, item=one, place=all_brands.item), among),
        "same_line": slopes(replace(pooled, item=one), among),
        "without_feature": slopes(pooled, among & (feature == 0))[THREE],
        "with_feature": slopes(pooled, among & (feature > 0))[THREE],
    }


def slopes(all_brands: Sales, rows: np.ndarray) -> np.ndarray:
    few = Sales(
        item=all_brands.item[rows],
        units=all_brands.units[rows],
        price=np.round(all_brands.price[rows] * 64, 2),
        place=all_brands.places[rows],
    )
    return Elasticities(method="log", season=None).fit(few).own_

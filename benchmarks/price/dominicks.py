"""Chilled orange juice at Dominick's: 11 brands, 83 stores, 121 weeks."""

from __future__ import annotations

from functools import cache

import numpy as np
from pyarrow import csv

from benchmarks.protocol import data_dir
from shop_personalize.ml.optimize.prices import Sales

DATA = "orangejuice-dominicks"
BRANDS = 11


@cache
def columns() -> dict[str, np.ndarray]:
    table = csv.read_csv(data_dir(DATA) / "yx.csv.gz")
    return {name: table[name].to_numpy().astype(float) for name in table.column_names}


def sales(rows: np.ndarray | None = None) -> Sales:
    """Ounces sold by store, brand and week, with deal and feature as controls."""
    of = {
        name: column if rows is None else column[rows]
        for name, column in columns().items()
    }
    brand = of["brand"].astype(np.int64) - 1
    prices = np.stack([of[f"price{each}"] for each in range(1, BRANDS + 1)])
    return Sales(
        item=brand,
        units=np.exp(of["logmove"]),
        price=prices[brand, np.arange(len(brand))],
        place=of["store"].astype(np.int64),
        period=of["week"].astype(np.int64),
        controls=np.stack([of["deal"], of["feat"]], axis=1),
    )

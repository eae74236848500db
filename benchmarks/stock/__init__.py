"""Two years of the demo shop, sold from a stock: a fixed reorder point or forecasts.

``PRODUCTS`` products that earned most in the first ``WARM_UP`` weeks, chosen by those
weeks alone; lead times of 3 to 21 days drawn once; orders on Mondays. The rest of the
history is simulated day by day; what is asked for beyond the stock is lost. Policies
see the past of their own sales only. The frontier of the fixed point is traced over its
factor, so that it is compared at the service that the other reached: a factor chosen
with hindsight, which flatters it.

Rows named "as the slice" order as the slice ``supply`` suggests: its quantiles, the
level that the past corrects, single units and not lots.

Rows named "next 600" are the products that earned next most: the defaults of
``LeadTimeSums`` were chosen on the first 600.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.protocol import system, timed
from benchmarks.stock import blocks
from benchmarks.stock.as_slice import AsSlice
from benchmarks.stock.history import PRODUCTS, WARM_UP, Shop, read
from benchmarks.stock.policies import FixedPoint, Forecasting, by_worth, usual_z
from benchmarks.stock.running import Outcome, simulate

if TYPE_CHECKING:
    from shop_personalize.management.console import Console

TARGETS = (0.9, 0.95, 0.98)
FACTORS = (0.25, 0.5, 0.75, 1.0, 1.3, 1.64, 2.0, 2.5, 3.0, 3.75, 4.5, 6.0, 8.0)
OURS: dict[str, dict[str, bool]] = {
    "ours, equal service": {},
    "ours, by worth": {"differs": True},
    "weekly sums, equal service": {"weekly": True},
    "weekly sums, by worth": {"weekly": True, "differs": True},
}
AS_SLICE: dict[str, dict[str, bool]] = {
    "as the slice, equal service": {},
    "as the slice, by worth": {"differs": True},
    "as the slice, the promise as the level": {"learns": False},
}
KEYS = ("cycle_service", "fill_rate")
SEEDS, SLIDERS, BLOCK_TARGET = range(3), (0.5, 1.0), 0.95


def run(console: Console) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    for name, after in (("first 600", 0), ("next 600", PRODUCTS)):
        for row in replenished(name, read(PRODUCTS, after)):
            console.line(f"{row['system']}: {row['metrics']}")
            rows.append(row)
    for row in shown(read(PRODUCTS)):
        console.line(f"{row['system']}: {row['metrics']}")
        rows.append(row)
    return {
        "benchmark": "stock",
        "protocol": f"demo shop, {WARM_UP} weeks learned from, the rest simulated",
        "systems": rows,
    }


def replenished(name: str, shop: Shop) -> list[dict[str, Any]]:
    """Every policy, and how much stock it saves at the service it reached."""
    frontier = [simulate(shop, FixedPoint(shop, z)) for z in FACTORS]
    found = [
        _row(f"fixed point, factor {z:g}, {name}", each, frontier)
        for z, each in zip(FACTORS, frontier, strict=True)
    ]
    for target in TARGETS:
        z = usual_z(target)
        fixed = partial(simulate, shop, FixedPoint(shop, z))
        spread = partial(simulate, shop, FixedPoint(shop, by_worth(shop, z)))
        label = f"{target:.0%}, {name}"
        found.append(_timed(f"fixed point, textbook {label}", fixed, frontier))
        found.append(_timed(f"fixed point, by worth {label}", spread, frontier))
        for told, how in OURS.items():
            ours = partial(_ours, shop, target, how)
            found.append(_timed(f"{told} {label}", ours, frontier))
        for told, how in AS_SLICE.items():
            made = partial(_as_slice, shop, target, how)
            found.append(_timed(f"{told} {label}", made, frontier))
    return found


def _ours(shop: Shop, target: float, how: dict[str, bool]) -> Outcome:
    return simulate(shop, Forecasting(shop, target, **how))


def _as_slice(shop: Shop, target: float, how: dict[str, bool]) -> Outcome:
    return simulate(shop, AsSlice(shop, target, **how))


def _timed(label: str, work: Any, frontier: list[Outcome]) -> dict[str, Any]:
    outcome, seconds = timed(work)
    return _row(label, outcome, frontier, seconds)


def _row(
    label: str, outcome: Outcome, frontier: list[Outcome], seconds: float = 0.0
) -> dict[str, Any]:
    metrics = outcome.facts()
    for key in KEYS:
        for what in ("stock_value", "stock_units"):
            usual = at_same(frontier, outcome, key, what)
            less = 1 - getattr(outcome, what) / usual
            metrics[f"less_{what}_at_{key}"] = round(less, 4)
    return system(label, metrics, seconds)


def at_same(frontier: list[Outcome], outcome: Outcome, key: str, what: str) -> float:
    """Stock of the fixed point where its ``key`` is the same, on straight lines.

    NaN where no factor tried comes to it.
    """
    service = [getattr(each, key) for each in frontier]
    stock = [getattr(each, what) for each in frontier]
    wanted = getattr(outcome, key)
    return float(np.interp(wanted, service, stock, left=np.nan, right=np.nan))


def shown(shop: Shop) -> list[dict[str, Any]]:
    """The slider at each setting, and what it changes against 0 with the same luck."""
    people = blocks.visitors(shop)
    plain = [blocks.Arm(shop, people, 0.0, BLOCK_TARGET, seed) for seed in SEEDS]
    usual, seconds = timed(partial(_run, plain))
    rows = [system("block, slider stock 0", _means(usual), seconds)]
    for slider in SLIDERS:
        for how, given in (("own orders", False), ("same deliveries", True)):
            deliveries = [arm.ordered if given else None for arm in plain]
            arms = [
                blocks.Arm(shop, people, slider, BLOCK_TARGET, seed, each)
                for seed, each in zip(SEEDS, deliveries, strict=True)
            ]
            told, seconds = timed(partial(_run, arms))
            metrics = _means(told) | _changes(told, usual)
            label = f"block, slider stock {slider:g}, {how}"
            rows.append(system(label, metrics, seconds))
    return rows


def _run(arms: list[blocks.Arm]) -> list[dict[str, float]]:
    return [arm.run() for arm in arms]


def _means(told: list[dict[str, float]]) -> dict[str, float]:
    return {
        key: round(float(np.mean([each[key] for each in told])), 4) for key in told[0]
    }


def _changes(
    told: list[dict[str, float]], usual: list[dict[str, float]]
) -> dict[str, float]:
    """Mean change, and its least and most over the seeds, in shares."""
    found = {}
    for key in ("lost_sales", "lost_units", "lost_value", "sold_value", "stock_value"):
        changes = [a[key] / b[key] - 1 for a, b in zip(told, usual, strict=True)]
        found[f"{key}_change"] = round(float(np.mean(changes)), 4)
        found[f"{key}_change_least"] = round(min(changes), 4)
        found[f"{key}_change_most"] = round(max(changes), 4)
    return found

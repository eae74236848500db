"""The demo shop's history: fit everything, search, and measure on the last 28 days.

Lines with a known customer, positive quantity and price, as the example shop has them.
Parameters are searched in the eight weeks before the hidden ones only.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq

from benchmarks.protocol import ROOT, DataMissingError, system, timed
from shop_personalize.ml.data import IdMap, Items, TrainingData
from shop_personalize.ml.evaluation import measure, popularity
from shop_personalize.registry import specs
from shop_personalize.training.evaluate import DAYS, evaluate, split
from shop_personalize.training.tune import tune

if TYPE_CHECKING:
    from shop_personalize.management.console import Console

FOLDER = ROOT / "example_project" / "data"
MINUTES = 1440.0
BUDGET = 240.0
"""What a shop's own search has when nobody waits for it."""
SHOWN = ("ndcg@10", "recall@10", "hit_rate@10", "coverage@10")


def run(console: Console) -> dict[str, Any]:
    data = read()
    systems = [
        *searched(data, console),
        *both("for_you, default", data, {}),
        *both("for_you, graph", data, {"method": "graph"}),
        *both("for_you, blend", data, {"method": "blend"}),
    ]
    for name, each in specs().items():
        if each.estimator and name != "for_you":
            _, fit_s = timed(partial(each.build({}).fit, data))
            systems.append(_row(name, data, each, fit_s))
    return {
        "benchmark": "demo",
        "protocol": f"last 28 days of {len(data)} lines, {data.n_items} products",
        "systems": systems,
    }


def searched(data: TrainingData, console: Console) -> list[dict[str, Any]]:
    """What the search settles on, which never sees the hidden days."""
    spec = specs()["for_you"]
    tuned, tune_s = timed(
        lambda: tune(data, spec, budget_seconds=BUDGET, progress=console.progress)
    )
    rows = both("ours", data, tuned.params)
    facts = {"choose_s": tune_s, "params": tuned.params, "method": tuned.method}
    return [{**row, **facts} for row in rows]


def both(
    label: str, data: TrainingData, params: dict[str, Any]
) -> list[dict[str, Any]]:
    """One model, asked for products new to the customer and with repeats."""
    spec = specs()["for_you"]
    made, fit_s = spec.build(params), 0.0
    rows: list[dict[str, Any]] = []
    for protocol, suffix in (("new", ""), ("repeat", ", with repeats")):
        past, cases = split(data, spec, {}, days=DAYS, protocol=protocol)
        if not rows:
            _, fit_s = timed(partial(made.fit, past))
        found, asked_s = timed(partial(measure, made, cases, past))
        usual = popularity(past, cases)
        shown = {name: found[name] for name in SHOWN}
        shown |= {f"popularity {name}": usual[name] for name in SHOWN[:2]}
        asked_ms = round(1000 * asked_s / max(len(cases), 1), 2)
        facts = {"cases": len(cases), "judged_by": protocol, "request_ms": asked_ms}
        rows.append(system(label + suffix, shown, fit_s, **facts))
    return rows


def _row(label: str, data: TrainingData, spec: Any, fit_s: float) -> dict[str, Any]:
    found = evaluate(data, spec, {})
    shown = {name: found.metrics[name] for name in SHOWN if name in found.metrics}
    beside = {f"popularity {name}": found.baseline[name] for name in SHOWN[:2] if shown}
    more = {"cases": found.cases, "judged_by": found.protocol}
    return system(label, {**shown, **beside}, fit_s, **more)


def read() -> TrainingData:
    """The lines of known customers, from the files the example shop is filled with."""
    if not (FOLDER / "lines.parquet").exists():
        raise DataMissingError(f"the example shop's history is absent: no {FOLDER}")
    lines = pq.read_table(FOLDER / "lines.parquet")
    orders = pq.read_table(FOLDER / "orders.parquet")
    products = pq.read_table(FOLDER / "products.parquet")
    order = np.repeat(np.arange(len(orders)), orders["lines"].to_numpy())
    customer = orders["customer"].fill_null(-1).to_numpy()[order]
    quantity, price = lines["quantity"].to_numpy(), lines["price"].to_numpy()
    time = orders["at"].to_numpy()[order] / MINUTES
    kept = np.flatnonzero((customer > 0) & (quantity > 0) & (price > 0))
    kept = kept[np.argsort(time[kept], kind="stable")]
    codes = products["code"].to_pylist()
    ids = IdMap.of(codes)
    place = ids.codes(codes)
    item = place[lines["product"].to_numpy()]
    _, visitor = np.unique(customer[kept], return_inverse=True)
    return TrainingData(
        ids=ids,
        items=_items(products, place),
        kinds=("purchase",),
        visitor=visitor.astype(np.int32),
        item=item[kept].astype(np.int32),
        kind=np.zeros(len(kept), np.int8),
        time=time[kept],
        quantity=quantity[kept].astype(np.float32),
        value=price[kept].astype(np.float32),
        order=order[kept].astype(np.int32),
        n_visitors=int(visitor.max()) + 1,
        now=float(time[kept[-1]]) + 1e-6,
    )


def _items(products: Any, place: Any) -> Items:
    items = Items.bare(len(place))
    for at, row in zip(place, products.to_pylist(), strict=True):
        items.titles[at] = row["title"]
        items.categories[at] = (row["category"],)
        items.prices[at] = row["price"]
    return items

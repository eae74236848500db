"""One place of stock: every instance of a single node beside the oracle's answer."""

from __future__ import annotations

from typing import Any

from benchmarks.inventory.comparing import Pairs
from benchmarks.inventory.families import FAMILIES
from benchmarks.inventory.instances import apart_by, data

PROTOCOL = (
    "every instance of a single node that comes with stockpyl; the largest relative "
    "difference of quantities, levels and costs, a family each"
)
SINGLE = {name: family for family, (_, names) in FAMILIES.items() for name in names}


def compared(name: str) -> Pairs:
    """What we and the oracle say of an instance."""
    compare, _ = FAMILIES[SINGLE[name]]
    return compare(data(name))


def measure() -> dict[str, Any]:
    rows: dict[str, list[dict[str, Any]]] = {
        name: [
            {"what": what, "ours": mine, "oracle": oracle}
            for what, mine, oracle in compared(name)
        ]
        for name in SINGLE
    }
    metrics: dict[str, float] = dict.fromkeys(FAMILIES, 0.0)
    for name, found in rows.items():
        farthest = max(apart_by(each["ours"], each["oracle"]) for each in found)
        metrics[SINGLE[name]] = max(metrics[SINGLE[name]], farthest)
    return {
        "metrics": {"instances": len(rows), "farthest": max(metrics.values())},
        "farthest by family": metrics,
        "instances": rows,
    }

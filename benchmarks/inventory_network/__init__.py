"""Many stages, periods and products at once, beside oracles and simpler rules."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from benchmarks.inventory_network import budget, lots

PROTOCOL = (
    "serial, assembly, distribution and promised-time systems beside every network "
    "that comes with stockpyl; 500 random lot-sizing instances beside Wagner and "
    "Whitin; one budget for 30,000 drawn products, CPU seconds on one core and the "
    "share of the dual bound that is missed"
)


def measure() -> dict[str, Any]:
    metrics: dict[str, Any] = {**lots.metrics(), **budget.metrics()}
    if not find_spec("stockpyl"):
        return {"metrics": metrics, "absent": "pip install stockpyl"}
    from benchmarks.inventory_network import echelons

    return {"metrics": {**echelons.metrics(), **metrics}}

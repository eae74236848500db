"""Stock policies beside stockpyl's textbook instances, and how long 30,000 take.

Every part states what it compares. The oracle is needed for comparing only; where it is
absent a part says so and the others run. No data set is read.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from benchmarks.protocol import apart

if TYPE_CHECKING:
    from shop_personalize.management.console import Console

PARTS = {
    "benchmarks.inventory.single": "stockpyl",
    "benchmarks.inventory.speed": "",
    "benchmarks.inventory_network": "",
}
"""Modules with a ``PROTOCOL`` and a ``measure()``, and what they cannot do without."""


def run(console: Console) -> dict[str, Any]:
    rows = []
    for path, oracle in PARTS.items():
        name = path.rpartition(".")[2]
        if oracle and not find_spec(oracle):
            rows.append({"system": name, "absent": f"pip install {oracle}"})
        else:
            module = import_module(path)
            rows.append({"protocol": module.PROTOCOL, **apart(name, module.measure)})
        console.line(f"{name}: {rows[-1].get('metrics', rows[-1])}")
    return {"benchmark": "inventory", "systems": rows}

"""How demand answers price and what follows from it, beside known figures.

Real data: orangejuice-dominicks (bayesm; chilled orange juice of 11 brands in 83 stores
of Dominick's, weekly). Where it is absent its section says so and the others, which are
simulated with fixed seeds, run.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from benchmarks.protocol import DataMissingError, apart, data_dir

if TYPE_CHECKING:
    from shop_personalize.management.console import Console

SECTIONS = ("juice", "shelf", "shop", "double", "rules", "clearance", "mercari")


def run(console: Console) -> dict[str, Any]:
    rows = []
    for name in SECTIONS:
        if find_spec(f"benchmarks.price.{name}") is None:
            continue
        module = import_module(f"benchmarks.price.{name}")
        try:
            for data in getattr(module, "DATA", ()):
                data_dir(data)
            rows.append({"protocol": module.PROTOCOL, **apart(name, module.measure)})
        except DataMissingError as missing:
            rows.append({"system": name, "absent": str(missing)})
        console.line(f"{name}: {rows[-1].get('metrics', rows[-1])}")
    return {"benchmark": "price", "protocol": PROTOCOL, "systems": rows}


PROTOCOL = "each section says what it compares; nothing is chosen on a test part"

"""How demand answers price and what follows from it, beside known figures.

Real data: orangejuice-dominicks (bayesm; chilled orange juice of 11 brands in 83 stores
of Dominick's, weekly). Where it is absent its section says so and the others, which are
simulated with fixed seeds, run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.parts import measured

if TYPE_CHECKING:
    from shop_personalize.management.console import Console

SECTIONS = ("juice", "shelf", "shop", "double", "rules", "clearance", "mercari")
PROTOCOL = "each section says what it compares; nothing is chosen on a test part"


def run(console: Console) -> dict[str, Any]:
    rows = measured(__name__, SECTIONS, console)
    return {"benchmark": "price", "protocol": PROTOCOL, "systems": rows}

"""The mathematics of experiments, beside closed forms, naive tests and statsmodels.

Every part states what it simulates. The seeds are fixed, so each figure comes out the
same again. Real data: hillstrom-email, open-bandit-small and lastfm-hetrec; where they
are absent a part says so and the others run.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from benchmarks.protocol import DataMissingError, apart, data_dir

if TYPE_CHECKING:
    from shop_personalize.management.console import Console

PARTS = (
    "peeking",
    "sizes",
    "power",
    "coverage",
    "covariate",
    "sample_ratio",
    "mails",
    "interleaved",
    "bandit",
    "speed",
)


def run(console: Console) -> dict[str, Any]:
    rows = []
    for name in PARTS:
        module = import_module(f"benchmarks.experiments.{name}")
        try:
            for data in getattr(module, "DATA", ()):
                data_dir(data)
            rows.append({"protocol": module.PROTOCOL, **apart(name, module.measure)})
        except DataMissingError as missing:
            rows.append({"system": name, "absent": str(missing)})
        console.line(f"{name}: {rows[-1].get('metrics', rows[-1])}")
    return {"benchmark": "experiments", "systems": rows}

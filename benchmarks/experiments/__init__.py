"""The mathematics of experiments, beside closed forms, naive tests and statsmodels.

Every part states what it simulates. The seeds are fixed, so each figure comes out the
same again. Real data: hillstrom-email, open-bandit-small and lastfm-hetrec; where they
are absent a part says so and the others run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.parts import measured

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
    rows = measured(__name__, PARTS, console)
    return {"benchmark": "experiments", "systems": rows}

"""How long the everyday questions take, milliseconds of the best of five."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.trials import (
    Moments,
    bucket,
    compare,
    over_time,
    preference,
    team_draft,
    thompson,
)

if TYPE_CHECKING:
    from collections.abc import Callable

PROTOCOL = "one core; milliseconds, the best of five"


def measure() -> dict[str, Any]:
    rng = np.random.default_rng(4)
    days = [Moments.of(rng.exponential(size=20)) for _ in range(1000)]
    first, second = list(range(20)), list(range(30, 10, -1))
    return {
        "metrics": {
            "1,000 days of a trial compared": best(
                lambda: over_time(days, days, sequential=True)
            ),
            "one comparison": best(lambda: compare(days[0], days[1])),
            "one visitor's arm": best(lambda: bucket("visitor", "salt", b"secret")),
            "one interleaved list of ten": best(
                lambda: team_draft(first, second, 10, 7)
            ),
            "one preference, at any time": best(
                lambda: preference(400, 600, sequential=True)
            ),
            "shares of 5 arms": best(lambda: thompson([5] * 5, [99] * 5)),
            "shares of 80 arms": best(lambda: thompson([5] * 80, [99] * 80)),
        }
    }


def best(work: Callable[[], Any]) -> float:
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return round(1000 * min(taken), 4)

"""The alarm that a split came out wrong: how often in vain, how often in time."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.experiments.simulated import share
from shop_personalize.ml.trials import ALARM, arms_of, buckets, sample_ratio

RUNS = 20_000
PROTOCOL = (
    f"{RUNS} splits drawn at random, alarm at p < {ALARM}; lost: this share of the"
    " second arm's visitors goes uncounted; 1,500 real splits of 4,000 keys by the hash"
)


def measure() -> dict[str, Any]:
    rng = np.random.default_rng(3)
    metrics = {
        f"{visitors:,} visitors, {weights}, lost {lost:.0%}": alarms(
            rng, visitors, weights, lost
        )
        for visitors, weights, lost in (
            (10_000, (1, 1), 0.0),
            (20_000, (19, 1), 0.0),
            (50_000, (2, 1, 1), 0.0),
            (20_000, (1, 1), 0.05),
            (100_000, (1, 1), 0.02),
            (100_000, (1, 1), 0.03),
        )
    }
    return {"metrics": {**metrics, "by the hash": hashed()}}


def alarms(
    rng: Any, visitors: int, weights: tuple[int, ...], lost: float
) -> dict[str, float]:
    shares = np.array(weights) / sum(weights)
    counts = rng.multinomial(visitors, shares, RUNS)
    counts[:, 1] = rng.binomial(counts[:, 1], 1 - lost)
    return share([sample_ratio(each, weights) < ALARM for each in counts.tolist()])


def hashed() -> dict[str, Any]:
    """P-values of the hash's own splits are even: a tenth below .1."""
    keys = [f"visitor-{number}" for number in range(4000)]
    p_values = []
    for salt in range(1500):
        arms = arms_of(buckets(keys, f"trial-{salt}", b"secret"), (1, 1))
        p_values.append(sample_ratio(np.bincount(arms, minlength=2), (1, 1)))
    low = share(np.array(p_values) < 0.1)
    return {"p below .1": low, "smallest": round(min(p_values), 5)}

"""How often a true effect is found, beside what the theory promises."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.experiments.simulated import share
from shop_personalize.ml.trials import (
    Moments,
    compare,
    detectable,
    power_of,
    power_of_rates,
    sample_size,
)

RUNS = 20_000
PROTOCOL = f"{RUNS} trials each, one look at the end, interval of 95 %"


def measure() -> dict[str, Any]:
    rng = np.random.default_rng(1)
    metrics = {}
    for base, lifted, control, treatment in rates():
        arms = [
            of_rates(rng.binomial(n, rate, RUNS), n)
            for n, rate in ((control, base), (treatment, lifted))
        ]
        name = f"{base:.1%} to {lifted:.2%}, {control:,} and {treatment:,}"
        metrics[name] = beside(arms, power_of_rates(base, lifted, control, treatment))
    for control, treatment, power in ((50, 50, 0.8), (200, 1800, 0.9)):
        effect = detectable(1.0, control, treatment, power=power)
        arms = [
            of_normal(rng, mean, n)
            for mean, n in ((5, control), (5 + effect, treatment))
        ]
        name = f"means, {control:,} and {treatment:,}"
        metrics[name] = beside(arms, power_of(1.0, effect, control, treatment))
    return {
        "metrics": metrics,
        "farthest": max(abs(each["apart"]) for each in metrics.values()),
    }


def rates() -> list[tuple[float, float, int, int]]:
    return [
        (0.2, 0.25, size, size)
        for size in (sample_size(0.2, 0.25), sample_size(0.2, 0.25, both=True))
    ] + [
        (0.03, 0.033, 53_210, 53_210),
        (0.05, 0.06, 1000, 19_000),
        (0.05, 0.07, 2000, 38_000),
        (0.05, 0.05, 5000, 5000),
    ]


def beside(arms: list[Moments], theory: float) -> dict[str, Any]:
    found = share(compare(*arms).p_value < 0.05)
    promised = round(100 * theory, 2)
    return {**found, "theory": promised, "apart": round(found["percent"] - promised, 2)}


def of_rates(successes: Any, units: int) -> Moments:
    return Moments(np.full(RUNS, float(units)), successes * 1.0, successes * 1.0)


def of_normal(rng: Any, mean: float, units: int) -> Moments:
    """Sums of normal values without drawing each: mean and variance are independent."""
    means = rng.normal(mean, 1 / np.sqrt(units), RUNS)
    squares = rng.chisquare(units - 1, RUNS) + units * means**2
    return Moments(np.full(RUNS, float(units)), units * means, squares)

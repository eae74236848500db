"""Does the interval hold the truth where a small holdout rarely buys?"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.experiments.simulated import share
from shop_personalize.ml.trials import Effect, Moments, compare

RUNS, HELD, SHOWN = 10_000, 1000, 19_000
PROTOCOL = (
    f"{RUNS} shops of {HELD + SHOWN} visitors, {HELD} of them held out; buyers by a"
    " binomial, amounts 50 exp(sigma × normal), one look, interval of 95 %"
)
CASES: dict[str, tuple[float, float, float, float]] = {
    # share of buyers, sigma of amounts, more buyers, larger amounts
    "no effect": (0.03, 1.0, 1.0, 1.0),
    "10 % more buyers": (0.03, 1.0, 1.1, 1.0),
    "30 % more buyers": (0.03, 1.0, 1.3, 1.0),
    "20 % fewer buyers": (0.03, 1.0, 0.8, 1.0),
    "20 % larger amounts": (0.03, 1.0, 1.0, 1.2),
    "even amounts, 10 % more": (0.03, 0.7, 1.1, 1.0),
    "wild amounts, 10 % more": (0.03, 1.4, 1.1, 1.0),
    "1 % buy, 10 % more": (0.01, 1.0, 1.1, 1.0),
    "10 % buy, 10 % more": (0.1, 1.0, 1.1, 1.0),
}


def measure() -> dict[str, Any]:
    metrics = {}
    for number, (name, case) in enumerate(CASES.items()):
        buyers, sigma, more, larger = case
        rng = np.random.default_rng(number)
        held = arm(rng, HELD, buyers, sigma, 1.0)
        shown = arm(rng, SHOWN, buyers * more, sigma, larger)
        mean = 50 * np.exp(sigma**2 / 2) * buyers
        metrics[name] = covered(held, shown, mean * (more * larger - 1), more * larger)
    small = [each["ours"]["percent"] for each in metrics.values()]
    return {"metrics": metrics, "least": min(small), "most": max(small)}


def arm(rng: Any, units: int, buyers: float, sigma: float, larger: float) -> Moments:
    counts = rng.binomial(units, buyers, RUNS)
    run = np.repeat(np.arange(RUNS), counts)
    amounts = larger * 50 * np.exp(sigma * rng.normal(size=len(run)))
    return Moments(
        np.full(RUNS, float(units)),
        np.bincount(run, amounts, minlength=RUNS),
        np.bincount(run, amounts**2, minlength=RUNS),
    )


def covered(held: Moments, shown: Moments, truth: float, lift: float) -> dict[str, Any]:
    found = compare(held, shown)
    low, high = welch(held, shown)
    return {
        "Welch": share((low <= truth) & (truth <= high)),
        "ours": share((found.low <= truth) & (truth <= found.high)),
        "ours, relative": share(
            (found.relative_low <= lift - 1) & (lift - 1 <= found.relative_high)
        ),
        "always valid": always(held, shown, truth),
        "times as wide as Welch": round(
            float(np.mean(found.high - found.low) / np.mean(high - low)), 3
        ),
        **missed(found, truth),
    }


def always(held: Moments, shown: Moments, truth: float) -> dict[str, float]:
    found = compare(held, shown, sequential=True)
    return share((found.low <= truth) & (truth <= found.high))


def missed(found: Effect, truth: float) -> dict[str, float]:
    """To which side, in percent: the truth below the interval, or above it."""
    return {
        "truth below": round(100 * float(np.mean(truth < found.low)), 2),
        "truth above": round(100 * float(np.mean(truth > found.high)), 2),
    }


def welch(held: Moments, shown: Moments) -> tuple[Any, Any]:
    error = np.sqrt(held.variance / held.units + shown.variance / shown.units)
    difference = shown.mean - held.mean
    return difference - 1.96 * error, difference + 1.96 * error

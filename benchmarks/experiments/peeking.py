"""A look after every visitor, and the trial stops at the first one that pleases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.experiments.simulated import METRICS, as_they_come, naive_z, share
from shop_personalize.ml.trials import compare, detectable

if TYPE_CHECKING:
    from benchmarks.experiments.simulated import Draw

RUNS, VISITORS, FIRST = 2000, 10_000, 400
LOOKS = np.arange(FIRST, VISITORS + 1, 2)
PROTOCOL = (
    f"{RUNS} runs of {VISITORS} visitors in two arms, looked at after every second"
    f" visitor from the {FIRST}th on; a false alarm is any look beyond 95 %"
)


def measure() -> dict[str, Any]:
    metrics: dict[str, Any] = {}
    cases = [(name, 0.5) for name in METRICS] + [("revenue", 0.95)]
    for number, (name, treated) in enumerate(cases):
        key = f"{name}, {treated:.0%} treated"
        metrics[key] = false_alarms(METRICS[name], treated, seed=number)
    metrics["with a true effect"] = found()
    return {"metrics": metrics}


def false_alarms(draw: Draw, treated: float, seed: int) -> dict[str, Any]:
    naive, ours = np.zeros(RUNS, bool), np.zeros(RUNS, bool)
    for run in range(RUNS):
        rng = np.random.default_rng([seed, run])
        values = draw(rng, VISITORS)
        arms = sums(values, rng.random(VISITORS) < treated)
        naive[run] = (np.abs(naive_z(*arms)) > 1.96).any()
        ours[run] = (compare(*arms, sequential=True).p_value < 0.05).any()
    return {"naive z": share(naive), "ours": share(ours)}


def sums(values: Any, treated: Any) -> tuple[Any, Any]:
    return (
        as_they_come(values, ~treated, LOOKS),
        as_they_come(values, treated, LOOKS),
    )


def found() -> dict[str, Any]:
    """An effect that the fixed test finds in 80 % of the trials at the end."""
    effect = detectable(1.0, VISITORS / 2)
    ends, stops = [], []
    for run in range(RUNS):
        rng = np.random.default_rng([9, run])
        treated = rng.random(VISITORS) < 0.5
        values = METRICS["normal"](rng, VISITORS) + effect * treated
        arms = sums(values, treated)
        ends.append(compare(*arms).p_value[-1] < 0.05)
        seen = compare(*arms, sequential=True).p_value < 0.05
        stops.append(LOOKS[np.argmax(seen)] if seen.any() else VISITORS + 1)
    stops = np.array(stops)
    return {
        "fixed test at the end": share(ends),
        "ours, at any time": share(stops <= VISITORS),
        "ours, visitors until found (median where found)": int(
            np.median(stops[stops <= VISITORS])
        ),
    }

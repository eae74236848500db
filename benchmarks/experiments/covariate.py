"""What adjusting by the time before saves."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.experiments.simulated import share
from shop_personalize.ml.trials import Moments, compare

RUNS, UNITS, EFFECT = 4000, 500, 0.1
PROTOCOL = (
    f"{RUNS} trials with {UNITS} visitors an arm, before and after normal with"
    f" correlation rho, true effect {EFFECT} standard deviations"
)


def measure() -> dict[str, Any]:
    rng = np.random.default_rng(2)
    return {"metrics": {f"rho {rho}": cut(rng, rho) for rho in (0.3, 0.5, 0.7, 0.9)}}


def cut(rng: Any, rho: float) -> dict[str, Any]:
    arms = [arm(rng, rho, shift) for shift in (0.0, EFFECT)]
    plain, adjusted = compare(*arms), compare(*arms, adjust=True)
    cut_ = 1 - np.var(adjusted.difference) / np.var(plain.difference)
    return {
        "rho squared": round(rho**2, 4),
        "variance cut": round(float(cut_), 4),
        "cut as reported": round(float(np.mean(adjusted.cut)), 4),
        "covered": share((adjusted.low <= EFFECT) & (adjusted.high >= EFFECT)),
        "power, plain": share(plain.p_value < 0.05),
        "power, adjusted": share(adjusted.p_value < 0.05),
    }


def arm(rng: Any, rho: float, shift: float) -> Moments:
    before = rng.normal(size=(RUNS, UNITS))
    noise = rng.normal(size=(RUNS, UNITS))
    after = rho * before + np.sqrt(1 - rho**2) * noise + shift
    return Moments(
        units=np.full(RUNS, float(UNITS)),
        value=after.sum(1),
        value_value=(after**2).sum(1),
        before=before.sum(1),
        before_before=(before**2).sum(1),
        value_before=(after * before).sum(1),
    )

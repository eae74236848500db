"""Sample sizes beside the closed forms, written out here, and statsmodels."""

from __future__ import annotations

from importlib.util import find_spec
from math import sqrt
from typing import Any

from scipy.stats import norm

from shop_personalize.ml.trials import sample_size, sample_size_mean

RATES = [
    (base, base * (1 + lift), power, level)
    for base in (0.005, 0.02, 0.05, 0.2, 0.5)
    for lift in (-0.2, 0.02, 0.1, 0.25)
    for power in (0.8, 0.9)
    for level in (0.95, 0.99)
]
PROTOCOL = (
    f"{len(RATES)} pairs of rates by power and level; the published case is 20 % to"
    " 25 % at 80 % and 5 %: 1,030 an arm"
)


def measure() -> dict[str, Any]:
    apart = [
        abs(sample_size(a, b, power=p, level=c) - closed(a, b, p, c))
        for a, b, p, c in RATES
    ]
    return {
        "metrics": {
            "20 % to 25 %": sample_size(0.2, 0.25),
            "20 % to 25 %, closed form": round(closed(0.2, 0.25, 0.8, 0.95), 1),
            "20 % to 25 %, own variances": sample_size(0.2, 0.25, both=True),
            "20 % to 25 %, looking at any time": sample_size(
                0.2, 0.25, both=True, sequential=True
            ),
            "farthest from the closed form": round(max(apart), 2),
            **beside_statsmodels(),
        }
    }


def closed(base: float, lifted: float, power: float, level: float) -> float:
    reach, wanted = norm.ppf((1 + level) / 2), norm.ppf(power)
    null, other = 2 * base * (1 - base), base * (1 - base) + lifted * (1 - lifted)
    return float(((reach * sqrt(null) + wanted * sqrt(other)) / (lifted - base)) ** 2)


def beside_statsmodels() -> dict[str, Any]:
    """Of means the same formula; of rates it pools the variance, as we do not."""
    if not find_spec("statsmodels"):
        return {"statsmodels": "not installed"}
    from statsmodels.stats.power import NormalIndPower
    from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

    apart = [
        abs(
            sample_size_mean(1.0, effect, power=power)
            - NormalIndPower().solve_power(effect, alpha=0.05, power=power)
        )
        for effect in (0.01, 0.05, 0.2, 0.5)
        for power in (0.8, 0.9, 0.95)
    ]
    pooled = samplesize_proportions_2indep_onetail(0.05, 0.2, 0.8)
    return {
        "farthest from statsmodels, means": round(max(apart), 2),
        "20 % to 25 %, statsmodels (pooled variance)": round(float(pooled), 1),
    }

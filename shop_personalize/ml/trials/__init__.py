"""The mathematics of experiments: who gets what, how many are needed, what came of it.

Sums over visitors in, figures with intervals out. No clock, no storage, no global
randomness. Names are resolved at their first use: serving asks who is in which arm and
must not load SciPy for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shop_personalize.ml.trials.adaptive import thompson, top_two
    from shop_personalize.ml.trials.effect import Effect, compare, over_time
    from shop_personalize.ml.trials.interleaving import (
        BOTH,
        FIRST,
        SECOND,
        team_draft,
    )
    from shop_personalize.ml.trials.moments import COLUMNS, Moments
    from shop_personalize.ml.trials.planning import (
        days_needed,
        detectable,
        detectable_rate,
        power_of,
        power_of_rates,
        sample_size,
        sample_size_mean,
    )
    from shop_personalize.ml.trials.preferring import Preference, preference
    from shop_personalize.ml.trials.several import benjamini_hochberg, holm
    from shop_personalize.ml.trials.splitting import (
        ALARM,
        arm_of,
        arms_of,
        bucket,
        buckets,
        sample_ratio,
    )
    from shop_personalize.ml.trials.withheld import Gain, gain

__all__ = [
    "ALARM",
    "BOTH",
    "COLUMNS",
    "FIRST",
    "SECOND",
    "Effect",
    "Gain",
    "Moments",
    "Preference",
    "arm_of",
    "arms_of",
    "benjamini_hochberg",
    "bucket",
    "buckets",
    "compare",
    "days_needed",
    "detectable",
    "detectable_rate",
    "gain",
    "holm",
    "over_time",
    "power_of",
    "power_of_rates",
    "preference",
    "sample_ratio",
    "sample_size",
    "sample_size_mean",
    "team_draft",
    "thompson",
    "top_two",
]

_HOMES = {
    "adaptive": ("thompson", "top_two"),
    "effect": ("Effect", "compare", "over_time"),
    "interleaving": ("BOTH", "FIRST", "SECOND", "team_draft"),
    "moments": ("COLUMNS", "Moments"),
    "planning": (
        "days_needed",
        "detectable",
        "detectable_rate",
        "power_of",
        "power_of_rates",
        "sample_size",
        "sample_size_mean",
    ),
    "preferring": ("Preference", "preference"),
    "several": ("benjamini_hochberg", "holm"),
    "splitting": ("ALARM", "arm_of", "arms_of", "bucket", "buckets", "sample_ratio"),
    "withheld": ("Gain", "gain"),
}


def __getattr__(name: str) -> Any:
    """Load what is asked for."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

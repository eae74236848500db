"""The mathematics of experiments: who gets what, how many are needed, what came of it.

Sums over visitors in, figures with intervals out. No clock, no storage, no global
randomness.
"""

from shop_personalize.ml.trials.adaptive import thompson, top_two
from shop_personalize.ml.trials.effect import Effect, compare, over_time
from shop_personalize.ml.trials.interleaving import (
    BOTH,
    FIRST,
    SECOND,
    Preference,
    preference,
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
from shop_personalize.ml.trials.several import benjamini_hochberg, holm
from shop_personalize.ml.trials.splitting import (
    ALARM,
    arm_of,
    arms_of,
    bucket,
    buckets,
    sample_ratio,
)

__all__ = [
    "ALARM",
    "BOTH",
    "COLUMNS",
    "FIRST",
    "SECOND",
    "Effect",
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

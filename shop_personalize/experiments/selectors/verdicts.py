"""What follows from the figures: one verdict, and how long until there is one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

from shop_personalize.experiments.metrics import PREFERENCE
from shop_personalize.experiments.selectors.results import (
    Code,
    Compared,
    Guarded,
    Measured,
    Verdict,
)
from shop_personalize.experiments.selectors.studies import Study
from shop_personalize.experiments.selectors.sums import Days
from shop_personalize.ml.trials import ALARM, sample_size_mean

RECENT = timedelta(days=7)
"""Days whose traffic tells how many visitors come."""
FAR = 3650


def verdict(
    study: Study,
    primary: Measured,
    guards: Sequence[Guarded],
    ratio_p: float | None,
    arms: Sequence[Days],
) -> Verdict:
    """What stops an experiment before what it found; a clear gain before a loss."""
    if not all(primary.units) or not primary.compared:
        return Verdict(Code.EMPTY)
    if ratio_p is not None and ratio_p < ALARM:
        return Verdict(Code.UNEVEN)
    crossed = [each for guard in guards for each in guard.crossed]
    if crossed:
        return Verdict(Code.GUARDED, crossed[0].variant, crossed[0])
    better = [each for each in primary.compared if each.effect.low > 0]
    best = max(better or primary.compared, key=lambda each: each.effect.difference)
    if better:
        return Verdict(Code.BETTER, best.variant, best)
    if all(each.effect.high < 0 for each in primary.compared):
        return Verdict(Code.WORSE, best.variant, best)
    return _open(study, best, arms)


def enough(study: Study, compared: Compared, seen: float) -> int | None:
    """Visitors of each variant needed to see the smallest change worth knowing."""
    effect = compared.effect
    wanted = smallest_difference(study, effect.control)
    if not effect.is_known or not wanted or not seen:
        return None
    deviation = effect.standard_error * math.sqrt(seen / 2)
    level = 0.05 / len(study.treatments)
    return sample_size_mean(deviation, wanted, level=level, sequential=True)


def clear_at(compared: Compared, seen: float) -> float:
    """Visitors of each variant with which the difference is clear if it stays so."""
    effect = compared.effect
    if not effect.is_known or not effect.difference:
        return math.inf
    reach = (effect.high - effect.low) / 2
    return seen * (reach / effect.difference) ** 2


def smallest_difference(study: Study, level: float) -> float:
    """The smallest change worth knowing in the unit of the metric."""
    if study.primary == PREFERENCE:
        return study.smallest_change / 2
    return abs(level) * study.smallest_change if math.isfinite(level) else 0.0


def balanced(control: float, treatment: float) -> float:
    """Visitors of each of two even arms that would know as much as these."""
    return 2 / (1 / control + 1 / treatment) if control and treatment else 0.0


def _open(study: Study, best: Compared, arms: Sequence[Days]) -> Verdict:
    at = study.treatments.index(best.variant) + 1
    days = sorted(set(arms[0]) & set(arms[at]))
    seen = [balanced(arms[0][day].units, arms[at][day].units) for day in days]
    needed = enough(study, best, seen[-1]) if days else None
    if needed is None:
        return Verdict(Code.UNCLEAR, best.variant, best)
    if seen[-1] >= needed:
        return Verdict(Code.SAME, best.variant, best)
    if not study.is_running:
        return Verdict(Code.UNCLEAR, best.variant, best)
    start = next(k for k, day in enumerate(days) if day > days[-1] - RECENT)
    first = start - 1 if start else None
    gained = seen[-1] - (seen[first] if first is not None else 0.0)
    pace = gained / (len(days) - start)
    wanted = min(needed, clear_at(best, seen[-1]))
    left = max(1, math.ceil((wanted - seen[-1]) / pace)) if pace > 0 else None
    return Verdict(Code.UNCLEAR, best.variant, best, left and min(left, FAR))

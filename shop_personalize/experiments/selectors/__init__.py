"""Questions about experiments; the answers are frozen facts, not words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from shop_personalize.experiments.models import Experiment
from shop_personalize.experiments.selectors import adaptive, judging
from shop_personalize.experiments.selectors.readiness import problems, rivals
from shop_personalize.experiments.selectors.results import (
    Code,
    Compared,
    Guarded,
    Measured,
    Point,
    Result,
    Verdict,
)
from shop_personalize.experiments.selectors.sizing import (
    Baseline,
    Size,
    baseline,
    size,
    sizing,
)
from shop_personalize.experiments.selectors.studies import (
    Bound,
    Study,
    Variant,
    study_of,
)
from shop_personalize.experiments.selectors.sums import sums
from shop_personalize.experiments.selectors.withheld import Earned, withheld
from shop_personalize.models import Trial

__all__ = [
    "Baseline",
    "Bound",
    "Code",
    "Compared",
    "Earned",
    "Guarded",
    "Measured",
    "Point",
    "Result",
    "Size",
    "Study",
    "Variant",
    "Verdict",
    "baseline",
    "is_complete",
    "problems",
    "result",
    "results",
    "rivals",
    "size",
    "sizing",
    "study_of",
    "withheld",
]


def results(studies: Iterable[Study], *, brief: bool = False) -> dict[str, Result]:
    """By slug, in two queries at most; ``brief`` leaves the secondary metrics out."""
    every = list(studies)
    apart = [study for study in every if study.kind == Trial.Kind.ADAPTIVE]
    split = [study for study in every if study.kind != Trial.Kind.ADAPTIVE]
    if brief:
        split = [replace(study, secondary=()) for study in split]
    names = {name for study in split for name in (*study.metrics, "revenue")}
    counted = sums([study.slug for study in split], names)
    clicked = adaptive.counts(apart)
    return {
        **{each.slug: judging.judge(each, counted[each.slug]) for each in split},
        **{each.slug: adaptive.judge(each, clicked[each.slug]) for each in apart},
    }


def result(experiment: Experiment) -> Result:
    study = study_of(experiment)
    return results([study])[study.slug]


def is_complete(experiment: Experiment) -> bool:
    """Whether as many visitors came as were planned."""
    if not experiment.planned_visitors:
        return False
    units = result(experiment).primary.units
    return bool(units) and min(units) >= experiment.planned_visitors

"""How good would it have been? Hide the last weeks, learn from the rest, compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shop_personalize.ml.evaluation import cases_for, measure, popularity

if TYPE_CHECKING:
    from collections.abc import Callable

    from shop_personalize.artifacts import Artifact
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.evaluation import Cases
    from shop_personalize.registry import RecommenderSpec

    Progress = Callable[[float, str], None]

DAYS = 28
MOMENT = 1e-6
"""A tenth of a second, in days: the last interaction lies before the end."""


@dataclass(frozen=True)
class Evaluation:
    """Metrics on ``cases`` past questions, beside popularity and the live version."""

    metrics: dict[str, float]
    baseline: dict[str, float]
    previous: dict[str, float]
    cases: int
    protocol: str


def evaluate(
    data: TrainingData,
    spec: RecommenderSpec,
    params: dict[str, Any],
    *,
    days: float = DAYS,
    live: Artifact | None = None,
    protocol: str | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Learn without the last ``days`` and ask about them.

    The live version saw those days, so its parameters are learned again without them:
    what is compared is the choice, on equal terms.
    """
    protocol = protocol or spec.evaluated or "next"
    past, cases = split(data, spec, params, days=days, protocol=protocol)
    if not len(cases):
        return Evaluation({}, {}, {}, 0, protocol)
    fitted = spec.build(params).fit(past)
    own = measure(fitted, cases, past, progress=progress)
    return Evaluation(
        metrics=own,
        baseline=popularity(past, cases),
        previous=_previous(spec, params, live, cases, past, own),
        cases=len(cases),
        protocol=protocol,
    )


def split(
    data: TrainingData,
    spec: RecommenderSpec,
    params: dict[str, Any],
    *,
    days: float,
    protocol: str,
) -> tuple[TrainingData, Cases]:
    """Cut ``data`` before its last ``days``: (what was known, what is asked).

    They are counted back from the last interaction: a shop at rest is still judged.
    """
    cut = end_of(data) - days
    kinds = spec.build(params).kinds
    past, window = data.before(cut), data.where(data.time >= cut)
    return past, cases_for(
        past, window, protocol=protocol, context=spec.context, kinds=kinds
    )


def end_of(data: TrainingData) -> float:
    """The moment just after the last interaction, in days since the epoch."""
    return float(min(data.time[-1] + MOMENT, data.now)) if len(data) else data.now


def _previous(
    spec: RecommenderSpec,
    params: dict[str, Any],
    live: Artifact | None,
    cases: Cases,
    past: TrainingData,
    own: dict[str, float],
) -> dict[str, float]:
    if live is None or live.meta.get("algorithm", spec.name) != spec.name:
        return {}
    theirs = live.meta.get("params", {})
    if theirs == params:
        return dict(own)
    try:
        fitted = spec.build(theirs).fit(past)
    except TypeError:  # parameters of an older release, no longer known
        return {}
    return measure(fitted, cases, past)

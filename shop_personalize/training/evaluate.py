"""How good would it have been? Hide the last weeks, learn from the rest, compare."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shop_personalize.ml.evaluation import cases_for, lists_for, measure
from shop_personalize.ml.evaluation.measure import K
from shop_personalize.ml.evaluation.summary import popular_lists, summary, values_of
from shop_personalize.ml.metrics import gain, intervals

if TYPE_CHECKING:
    from collections.abc import Callable

    from shop_personalize.artifacts import Artifact
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.evaluation import Cases
    from shop_personalize.ml.evaluation.summary import Values
    from shop_personalize.registry import RecommenderSpec

    Progress = Callable[[float, str], None]

METRIC = "ndcg"
"""What versions are compared by."""
DAYS = 28
MOMENT = 1e-6
"""A tenth of a second, in days: the last interaction lies before the end."""


@dataclass(frozen=True)
class Evaluation:
    """Metrics on ``cases`` past questions, beside popularity and the live version.

    ``sure`` holds how sure the numbers are, as far as the cases tell (95 %): by metric
    [low, high], and under "gain" that of the main one over popularity, as a share.
    """

    metrics: dict[str, float]
    baseline: dict[str, float]
    previous: dict[str, float]
    cases: int
    protocol: str
    sure: dict[str, list[float]] = field(default_factory=dict)


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
    lists = lists_for(fitted, cases, progress=progress)
    values = values_of(lists, cases, past, K)
    own = summary(lists, cases, past, K, values)
    usual = popular_lists(past, cases, k=K)
    theirs = values_of(usual, cases, past, K)
    return Evaluation(
        metrics=own,
        baseline=summary(usual, cases, past, K, theirs),
        previous=_previous(spec, params, live, cases, past, own),
        cases=len(cases),
        protocol=protocol,
        sure=_sure(values, theirs),
    )


def _sure(values: Values, theirs: Values) -> dict[str, list[float]]:
    found = {name: [low, high] for name, (low, high) in intervals(values).items()}
    main = f"{METRIC}@{K}"
    low_high = gain(values[main], theirs[main])
    if low_high:
        found["gain"] = list(low_high)
    return {name: [round(end, 5) for end in ends] for name, ends in found.items()}


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
    except (TypeError, ValueError, ImportError):  # of an older release, not known now
        return {}
    return measure(fitted, cases, past)

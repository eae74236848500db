"""Find a recommender's parameters on the shop's own past, within a budget of seconds.

The last ``days`` are never looked at: they judge the result. Each trial is the mean
over the windows of ``days`` before them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shop_personalize.ml.evaluation import measure
from shop_personalize.ml.tuning import Found, search
from shop_personalize.training.evaluate import DAYS, end_of, split

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.evaluation import Cases
    from shop_personalize.ml.recommenders.base import Recommender
    from shop_personalize.registry import RecommenderSpec

    Progress = Callable[[float, str], None]
    Windows = list[tuple[TrainingData, Cases]]

METRIC = "ndcg@10"
WINDOWS = 2
FEW_CASES = 50
CASES = 800
"""Questions a window, evenly picked: enough to tell parameters apart, and quick."""


@dataclass(frozen=True)
class Tuned:
    """Parameters that differ from the default, every trial, and what was gained."""

    params: dict[str, Any]
    table: list[dict[str, Any]]
    default_score: float
    best_score: float


def tune(
    data: TrainingData,
    spec: RecommenderSpec,
    *,
    days: float = DAYS,
    budget_seconds: float = 180,
    progress: Progress | None = None,
) -> Tuned:
    """Search the estimator's grid; with too little past the default stays."""
    estimator = spec.build({})
    default = estimator.get_params()
    stages = [(spec.evaluated or "next", estimator.grid, 0.0, 0.7)]
    if estimator.own_grid:
        stages.append(("repeat", estimator.own_grid, 0.7, 1.0))
    began = time.monotonic()
    best, scores = default, (0.0, 0.0)
    table: list[dict[str, Any]] = []
    for protocol, grid, start, stop in stages:
        found = _stage(
            windows(data, spec, days=days, protocol=protocol),
            spec,
            best,
            grid,
            out_of_time=_deadline(began + budget_seconds * stop),
            progress=_part(progress, start, stop),
        )
        scores = scores if table else (found.default_score, found.score)
        best = found.params
        table += [{"protocol": protocol, **trial} for trial in found.table]
    changed = {name: best[name] for name in best if best[name] != default[name]}
    return Tuned(changed, table, *scores)


def windows(
    data: TrainingData, spec: RecommenderSpec, *, days: float, protocol: str
) -> Windows:
    """The validation windows with enough cases, the latest first."""
    found = []
    for back in range(1, WINDOWS + 1):
        known = data.before(end_of(data) - days * back)
        past, cases = split(known, spec, {}, days=days, protocol=protocol)
        if len(cases) >= FEW_CASES:
            found.append((past, cases.thinned(CASES)))
    return found


def _stage(
    validation: Windows,
    spec: RecommenderSpec,
    default: dict[str, Any],
    grid: Mapping[str, Sequence[Any]],
    **options: Any,
) -> Found:
    if not validation:
        return Found(default, 0.0, 0.0)

    fitted = Fitted(spec)

    def score(params: dict[str, Any]) -> float:
        reached = [
            measure(fitted.on(past, params), cases, past)[METRIC]
            for past, cases in validation
        ]
        return sum(reached) / len(reached)

    return search(score, default, grid, **options)


class Fitted:
    """Fits once for parameters that change only how a history asks."""

    def __init__(self, spec: RecommenderSpec) -> None:
        self.spec = spec
        self._last: dict[float, tuple[dict[str, Any], Recommender]] = {}

    def on(self, past: TrainingData, params: dict[str, Any]) -> Recommender:
        estimator = self.spec.build(params)
        learned = {k: v for k, v in params.items() if k not in estimator.query_params}
        known = self._last.get(past.now)
        if known is None or known[0] != learned:
            self._last[past.now] = (learned, estimator.fit(past))
            return estimator
        estimator.knowledge_, estimator.extras_ = known[1].knowledge_, known[1].extras_
        estimator.query_config_ = estimator.configure(past)
        return estimator


def _deadline(at: float) -> Callable[[], bool]:
    return lambda: time.monotonic() > at


def _part(progress: Progress | None, start: float, stop: float) -> Progress | None:
    if progress is None:
        return None
    return lambda done, label: progress(start + (stop - start) * done, label)

"""Scores a method with parameters on hidden parts of the past, one value a case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.evaluation.measure import lists_for
from shop_personalize.ml.metrics.per_case import PER_CASE
from shop_personalize.ml.metrics.ranking import find_hits

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.evaluation.cases import Cases
    from shop_personalize.ml.evaluation.splits import Folds
    from shop_personalize.ml.recommenders.base import Recommender
    from shop_personalize.ml.tuning.families import Method

    Values = NDArray[np.float64]

SECOND_LOOK = 400
"""With fewer cases there is no half to spare: all serve to search and to confirm."""
PROBE = 200
FEWEST = 300
"""Cases a trial keeps however slow the answers are."""
SHARE = 40.0
"""Asking all cases of a trial may take this part of the budget."""


@dataclass
class Trial:
    """One method with parameters: what it reached on each case, and how long it took.

    ``values`` float (cases,) are those of the search, ``second`` those of the other
    half, () while it was not asked. ``note`` says why there is no score.
    """

    method: Method
    params: dict[str, Any]
    values: Values = field(default_factory=lambda: np.empty(0))
    second: Values = field(default_factory=lambda: np.empty(0))
    seconds: float = 0.0
    note: str = ""

    @property
    def score(self) -> float:
        """Mean of the search's cases; -inf for a trial that failed."""
        return float(self.values.mean()) if len(self.values) else -np.inf

    @property
    def both(self) -> Values:
        """Values of both halves."""
        return np.concatenate([self.values, self.second])


class Judge:
    """Fits on what is left of each fold and asks its cases; remembers every trial.

    Half of each fold's cases serve the search, the other half is asked of what turned
    out best. ``clock`` returns seconds and is read for the table and to keep within
    ``budget_seconds`` of it.
    """

    def __init__(
        self,
        folds: Folds,
        *,
        clock: Callable[[], float],
        k: int = 10,
        metric: str = "ndcg",
        budget_seconds: float = 180.0,
    ) -> None:
        if metric not in PER_CASE:
            known = ", ".join(PER_CASE)
            raise ValueError(f"metric must be one of {known}, not {metric!r}")
        self.k, self.metric = k, PER_CASE[metric]
        self.clock, self.budget_seconds = clock, budget_seconds
        halves = sum(len(cases) for _, cases in folds) >= SECOND_LOOK
        step = 2 if halves else 1
        self.first = [(past, _every(cases, 0, step)) for past, cases in folds]
        self.second = [(past, _every(cases, 1, step)) for past, cases in folds]
        if not halves:
            self.second = []
        self.trials: dict[str, Trial] = {}
        self._fitted: dict[int, tuple[str, dict[str, Any], Recommender]] = {}

    def trial(self, method: Method, params: dict[str, Any]) -> Trial:
        """Fit and ask, or recall; an estimator that raises is noted, not passed on."""
        key = _key(method, params)
        if key not in self.trials:
            began = self.clock()
            found = Trial(method, params)
            try:
                found.values = self._values(method, params, self.first)
            except Exception as error:  # noqa: BLE001 one broken method stops no search
                found.note = f"failed: {type(error).__name__}: {error}"
            found.seconds = self.clock() - began
            self.trials[key] = found
        return self.trials[key]

    def confirm(self, trial: Trial) -> Trial:
        """Ask the other half of the cases as well, at best while it is still fitted."""
        if len(trial.values) and not len(trial.second) and self.second:
            try:
                trial.second = self._values(trial.method, trial.params, self.second)
            except Exception as error:  # noqa: BLE001
                trial.note = f"failed: {type(error).__name__}: {error}"
                trial.values = np.empty(0)
        return trial

    def fitted(self, at: int) -> Recommender | None:
        """Return what was last fitted for fold ``at``."""
        return self._fitted[at][2] if at in self._fitted else None

    def pace(self, method: Method, params: dict[str, Any]) -> None:
        """Thin the cases where asking all of them would eat up the budget."""
        total = sum(len(cases) for _, cases in self.first)
        if total <= FEWEST:
            return
        past, cases = self.first[0]
        few = cases.thinned(PROBE)
        try:
            fitted = self._fit(0, past, method, params)
            began = self.clock()
            lists_for(fitted, few, k=self.k)
        except Exception:  # noqa: BLE001 its trial will say so
            return
        each = (self.clock() - began) / len(few)
        affordable = self.budget_seconds / SHARE / max(each, 1e-9)
        keep = max(affordable, FEWEST) / total
        if keep < 1:
            self.first = [(p, c.thinned(_part(c, keep))) for p, c in self.first]
            self.second = [(p, c.thinned(_part(c, keep))) for p, c in self.second]

    def _values(self, method: Method, params: dict[str, Any], folds: Folds) -> Values:
        values = []
        for at, (past, cases) in enumerate(folds):
            fitted = self._fit(at, past, method, params)
            hits = find_hits(lists_for(fitted, cases, k=self.k), cases.truths, self.k)
            relevant = np.array([len(truth) for truth in cases.truths], np.int64)
            values.append(self.metric(hits, relevant))
        return np.concatenate([np.empty(0), *values])

    def _fit(
        self, at: int, past: TrainingData, method: Method, params: dict[str, Any]
    ) -> Recommender:
        """Fit for fold ``at``, unless only how a history asks has changed."""
        name, known, last = self._fitted.get(at, ("", {}, None))
        if last is not None and (name, known) == (method.name, params):
            return last
        made = method.build(params)
        asks = set(made.query_params)
        same = name == method.name and _without(params, asks) == _without(known, asks)
        if last is not None and same:
            made.knowledge_, made.extras_ = last.knowledge_, last.extras_
            made.query_config_ = made.configure(past)
        else:
            self._fitted.pop(at, None)
            made.fit(past)
        self._fitted[at] = (method.name, params, made)
        return made


def _without(params: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if name not in names}


def _every(cases: Cases, start: int, step: int) -> Cases:
    return cases.pick(range(start, len(cases), step))


def _part(cases: Cases, keep: float) -> int:
    return max(round(len(cases) * keep), 1)


def _key(method: Method, params: dict[str, Any]) -> str:
    return f"{method.name} {sorted(params.items())!r}"

"""Find a recommender's method and parameters on the shop's own past, within seconds.

The last ``days`` are never looked at: they judge the result. Trials are judged by the
windows of ``days`` before them. The search starts from the default and ends no lower.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from shop_personalize.ml.evaluation.summary import popular_lists, values_of
from shop_personalize.ml.metrics import confidence
from shop_personalize.ml.tuning import Choice, Method, choose_on
from shop_personalize.ml.tuning.families import cost_of
from shop_personalize.registry.spec import METHOD
from shop_personalize.training.evaluate import DAYS, end_of, split

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.evaluation.splits import Folds
    from shop_personalize.registry import RecommenderSpec

    Progress = Callable[[float, str], None]

METRIC = "ndcg"
POPULARITY = "popularity"
"""The row of the table that is no method but what all are compared with."""
K = 10
WINDOWS = 2
FEW_CASES = 50
CASES = 1500
"""Questions a window, evenly picked: enough to tell methods apart, and quick."""
FIRST = 0.7
"""Share of the time for the method and its parameters, where bought items score by
parameters of their own."""
DIGITS = 5


@dataclass(frozen=True)
class Tuned:
    """What differs from the default, every trial, and what was gained.

    ``params`` holds the method under "method" where it is not the default.
    """

    params: dict[str, Any]
    table: list[dict[str, Any]]
    default_score: float
    best_score: float
    method: str = ""
    seconds: float = field(default=0.0, compare=False)


def tune(
    data: TrainingData,
    spec: RecommenderSpec,
    *,
    own: Mapping[str, Any] | None = None,
    days: float = DAYS,
    budget_seconds: float = 180,
    progress: Progress | None = None,
) -> Tuned:
    """Search methods and parameters; with too little past the default stays.

    ``own`` are the parameters an owner has set: only methods that know them are tried.
    """
    began = time.monotonic()
    methods = methods_of(spec, own or {})
    again = bool(spec.build({METHOD: methods[0].name}).own_grid)
    protocol = spec.evaluated or "next"
    folds = windows(data, spec, days=days, protocol=protocol)
    found = _stage(
        folds,
        methods,
        budget_seconds=budget_seconds * (FIRST if again else 1.0),
        progress=_part(progress, 0.0, FIRST),
    )
    table, params = _rows(protocol, found), found.params
    table += _usual(protocol, folds)
    grid = found.how.load().own_grid
    if grid:
        repeats = _stage(
            windows(data, spec, days=days, protocol="repeat"),
            [Method(found.method, found.how.path, params=params, grid=grid)],
            budget_seconds=budget_seconds - (time.monotonic() - began),
            progress=_part(progress, FIRST, 1.0),
        )
        table += _rows("repeat", repeats)
        params = {**params, **repeats.params}
    named = {} if found.method == spec.method else {METHOD: found.method}
    return Tuned(
        params={**named, **params},
        table=table,
        default_score=found.default_score,
        best_score=found.score,
        method=found.method,
        seconds=time.monotonic() - began,
    )


def methods_of(spec: RecommenderSpec, own: Mapping[str, Any]) -> list[Method]:
    """The spec's methods that may be tried, the owner's or the default one first."""
    wanted = own.get(METHOD)
    given = {name: value for name, value in own.items() if name != METHOD}
    if wanted:
        return [_method(spec, wanted, given)]
    found = [_method(spec, spec.method, given)]
    for name in spec.methods:
        method = _method(spec, name, given)
        if _knows(method, given):
            found.append(method)
    return found


def _method(spec: RecommenderSpec, name: str, given: dict[str, Any]) -> Method:
    path = spec.path_of(name)
    try:
        found = Method(name, path).load()
    except ImportError:  # said in the table when it is its turn
        return Method(name, path, params=given)
    params = {**spec.params_of(name), **given}
    grid = {key: values for key, values in found.grid.items() if key not in given}
    cost = cost_of(name, 1.0) if name == spec.method else cost_of(name)
    return Method(name, path, cost=cost, params=params, grid=grid)


def _knows(method: Method, given: dict[str, Any]) -> bool:
    try:
        return set(given) <= set(method.load()().get_params())
    except ImportError:
        return True


def windows(
    data: TrainingData, spec: RecommenderSpec, *, days: float, protocol: str
) -> Folds:
    """The validation windows with enough cases, the latest first."""
    found = []
    for back in range(1, WINDOWS + 1):
        known = data.before(end_of(data) - days * back)
        past, cases = split(known, spec, {}, days=days, protocol=protocol)
        if len(cases) >= FEW_CASES:
            found.append((past, cases.thinned(CASES)))
    return found


def _stage(folds: Folds, methods: list[Method], **options: Any) -> Choice:
    return choose_on(
        folds, methods, clock=time.monotonic, k=K, metric=METRIC, **options
    )


def _rows(protocol: str, choice: Choice) -> list[dict[str, Any]]:
    """The trials as they are kept: with the protocol, numbers rounded."""
    return [
        {
            "protocol": protocol,
            **{
                name: round(value, DIGITS) if isinstance(value, float) else value
                for name, value in row.items()
            },
        }
        for row in choice.table
    ]


def _usual(protocol: str, folds: Folds) -> list[dict[str, Any]]:
    """What showing best sellers would have scored, for comparison."""
    if not folds:
        return []
    values = np.concatenate(
        [
            values_of(popular_lists(past, cases, k=K), cases, past, K)[f"{METRIC}@{K}"]
            for past, cases in folds
        ]
    )
    ends = (float(values.mean()), *confidence(values))
    score, low, high = (round(end, DIGITS) for end in ends)
    row = {"protocol": protocol, "method": POPULARITY, "params": {}, "chosen": False}
    return [{**row, "score": score, "low": low, "high": high}]


def _part(progress: Progress | None, start: float, stop: float) -> Progress | None:
    if progress is None:
        return None
    return lambda done, label: progress(start + (stop - start) * done, label)

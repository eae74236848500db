"""Choose a method and its parameters by the data's own past, within seconds.

The default method is scored first, as it is. Then every other method as it is, in the
order they are listed, then the parameters of the best few, one after another. What won
the search is asked the other half of the cases; only what beats the default there too,
and by more than chance, takes its place. So the choice is never below the default but
by bad luck, and the default must be good by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shop_personalize.ml.metrics.confidence import better, confidence
from shop_personalize.ml.tuning.families import Method, family
from shop_personalize.ml.tuning.judge import Judge, Trial
from shop_personalize.ml.tuning.questions import folds_for
from shop_personalize.ml.tuning.search import search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.ml.evaluation.splits import Folds
    from shop_personalize.ml.recommenders.base import Recommender

    Progress = Callable[[float, str], None]

FINALISTS = 3
"""Methods whose parameters are searched."""
BEHIND = 4
"""A method that scores half the leader's gets a sixteenth of the leader's time."""
LEAST = 0.1
SURE = 0.9
SURE_ALONE = 0.95
"""Asked where there were too few cases for a second half."""
NO_TIME = "not tried: it would have taken too long"


@dataclass(frozen=True)
class Choice:
    """What won, and every trial on the way.

    ``method`` is its name, ``how`` the method itself; ``params`` are constructor
    arguments over the method's own; the scores are those of the cases that confirmed
    the choice. ``table`` has one row a trial: method, params, score, low, high (95 %
    interval), seconds, confirmed, chosen, note.
    """

    method: str
    how: Method
    params: dict[str, Any]
    score: float
    default_score: float
    table: list[dict[str, Any]]

    def build(self) -> Recommender:
        """Return the chosen estimator, unfitted."""
        return self.how.build(self.params)


def choose(
    data: TrainingData,
    question: str,
    *,
    clock: Callable[[], float],
    k: int = 10,
    metric: str = "ndcg",
    budget_seconds: float = 180.0,
    methods: Iterable[str] | None = None,
    progress: Progress | None = None,
    seed: int = 0,
) -> Choice:
    """Choose for ``question`` ("new", "next", "session", "basket") on ``data`` alone.

    ``methods`` narrows the family to these names, in its order. ``clock`` returns
    seconds, such as ``time.monotonic``. Raises ValueError for a question, a metric or
    a method that is not known.
    """
    wanted = _named(family(question), methods)
    folds = folds_for(data, question, seed=seed)
    return choose_on(
        folds,
        wanted,
        clock=clock,
        k=k,
        metric=metric,
        budget_seconds=budget_seconds,
        progress=progress,
    )


def choose_on(
    folds: Folds,
    methods: Sequence[Method],
    *,
    clock: Callable[[], float],
    k: int = 10,
    metric: str = "ndcg",
    budget_seconds: float = 180.0,
    progress: Progress | None = None,
) -> Choice:
    """Choose among ``methods`` (the first is the default) on these folds."""
    methods, absent = _present(methods)
    if not methods:
        raise ImportError("; ".join(trial.note for trial in absent))
    judge = Judge(folds, clock=clock, k=k, metric=metric, budget_seconds=budget_seconds)
    if not folds:
        return Choice(methods[0].name, methods[0], {}, 0.0, 0.0, [])
    race = _Race(judge, progress)
    race.run(methods)
    return _verdict(race, methods[0], absent)


class _Race:
    """The course of one search: who ran, who leads, how much time is left."""

    def __init__(self, judge: Judge, progress: Progress | None) -> None:
        self.judge = judge
        self.began = judge.clock()
        self.budget = judge.budget_seconds
        self.progress = progress
        self.best: dict[str, Trial] = {}
        self.skipped: list[Trial] = []

    def run(self, methods: Sequence[Method]) -> None:
        default = methods[0]
        self.judge.pace(default, {})
        first = self.trial(default, {})
        for method in methods[1:]:
            expected = first.seconds * method.cost / default.cost
            if self.left() < max(expected, 1e-9):
                self.skipped.append(Trial(method, {}, note=NO_TIME))
                continue
            self.trial(method, {})
        leaders = sorted(self.best.values(), key=lambda trial: -trial.score)
        leaders = leaders[:FINALISTS]
        weights = [_hope(trial, leaders[0]) for trial in leaders]
        for place, trial in enumerate(leaders):
            self.search(trial, self.left() * weights[place] / sum(weights[place:]))

    def search(self, start: Trial, seconds: float) -> None:
        """Vary the parameters of one method for some seconds."""
        method = start.method
        deadline = self.judge.clock() + seconds
        made = method.build()
        longest = [start.seconds]

        def score(params: dict[str, Any]) -> float:
            trial = self.trial(method, _changed(params, made.get_params()))
            longest.append(trial.seconds)
            return trial.score

        search(
            score,
            made.get_params(),
            made.grid if method.grid is None else method.grid,
            out_of_time=lambda: self.judge.clock() + longest[-1] >= deadline,
        )

    def trial(self, method: Method, params: dict[str, Any]) -> Trial:
        """Try, and let the best of each method so far be confirmed while it is hot."""
        trial = self.judge.trial(method, params)
        leader = self.best.get(method.name)
        if len(trial.values) and (leader is None or trial.score > leader.score):
            self.best[method.name] = self.judge.confirm(trial)
        self.tell(f"{method.name}: {trial.score:.4f}")
        return trial

    def left(self) -> float:
        return self.budget - (self.judge.clock() - self.began)

    def tell(self, label: str) -> None:
        if self.progress:
            gone = 1 - self.left() / self.budget if self.budget > 0 else 1.0
            self.progress(min(max(gone, 0.0), 1.0), label)


def _hope(trial: Trial, leader: Trial) -> float:
    """What part of the time a method deserves: the less, the further it is behind."""
    if leader.score <= 0:
        return 1.0
    return max(trial.score / leader.score, LEAST) ** BEHIND


def _verdict(race: _Race, default: Method, absent: list[Trial]) -> Choice:
    """The best finalist that beats the default by more than chance, or the default."""
    judge = race.judge
    start = judge.confirm(judge.trial(default, {}))
    winner = start
    ranked = sorted(race.best.values(), key=lambda trial: -_mean(trial))
    for trial in ranked:
        if trial is start or _beats(trial, start):
            winner = trial
            break
    trials = [*judge.trials.values(), *race.skipped, *absent]
    return Choice(
        method=winner.method.name,
        how=winner.method,
        params=winner.params,
        score=_last(winner),
        default_score=_last(start),
        table=[_row(trial, chosen=trial is winner) for trial in trials],
    )


def _beats(trial: Trial, default: Trial) -> bool:
    if not len(default.values):
        return True
    if not len(trial.second):
        return better(trial.values, default.values, sure=SURE_ALONE)
    held = trial.second.mean() >= default.second.mean()
    return bool(held) and better(trial.both, default.both, sure=SURE)


def _mean(trial: Trial) -> float:
    return float(trial.both.mean()) if len(trial.both) else -1.0


def _last(trial: Trial) -> float:
    """The score of the half that was not searched on, where there is one."""
    if len(trial.second):
        return float(trial.second.mean())
    return trial.score if len(trial.values) else 0.0


def _row(trial: Trial, *, chosen: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"method": trial.method.name, "params": trial.params}
    if len(trial.values):
        low, high = confidence(trial.values)
        row |= {"score": trial.score, "low": low, "high": high}
    if len(trial.second):
        row["confirmed"] = float(trial.second.mean())
    row |= {"seconds": round(trial.seconds, 2), "chosen": chosen, "note": trial.note}
    return row


def _present(methods: Sequence[Method]) -> tuple[list[Method], list[Trial]]:
    """Those whose estimator can be loaded, and a note on each of the others."""
    found, absent = [], []
    for method in methods:
        try:
            method.load()
        except ImportError as error:
            absent.append(Trial(method, {}, note=f"not installed: {error}"))
        else:
            found.append(method)
    return found, absent


def _named(methods: tuple[Method, ...], names: Iterable[str] | None) -> list[Method]:
    if names is None:
        return list(methods)
    wanted = set(names)
    unknown = wanted - {method.name for method in methods}
    if unknown or not wanted:
        known = ", ".join(method.name for method in methods)
        raise ValueError(f"methods must be among {known}, not {sorted(unknown)}")
    return [method for method in methods if method.name in wanted]


def _changed(params: dict[str, Any], default: dict[str, Any]) -> dict[str, Any]:
    return {name: params[name] for name in params if params[name] != default[name]}

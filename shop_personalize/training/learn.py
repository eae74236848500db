"""The computing of one recommender: tune, evaluate, fit. No database, any thread."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from shop_personalize.engines import get_engine
from shop_personalize.training.evaluate import Evaluation, evaluate
from shop_personalize.training.tune import METRIC, K, tune

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from shop_personalize.artifacts import Artifact
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.models import Recommender
    from shop_personalize.registry import RecommenderSpec
    from shop_personalize.training.report import Progress, Report

READING = 0.15
"""Share of the bar that reading the data takes."""
TUNED = 0.4
JUDGED = 0.8


class Bar:
    """One bar for tasks that run side by side: the mean of how far they are."""

    def __init__(self, report: Report, n: int) -> None:
        self._report = report
        self._done = [0.0] * n

    def __call__(self, at: int, done: float, label: str) -> None:
        self._done[at] = max(self._done[at], min(done, 1.0))
        mean = sum(self._done) / len(self._done)
        self._report(READING + (1.0 - READING) * mean, label)


@dataclass(frozen=True)
class Task:
    """One recommender within a job."""

    at: int
    recommender: Recommender
    spec: RecommenderSpec
    bar: Bar
    live: Artifact | None
    tune_seconds: float
    """What this one may spend on searching; 0 = it is not to be tuned."""

    def progress(self, done: float, label: str = "") -> None:
        slug = self.recommender.slug
        self.bar(self.at, done, f"{slug}: {label}" if label else slug)

    def part(self, start: float, stop: float) -> Progress:
        """A progress callback for a step that fills only a part of this task."""

        def progress(done: float, label: str = "") -> None:
            self.progress(start + (stop - start) * done, label)

        return progress


@dataclass(frozen=True)
class Learned:
    """What came of a task; ``tuned`` is empty when nothing was searched for."""

    fitted: Any
    params: dict[str, Any]
    tuned: dict[str, Any]
    evaluation: Evaluation | None
    seconds: float


def learn(task: Task, data: TrainingData) -> Learned:
    """Find method and parameters if wanted, judge on the last weeks, fit on all."""
    own = task.recommender.params
    tuned = _tune(task, data) if task.tune_seconds else {}
    found = tuned or task.recommender.tuned
    params = task.spec.merged(found.get("params", {}), own)
    evaluation = _judged(task, data, params)
    if tuned and params != own and evaluation:
        usual = evaluate(data, task.spec, own, live=task.live)
        if _score(usual) > _score(evaluation):
            params, evaluation = dict(own), usual
            tuned = {**tuned, "params": {}, "method": task.spec.method, "kept": True}
    task.progress(JUDGED, _("fitting"))
    began = time.monotonic()
    fitted = get_engine()(task.spec, params, data)
    seconds = time.monotonic() - began
    return Learned(fitted, params, tuned, evaluation, seconds)


def _judged(
    task: Task, data: TrainingData, params: dict[str, Any]
) -> Evaluation | None:
    if not task.spec.evaluated:
        return None
    task.progress(TUNED, _("comparing"))
    watch = task.part(TUNED, JUDGED)
    return evaluate(data, task.spec, params, live=task.live, progress=watch)


def _score(evaluation: Evaluation) -> float:
    """The last weeks, which no search has seen, have the last word on its find."""
    return evaluation.metrics.get(f"{METRIC}@{K}", 0.0)


def side_by_side(
    work: Iterable[tuple[Task, TrainingData]], threads: int
) -> Iterator[tuple[Task, Callable[[], Learned]]]:
    """Learn ``threads`` at a time and hand results over in order.

    NumPy and SciPy release the interpreter while they compute. With one thread all is
    done here, when the result is asked for.
    """
    if threads < 2:
        for task, data in work:
            yield task, partial(learn, task, data)
        return
    ahead: deque[tuple[Task, Callable[[], Learned]]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="sp-learn") as pool:
        try:
            for task, data in work:
                ahead.append((task, pool.submit(learn, task, data).result))
                if len(ahead) > threads:
                    yield ahead.popleft()
            while ahead:
                yield ahead.popleft()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _tune(task: Task, data: TrainingData) -> dict[str, Any]:
    tuned = tune(
        data,
        task.spec,
        own=task.recommender.params,
        budget_seconds=task.tune_seconds,
        progress=task.part(0.0, TUNED),
    )
    return {
        "params": tuned.params,
        "method": tuned.method,
        "metric": f"{METRIC}@{K}",
        "seconds": round(tuned.seconds, 1),
        "budget": task.tune_seconds,
        "default_score": tuned.default_score,
        "best_score": tuned.best_score,
        "table": tuned.table,
        "at": timezone.now().isoformat(),
    }

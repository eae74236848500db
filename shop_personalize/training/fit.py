"""What a job does: for each recommender tune, fit, evaluate, judge, store, publish.

Data is read once and shared. A recommender this job has already decided on is not
done again, so a job that died goes on where it was; the one it died in goes last.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from shop_personalize import artifacts
from shop_personalize.engines import get_engine
from shop_personalize.models import ModelVersion, Recommender, TrainingJob
from shop_personalize.registry import RecommenderSpec, spec
from shop_personalize.signals import model_rejected
from shop_personalize.training import dataset, publish, snapshot
from shop_personalize.training.announce import tell
from shop_personalize.training.coverage import covered
from shop_personalize.training.errors import Cancelled, Fenced, TrainingError
from shop_personalize.training.gate import Decision, decide

if TYPE_CHECKING:
    from shop_personalize.artifacts import Artifact
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.training.report import Report

logger = logging.getLogger("shop_personalize")

SECONDS_PER_DAY = 86_400.0
READING = 0.15
"""Share of the bar that reading the data takes."""
TUNE_SECONDS = 150.0


@dataclass(frozen=True)
class Task:
    """One recommender within a job."""

    recommender: Recommender
    spec: RecommenderSpec
    options: dict[str, Any]
    report: Report
    start: float
    share: float

    def progress(self, done: float, label: str = "") -> None:
        stage = f"{self.recommender.slug}: {label}" if label else self.recommender.slug
        self.report(self.start + self.share * min(max(done, 0.0), 1.0), stage)

    def part(self, start: float, stop: float) -> Any:
        """A progress callback for a step that fills only a part of this task."""
        return lambda done, label="": self.progress(
            start + (stop - start) * done, label
        )


def train(job: TrainingJob, report: Report) -> list[ModelVersion]:
    """Train what ``job`` asks for; return the versions made, published or not."""
    todo = _todo(job)
    if not todo:
        return _made(job)
    report(0.0, _("reading new events"))
    refreshed = snapshot.refresh(
        lambda done, label: report(READING * 0.6 * done, label)
    )
    report(READING * 0.6, _("loading"))
    data = dataset.load()
    report.say(
        _("%(rows)s interactions, %(items)s products")
        % {"rows": len(data), "items": data.n_items}
    )
    failed = []
    share = (1.0 - READING) / len(todo)
    for at, recommender in enumerate(todo):
        task = _task(job, recommender, report, READING + share * at, share)
        _note_try(job, recommender)
        try:
            _train_one(
                job, task, dataset.for_recommender(data, recommender), refreshed.last
            )
        except (Fenced, Cancelled, ImproperlyConfigured):
            raise
        except Exception as error:
            logger.exception("training %s failed", recommender.slug)
            failed.append(f"{recommender.slug}: {type(error).__name__}: {error}")
    if failed:
        raise TrainingError("; ".join(failed))
    return _made(job)


def _todo(job: TrainingJob) -> list[Recommender]:
    """What is left of a job, the ones a worker died or failed in last."""
    rows = Recommender.objects.select_related("live_version")
    rows = (
        rows.filter(pk=job.recommender_id)
        if job.recommender_id
        else rows.filter(is_active=True)
    )
    decided = set(job.versions.values_list("recommender", flat=True))
    tried = job.options.get("tried", {})
    left = [r for r in rows if r.pk not in decided and _is_trained(r)]
    return sorted(left, key=lambda r: (tried.get(r.slug, 0), r.slug))


def _is_trained(recommender: Recommender) -> bool:
    found = spec(recommender.algorithm)
    return found is not None and bool(found.estimator)


def _task(
    job: TrainingJob,
    recommender: Recommender,
    report: Report,
    start: float,
    share: float,
) -> Task:
    found = spec(recommender.algorithm)
    if found is None:
        raise ImproperlyConfigured(
            _("%(slug)s: no algorithm is called %(name)s.")
            % {"slug": recommender.slug, "name": recommender.algorithm}
        )
    return Task(recommender, found, job.options, report, start, share)


def _note_try(job: TrainingJob, recommender: Recommender) -> None:
    """Written before the work: a worker that dies leaves a trace of where."""
    tried = dict(job.options.get("tried", {}))
    tried[recommender.slug] = tried.get(recommender.slug, 0) + 1
    job.options = {**job.options, "tried": tried}
    job.save(update_fields=["options"])


def _made(job: TrainingJob) -> list[ModelVersion]:
    return list(job.versions.select_related("recommender").order_by("pk"))


def _train_one(job: TrainingJob, task: Task, data: TrainingData, last: int) -> None:
    _tune(task, data)
    params = {**task.recommender.tuned.get("params", {}), **task.recommender.params}
    task.progress(0.4, _("fitting"))
    began = time.monotonic()
    fitted = get_engine()(task.spec, params, data)
    seconds = time.monotonic() - began
    evaluation = _evaluate(task, params, data)
    decision = decide(
        task.spec, fitted, data, evaluation, force=bool(task.options.get("force"))
    )
    task.progress(0.9, _("storing"))
    stored = artifacts.write(
        knowledge=fitted.knowledge_,
        ids=data.ids,
        query_config=fitted.query_config_,
        meta={
            "recommender": task.recommender.slug,
            "algorithm": task.spec.name,
            "params": params,
        },
        extras=getattr(fitted, "extras_", None),
    )
    version = ModelVersion(
        recommender=task.recommender,
        artifact=stored.digest,
        job=job,
        params=params,
        metrics=evaluation.metrics if evaluation else {},
        baseline=evaluation.baseline if evaluation else {},
        previous=evaluation.previous if evaluation else {},
        reason=decision.reason[:300],
        items=covered(fitted.knowledge_),
        interactions=len(data),
        size_bytes=stored.size_bytes,
        fit_seconds=seconds,
        trained_until=_moment(data.now),
    )
    _keep(job, version, decision, last)
    task.report.say(f"{version}: {decision.reason}")


def _tune(task: Task, data: TrainingData) -> None:
    """Search for parameters once, and whenever it is asked for."""
    asked = task.options.get("tune")
    if not task.spec.tunable or asked is False:
        return
    if task.recommender.tuned and not asked:
        return
    try:
        from shop_personalize.training.tune import tune
    except ImportError:
        return

    tuned = tune(
        data,
        task.spec,
        budget_seconds=float(task.options.get("tune_seconds", TUNE_SECONDS)),
        progress=task.part(0.0, 0.4),
    )
    task.recommender.tuned = {
        "params": tuned.params,
        "default_score": tuned.default_score,
        "best_score": tuned.best_score,
        "table": tuned.table,
        "at": timezone.now().isoformat(),
    }
    task.recommender.save(update_fields=["tuned"])


def _evaluate(task: Task, params: dict[str, Any], data: TrainingData) -> Any:
    if not task.spec.evaluated:
        return None
    try:
        from shop_personalize.training.evaluate import evaluate
    except ImportError:
        return None

    return evaluate(
        data,
        task.spec,
        params,
        live=_live(task.recommender),
        progress=task.part(0.5, 0.9),
    )


def _live(recommender: Recommender) -> Artifact | None:
    return artifacts.live(recommender)


def _keep(
    job: TrainingJob, version: ModelVersion, decision: Decision, last: int
) -> None:
    """Write the version and, if it may, let it serve; both or neither."""
    recommender = version.recommender
    artifacts.load(version.artifact)
    with transaction.atomic():
        publish.guard(job)
        newest = recommender.versions.aggregate(number=Max("number"))["number"] or 0
        version.number = newest + 1
        if not decision.good:
            version.status = ModelVersion.Status.REJECTED
        version.save()
        Recommender.objects.filter(pk=recommender.pk).update(
            last_trained_at=timezone.now(), last_event_id=last
        )
        if decision.good:
            publish.publish(version, job=job)
    if not decision.good:
        tell(model_rejected, version=version, reason=decision.reason)


def _moment(days: float) -> datetime:
    return datetime.fromtimestamp(days * SECONDS_PER_DAY, UTC)

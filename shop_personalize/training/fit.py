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
from shop_personalize.training.evaluate import Evaluation, evaluate
from shop_personalize.training.gate import Decision, decide
from shop_personalize.training.readiness import lacking
from shop_personalize.training.tune import tune

if TYPE_CHECKING:
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.training.report import Report

logger = logging.getLogger("shop_personalize")

SECONDS_PER_DAY = 86_400.0
READING = 0.15
"""Share of the bar that reading the data takes."""
TUNE_SECONDS = 150.0
"""For all searches of a job together."""


@dataclass(frozen=True)
class Task:
    """One recommender within a job."""

    recommender: Recommender
    spec: RecommenderSpec
    options: dict[str, Any]
    report: Report
    start: float
    share: float
    tune_seconds: float
    """What this one may spend on searching; 0 = it is not to be tuned."""

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
    for task in _tasks(job, todo, report):
        if _lacks(task, data, refreshed.last):
            continue
        _note_try(job, task.recommender)
        own = dataset.for_recommender(data, task.recommender)
        try:
            _train_one(job, task, own, refreshed.last)
        except (Fenced, Cancelled, ImproperlyConfigured):
            raise
        except Exception as error:
            logger.exception("training %s failed", task.recommender.slug)
            failed.append(f"{task.recommender.slug}: {type(error).__name__}: {error}")
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
    if "only" in job.options:
        rows = rows.filter(slug__in=job.options["only"])
    decided = set(job.versions.values_list("recommender", flat=True))
    tried = job.options.get("tried", {})
    left = [r for r in rows if r.pk not in decided and _is_trained(r)]
    return sorted(left, key=lambda r: (tried.get(r.slug, 0), r.slug))


def _is_trained(recommender: Recommender) -> bool:
    """What is answered live needs no training; an unknown name is an error later."""
    found = spec(recommender.algorithm)
    return found is None or bool(found.estimator)


def _tasks(job: TrainingJob, todo: list[Recommender], report: Report) -> list[Task]:
    specs = [_spec(recommender) for recommender in todo]
    pairs = list(zip(todo, specs, strict=True))
    searches = [_is_tuned(job.options, *pair) for pair in pairs]
    seconds = float(job.options.get("tune_seconds", TUNE_SECONDS))
    share = (1.0 - READING) / len(todo)
    return [
        Task(
            recommender=recommender,
            spec=found,
            options=job.options,
            report=report,
            start=READING + share * at,
            share=share,
            tune_seconds=seconds / sum(searches) if searches[at] else 0.0,
        )
        for at, (recommender, found) in enumerate(pairs)
    ]


def _spec(recommender: Recommender) -> RecommenderSpec:
    found = spec(recommender.algorithm)
    if found is None:
        raise ImproperlyConfigured(
            _("%(slug)s: no algorithm is called %(name)s.")
            % {"slug": recommender.slug, "name": recommender.algorithm}
        )
    return found


def _is_tuned(
    options: dict[str, Any], recommender: Recommender, found: RecommenderSpec
) -> bool:
    """Parameters are searched for once, and whenever it is asked for."""
    asked = options.get("tune")
    if not found.tunable or asked is False:
        return False
    return bool(asked) or not recommender.tuned


def _lacks(task: Task, data: TrainingData, last: int) -> bool:
    """Too little data is no failure: it is said, and tried again when there is more."""
    needs = task.spec.needs
    have = len(data.of_kinds(*needs.kinds)) if needs.events else data.n_items
    missing = (needs.events or needs.items) - have
    if missing <= 0 or task.options.get("force"):
        return False
    words = lacking(task.spec, missing)
    task.report.say(f"{task.recommender.slug}: {_('needs %s') % words}")
    Recommender.objects.filter(pk=task.recommender.pk).update(last_event_id=last)
    return True


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
    if not task.tune_seconds:
        return
    tuned = tune(
        data,
        task.spec,
        budget_seconds=task.tune_seconds,
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


def _evaluate(
    task: Task, params: dict[str, Any], data: TrainingData
) -> Evaluation | None:
    if not task.spec.evaluated:
        return None
    return evaluate(
        data,
        task.spec,
        params,
        live=artifacts.live(task.recommender),
        progress=task.part(0.5, 0.9),
    )


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

"""What a job does: for each recommender tune, fit, evaluate, judge, store, publish.

Data is read once and shared. A recommender this job has already decided on is not
done again, so a job that died goes on where it was; the one it died in goes last.
"""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from shop_personalize import artifacts
from shop_personalize.models import ModelVersion, Recommender, TrainingJob
from shop_personalize.registry import RecommenderSpec, spec
from shop_personalize.signals import model_rejected
from shop_personalize.training import dataset, publish, snapshot
from shop_personalize.training.announce import tell
from shop_personalize.training.coverage import covered
from shop_personalize.training.errors import Cancelled, Fenced, TrainingError
from shop_personalize.training.gate import Decision, decide
from shop_personalize.training.learn import READING, Bar, Learned, Task, side_by_side
from shop_personalize.training.readiness import lacking
from shop_personalize.training.trials import recorded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shop_personalize.ml.data import TrainingData
    from shop_personalize.training.report import Report

logger = logging.getLogger("shop_personalize")

SECONDS_PER_DAY = 86_400.0
TUNE_SECONDS = 240.0
"""For all searches of a job together."""
ENOUGH_SECONDS = 30.0
"""A search that had less was in a hurry."""
THREADS = 2


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
    todo = [row for row in todo if not _lacks(job, row, data, refreshed.last, report)]
    failed = []
    work = _noted(job, _tasks(job, todo, report), data)
    for task, result in side_by_side(work, _threads(job)):
        try:
            version = _decide(job, task, result(), data, refreshed.last)
            report.say(f"{version}: {version.reason}")
        except (Fenced, Cancelled, ImproperlyConfigured, KeyboardInterrupt) as error:
            report.abort(error)
            raise
        except Exception as error:
            logger.exception("training %s failed", task.recommender.slug)
            failed.append(f"{task.recommender.slug}: {type(error).__name__}: {error}")
    if failed:
        raise TrainingError("; ".join(failed))
    return _made(job)


def _threads(job: TrainingJob) -> int:
    """One after another when something died before, so that it harms nothing else.

    A caller's open transaction is bound to its thread, and so is all work then.
    """
    if job.attempts > 1 or connection.in_atomic_block:
        return 1
    return min(THREADS, os.cpu_count() or 1)


def _noted(
    job: TrainingJob, tasks: list[Task], data: TrainingData
) -> Iterator[tuple[Task, TrainingData]]:
    """Each task with its own weights, noted as tried before it begins."""
    for task in tasks:
        _note_try(job, task.recommender)
        yield task, dataset.for_recommender(data, task.recommender)


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
    pairs = [(recommender, _spec(recommender)) for recommender in todo]
    searches = [_is_tuned(job.options, *pair) for pair in pairs]
    seconds = float(job.options.get("tune_seconds", TUNE_SECONDS))
    seconds *= min(_threads(job), max(sum(searches), 1))
    bar = Bar(report, len(todo))
    for _recommender, found in pairs:
        import_string(
            found.estimator
        )  # before there are threads to import side by side
    return [
        Task(
            at=at,
            recommender=recommender,
            spec=found,
            bar=bar,
            live=artifacts.live(recommender),
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
    """There is one search at leisure, and one whenever it is asked for.

    What a set-up finds in a hurry is not the last word: the next training searches.
    """
    asked = options.get("tune")
    if not found.tunable or asked is False:
        return False
    tuned = recommender.tuned
    hurried = float(tuned.get("budget", ENOUGH_SECONDS)) < ENOUGH_SECONDS
    return bool(asked) or not tuned or hurried


def _lacks(
    job: TrainingJob,
    recommender: Recommender,
    data: TrainingData,
    last: int,
    report: Report,
) -> bool:
    """Too little data is no failure: it is said, and tried again when there is more."""
    found = _spec(recommender)
    missing = found.needs.count - _have(found, data)
    if missing <= 0 or job.options.get("force"):
        return False
    words = _("needs %(what)s") % {"what": lacking(found, missing)}
    report.say(f"{recommender.slug}: {words}")
    Recommender.objects.filter(pk=recommender.pk).update(last_event_id=last)
    return True


def _have(found: RecommenderSpec, data: TrainingData) -> int:
    if found.needs.connections:
        return len(data.links)
    if found.needs.events:
        return len(data.of_kinds(*found.needs.kinds))
    return data.n_items


def _note_try(job: TrainingJob, recommender: Recommender) -> None:
    """Written before the work: a worker that dies leaves a trace of where."""
    tried = dict(job.options.get("tried", {}))
    tried[recommender.slug] = tried.get(recommender.slug, 0) + 1
    job.options = {**job.options, "tried": tried}
    job.save(update_fields=["options"])


def _made(job: TrainingJob) -> list[ModelVersion]:
    return list(job.versions.select_related("recommender").order_by("pk"))


def _decide(
    job: TrainingJob, task: Task, learned: Learned, data: TrainingData, last: int
) -> ModelVersion:
    """Judge what was learned, store it, and publish it if it may serve."""
    recommender, evaluation = task.recommender, learned.evaluation
    if learned.tuned:
        recommender.tuned = learned.tuned
        recommender.save(update_fields=["tuned"])
    force = bool(job.options.get("force"))
    decision = decide(task.spec, learned.fitted, data, evaluation, force=force)
    stored = _store(task, learned, data)
    version = ModelVersion(
        recommender=recommender,
        artifact=stored.digest,
        job=job,
        params=learned.params,
        metrics=recorded(evaluation, learned.tuned or recommender.tuned),
        baseline=evaluation.baseline if evaluation else {},
        previous=evaluation.previous if evaluation else {},
        reason=decision.reason[:300],
        items=covered(learned.fitted.knowledge_),
        interactions=len(data),
        size_bytes=stored.size_bytes,
        fit_seconds=learned.seconds,
        trained_until=_moment(data.now),
    )
    _keep(job, version, decision, last)
    task.progress(1.0)
    return version


def _store(task: Task, learned: Learned, data: TrainingData) -> artifacts.Stored:
    fitted = learned.fitted
    return artifacts.write(
        knowledge=fitted.knowledge_,
        ids=data.ids,
        query_config=fitted.query_config_,
        meta={
            "recommender": task.recommender.slug,
            "algorithm": task.spec.name,
            "params": learned.params,
        },
        extras=getattr(fitted, "extras_", None),
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

"""What is served: one pointer a recommender, moved under a fencing token."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from shop_personalize import artifacts
from shop_personalize.conf import app_settings
from shop_personalize.deeds import log
from shop_personalize.models import ModelVersion, Recommender, TrainingJob
from shop_personalize.signals import model_published, model_rolled_back
from shop_personalize.training.announce import tell
from shop_personalize.training.errors import Fenced, PublishError

if TYPE_CHECKING:
    from django.contrib.auth.models import User

ROWS_KEPT = 60
Status = ModelVersion.Status


def publish(
    version: ModelVersion,
    *,
    job: TrainingJob | None = None,
    user: User | None = None,
) -> None:
    """Serve ``version`` from the next request on; the one before is kept."""
    _readable(version)
    with transaction.atomic():
        token = guard(job) if job else None
        _point(version, token)
        if user is not None:
            told = _("Published version %(number)s.")
            log(version, told % {"number": version.number}, user=user)
        transaction.on_commit(partial(tell, model_published, version=version))
    prune(version.recommender)


def rollback(recommender: Recommender, *, user: User | None = None) -> ModelVersion:
    """Serve what was served before the live version."""
    current = recommender.live_version
    previous = before(recommender)
    _readable(previous)
    with transaction.atomic():
        _point(previous, None)
        if user is not None:
            told = _("Rolled back to version %(number)s.")
            log(previous, told % {"number": previous.number}, user=user)
        transaction.on_commit(
            partial(tell, model_rolled_back, version=previous, previous=current)
        )
    recommender.live_version = previous
    return previous


def before(recommender: Recommender) -> ModelVersion:
    """Find what a rollback would serve.

    Older by number, so that rolling back twice goes two versions back.
    """
    found = recommender.versions.filter(status=Status.RETIRED).exclude(artifact="")
    if recommender.live_version is not None:
        found = found.filter(number__lt=recommender.live_version.number)
    previous = found.order_by("-number").first()
    if previous is None:
        raise PublishError(_("There is no earlier version to go back to."))
    return previous


def guard(job: TrainingJob) -> int:
    """Lock the job's row and make sure this start of it is still the one that counts.

    A conditional UPDATE takes the lock on every database, SQLite included.
    """
    mine = TrainingJob.objects.filter(
        pk=job.pk,
        state=TrainingJob.State.RUNNING,
        fencing_token=job.fencing_token,
    )
    if not mine.update(heartbeat_at=timezone.now()):
        raise Fenced(f"job {job.pk} is no longer this worker's")
    return job.fencing_token


def prune(recommender: Recommender) -> None:
    """Drop the files of old versions; their rows stay for the record, up to a point."""
    keep = app_settings.KEEP_VERSIONS
    live = _live_pk(recommender)
    rows = recommender.versions.exclude(pk=live) if live else recommender.versions.all()
    old = [
        *rows.filter(status=Status.RETIRED).order_by("-published_at", "-pk")[keep:],
        *rows.filter(status=Status.REJECTED).order_by("-pk")[1:],
    ]
    for version in old:
        _drop_files(version)
    last = rows.order_by("-pk").values_list("pk", flat=True)[ROWS_KEPT:]
    rows.filter(pk__in=list(last), artifact="").delete()


def _readable(version: ModelVersion) -> None:
    """Verify before the pointer moves, not at the first shopper's request."""
    if not version.artifact:
        raise PublishError(
            _("The files of version %(number)s were removed; train again.")
            % {"number": version.number}
        )
    try:
        artifacts.load(version.artifact)
    except artifacts.BrokenArtifact as error:
        raise PublishError(
            _("The files of version %(number)s are damaged: %(error)s")
            % {"number": version.number, "error": error}
        ) from error


def _point(version: ModelVersion, token: int | None) -> None:
    now = timezone.now()
    rows = Recommender.objects.filter(pk=version.recommender_id)
    if token is not None:
        rows = rows.filter(fence__lte=token)
    changes: dict[str, Any] = {"live_version": version}
    if token is not None:
        changes["fence"] = token
    if not rows.update(**changes):
        raise Fenced(f"a newer job has published {version.recommender.slug}")
    versions = ModelVersion.objects.filter(recommender_id=version.recommender_id)
    versions.filter(status=Status.LIVE).exclude(pk=version.pk).update(
        status=Status.RETIRED
    )
    versions.filter(pk=version.pk).update(status=Status.LIVE, published_at=now)
    version.status, version.published_at = Status.LIVE, now
    version.recommender.live_version = version


def _drop_files(version: ModelVersion) -> None:
    digest = version.artifact
    ModelVersion.objects.filter(pk=version.pk).update(artifact="")
    if digest and not ModelVersion.objects.filter(artifact=digest).exists():
        transaction.on_commit(partial(artifacts.delete, digest), robust=True)


def _live_pk(recommender: Recommender) -> int | None:
    """Read anew: pruning must not trust a row that was loaded before a publication."""
    return (
        Recommender.objects.filter(pk=recommender.pk)
        .values_list("live_version", flat=True)
        .first()
    )

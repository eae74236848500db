"""Between trainings: what is new reaches the live models within minutes.

A visitor's own deeds count at the next request anyway; this is for new products and for
what goes with what. A live model is renewed with its own parameters: the rows that were
touched where its algorithm can learn in parts, all of it where that is quick, and what
is neither waits for the next training. Nothing is searched for, nothing compared.

The version stays the one it is, with newer files: its pointer moves from the old files
to the new ones only if it still is where it was, so whatever a training publishes
meanwhile stands. The files before the last update are deleted one update later.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.utils.translation import gettext as _

from shop_personalize import artifacts, catalog
from shop_personalize.ml.online import OnlyAnewError, renewal_of
from shop_personalize.ml.recommenders.base import Recommender as Estimator
from shop_personalize.models import (
    Checkpoint,
    Interaction,
    ModelVersion,
    Recommender,
    TrainingJob,
)
from shop_personalize.registry import spec
from shop_personalize.training import dataset, snapshot
from shop_personalize.training.coverage import covered
from shop_personalize.training.gate import decide
from shop_personalize.training.periodic import every

if TYPE_CHECKING:
    from shop_personalize.artifacts import Artifact
    from shop_personalize.ml.data import TrainingData
    from shop_personalize.registry import RecommenderSpec

logger = logging.getLogger("shop_personalize")

INTERVAL = timedelta(minutes=10)
SHARE_OF_TIME = 0.05
"""An update takes at most this share of the time: the longer it takes, the rarer."""
QUICK_SECONDS = 10.0
"""What was fitted in less is fitted anew where an algorithm cannot learn in parts."""
LATE_DAYS = 1.0 / 24.0
"""Events come in late; what happened so long before the last learning is new too."""
SECONDS_PER_DAY = 86_400.0
CHECKPOINT = "update"


@dataclass(frozen=True)
class Updated:
    """What became of one recommender: ``how`` is "rows", "all" or "waits"."""

    slug: str
    how: str
    touched: int = 0
    products: int = 0
    seconds: float = 0.0
    why: str = ""


def update_if_due() -> bool:
    """Update when it is time and there is something new; True if it was tried."""
    state = _state()
    pause = timedelta(seconds=float(state.get("seconds", 0.0)) / SHARE_OF_TIME)
    return every("update", max(INTERVAL, pause), update_if_new)


def update_if_new() -> list[Updated]:
    """Update, unless nothing came since or a training is under way."""
    if TrainingJob.objects.filter(state=TrainingJob.State.RUNNING).exists():
        return []
    if _newest() == _state().get("newest"):
        return []
    return update()


def update() -> list[Updated]:
    """Renew every live model that can be; one that fails harms no other."""
    began, newest = time.monotonic(), _newest()
    live = [(r, a) for r in _trained() if (a := artifacts.live(r)) is not None]
    if not live:
        return []
    snapshot.refresh()
    data = dataset.load()
    done, replaced = [], []
    for recommender, artifact in live:
        try:
            result = _renewed(recommender, artifact, data)
        except Exception as error:
            logger.exception("updating %s failed", recommender.slug)
            result = Updated(recommender.slug, "waits", why=str(error))
        done.append(result)
        if result.how != "waits":
            replaced.append(artifact.digest)
    _remember(newest, time.monotonic() - began, replaced)
    return done


def _trained() -> list[Recommender]:
    rows = Recommender.objects.filter(is_active=True, live_version__isnull=False)
    return list(rows.select_related("live_version").order_by("slug"))


def _newest() -> list[int]:
    """Last interaction and number of products: what changes when something is new."""
    last = Interaction.objects.filter(flag="").aggregate(at=Max("pk"))["at"] or 0
    return [last, catalog.get_catalog().count()]


def _renewed(
    recommender: Recommender, artifact: Artifact, data: TrainingData
) -> Updated:
    version, slug = recommender.live_version, recommender.slug
    found = spec(recommender.algorithm)
    if found is None or version is None or artifact.digest != version.artifact:
        return Updated(slug, "waits", why=_("its files are not the live version's"))
    estimator = found.build(artifact.meta.get("params", {}))
    in_parts = type(estimator).update is not Estimator.update
    if not in_parts and version.fit_seconds > QUICK_SECONDS:
        return Updated(slug, "waits", why=_("it learns only as a whole, which is slow"))
    own = dataset.for_recommender(data, recommender)
    renewal = renewal_of(
        artifact.knowledge,
        artifact.ids,
        own,
        since=_day(version.trained_until) - LATE_DAYS,
        kinds=estimator.kinds,
        config=artifact.query_config,
        extras=artifact.extras,
    )
    touched = int(renewal.touched.sum())
    if not touched:
        return Updated(slug, "waits", why=_("nothing is new to it"))
    began = time.monotonic()
    try:
        fitted = estimator.update(own, renewal)
    except OnlyAnewError as error:
        return Updated(slug, "waits", touched, why=str(error))
    took = time.monotonic() - began
    decision = decide(found, fitted, own, None, force=True)
    if not decision.good:
        return Updated(slug, "waits", why=decision.reason)
    if not _swap(version, artifact, found, fitted, own):
        return Updated(slug, "waits", why=_("another version was published meanwhile"))
    how = "rows" if in_parts else "all"
    return Updated(slug, how, touched, covered(fitted.knowledge_), took)


def _swap(
    version: ModelVersion,
    artifact: Artifact,
    found: RecommenderSpec,
    fitted: Any,
    data: TrainingData,
) -> bool:
    """Write the files, verify them, and move the pointer if it is where it was."""
    stored = artifacts.write(
        knowledge=fitted.knowledge_,
        ids=data.ids,
        query_config=fitted.query_config_,
        meta=artifact.meta,
        extras=fitted.extras_,
    )
    artifacts.load(stored.digest)
    rows = ModelVersion.objects.filter(
        pk=version.pk, artifact=artifact.digest, status=ModelVersion.Status.LIVE
    )
    return bool(
        rows.update(
            artifact=stored.digest,
            items=covered(fitted.knowledge_),
            interactions=len(data),
            size_bytes=stored.size_bytes,
            trained_until=datetime.fromtimestamp(data.now * SECONDS_PER_DAY, UTC),
        )
    )


def _day(moment: datetime | None) -> float:
    return moment.timestamp() / SECONDS_PER_DAY if moment else float("-inf")


def _state() -> dict[str, Any]:
    row = Checkpoint.objects.filter(name=CHECKPOINT).first()
    return row.state if row else {}


def _remember(newest: list[int], seconds: float, replaced: list[str]) -> None:
    """Note how far it came, and clear away what the update before this one replaced."""
    row, _made = Checkpoint.objects.get_or_create(name=CHECKPOINT)
    for digest in row.state.get("replaced", []):
        if not ModelVersion.objects.filter(artifact=digest).exists():
            artifacts.delete(digest)
    row.state = {"newest": newest, "seconds": seconds, "replaced": replaced}
    row.save()

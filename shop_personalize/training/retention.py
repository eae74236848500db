"""Forgetting on time: old events, old files, visitors nobody knows any more."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils import timezone

from shop_personalize import artifacts
from shop_personalize.attribution.days import PURGED
from shop_personalize.conf import KEPT_AT_RESET, app_settings
from shop_personalize.ml.data import Columns
from shop_personalize.models import (
    Checkpoint,
    Connection,
    Interaction,
    ModelVersion,
    OrderVisitor,
    QuarantinedEvent,
    Recommender,
    Visitor,
)
from shop_personalize.training import kinds, publish, snapshot

BATCH = 2000
QUARANTINE_DAYS = 30
ORDER_LINK_DAYS = 90
UNANSWERED_DAYS = 90
UNCLAIMED_ARTIFACT = timedelta(days=1)


@dataclass
class Purged:
    """How much went, or would go."""

    interactions: dict[str, int] = field(default_factory=dict)
    quarantined: int = 0
    order_links: int = 0
    connections: int = 0
    visitors: int = 0
    snapshot_rows: int = 0
    artifacts: int = 0


def purge(*, dry_run: bool = False) -> Purged:
    """Delete what is past its time, in small batches; with ``dry_run`` only count."""
    now = timezone.now()
    limits = _limits(now)
    done = Purged()
    if not dry_run:
        _mark(limits)
    for kind, before in limits.items():
        old = Interaction.objects.filter(kind=kind, occurred_at__lt=before)
        count = _delete(old, dry_run=dry_run)
        if count:
            done.interactions[kind] = count
    before = now - timedelta(days=QUARANTINE_DAYS)
    quarantined = QuarantinedEvent.objects.filter(received_at__lt=before)
    done.quarantined = _delete(quarantined, dry_run=dry_run)
    before = now - timedelta(days=ORDER_LINK_DAYS)
    links = OrderVisitor.objects.filter(created_at__lt=before)
    done.order_links = _delete(links, dry_run=dry_run)
    before = now - timedelta(days=UNANSWERED_DAYS)
    unanswered = Connection.objects.filter(confirmed=False, created_at__lt=before)
    done.connections = _delete(unanswered, dry_run=dry_run)
    done.visitors = _delete(_forgotten_guests(now), dry_run=dry_run)
    if not dry_run:
        kinds.renew()
        done.snapshot_rows = snapshot.compact(lambda table: _kept(table, limits))
        for recommender in Recommender.objects.all():
            publish.prune(recommender)
        artifacts.sweep()
    done.artifacts = _drop_unclaimed(now, dry_run=dry_run)
    return done


def _limits(now: datetime) -> dict[str, datetime]:
    days = app_settings.retention_days
    return {kind: now - timedelta(days=n) for kind, n in days.items() if n is not None}


def _mark(limits: dict[str, datetime]) -> None:
    """Say before when events are gone, so that nobody counts those days anew."""
    row, _is_new = Checkpoint.objects.get_or_create(name=PURGED)
    state: dict[str, str] = row.state
    for kind, before in limits.items():
        state[kind] = max(state.get(kind, ""), before.astimezone(UTC).isoformat())
    row.save()


def _delete(rows: QuerySet[Any], *, dry_run: bool) -> int:
    """Delete by batches of keys: short locks, and it may be stopped anywhere."""
    if dry_run:
        return rows.count()
    model: type[Model] = rows.model
    total = 0
    while keys := list(rows.order_by().values_list("pk", flat=True)[:BATCH]):
        model._default_manager.filter(pk__in=keys).delete()
        total += len(keys)
    return total


def _forgotten_guests(now: datetime) -> QuerySet[Visitor]:
    """Browsers whose cookie has run out and of whom nothing is left."""
    before = now - timedelta(days=int(app_settings.identity["max_age_days"]))
    own = {"visitor": OuterRef("pk")}
    return Visitor.objects.filter(
        ~Exists(Interaction.objects.filter(**own)),
        ~Exists(OrderVisitor.objects.filter(**own)),
        ~Exists(Connection.objects.filter(source=OuterRef("pk"))),
        ~Exists(Connection.objects.filter(target=OuterRef("pk"))),
        ~Exists(Visitor.objects.filter(merged_into=OuterRef("pk"))),
        kind=Visitor.Kind.GUEST,
        is_erased=False,
        first_seen__lt=before,
    )


def _kept(table: Any, limits: dict[str, datetime]) -> Any:
    """Rows of the snapshot that are young enough and whose visitor still exists."""
    known = (
        Visitor.objects.filter(is_erased=False).order_by().values_list("pk", flat=True)
    )
    keys = np.fromiter(known.iterator(), np.int64)
    keep = pc.is_in(table[Columns.VISITOR], value_set=pa.array(keys))
    kind = table[Columns.KIND].cast(pa.string())
    keep = pc.and_(keep, _not_reset(table, kind))
    for name, before in limits.items():
        moment = pa.scalar(before, pa.timestamp("us", tz="UTC"))
        young = pc.greater_equal(table[Columns.TIME], moment)
        keep = pc.and_(keep, pc.or_(pc.not_equal(kind, name), young))
    return keep


def _not_reset(table: Any, kind: Any) -> Any:
    """What somebody who started anew had only looked at before is dropped."""
    since = Visitor.objects.filter(reset_at__isnull=False, is_erased=False)
    resets = dict(since.order_by().values_list("pk", "reset_at"))
    begun = pa.array(
        [resets.get(each) for each in table[Columns.VISITOR].to_pylist()]
        if resets
        else [None] * len(table),
        pa.timestamp("us", tz="UTC"),
    )
    later = pc.fill_null(pc.greater_equal(table[Columns.TIME], begun), True)
    return pc.or_(later, pc.is_in(kind, value_set=pa.array(KEPT_AT_RESET)))


def _drop_unclaimed(now: datetime, *, dry_run: bool) -> int:
    """Artifacts no version names, such as those of a job that died before its row."""
    claimed = set(ModelVersion.objects.values_list("artifact", flat=True))
    before = (now - UNCLAIMED_ARTIFACT).timestamp()
    root = app_settings.artifact_cache
    old = [
        digest
        for digest in artifacts.stored()
        if digest not in claimed and (root / digest).stat().st_mtime < before
    ]
    if not dry_run:
        for digest in old:
            artifacts.delete(digest)
    return len(old)

"""Who is tied to whom, taken over from the shop; asking again changes nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from django.db import router, transaction
from django.utils import timezone

from shop_personalize.capture import visitors
from shop_personalize.catalog import get_connections
from shop_personalize.models import Connection, Visitor
from shop_personalize.models.visitor import visitor_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from shop_personalize.catalog.types import Link

BATCH = 2000
SHOP = Connection.Origin.SHOP
UNIQUE = ("source", "target", "kind")


@dataclass
class ConnectionReport:
    """What a sync met: ``kept`` are stored now, ``ended`` are gone from the shop."""

    read: int = 0
    kept: int = 0
    ended: int = 0
    unsound: int = 0


def sync_connections(since: datetime | None = None) -> ConnectionReport:
    """Take over what the shop tells; without ``since`` also forget what it no longer
    tells. Connections that visitors made themselves are left alone, unless the shop
    tells of the same."""
    report = ConnectionReport()
    shop = get_connections()
    if shop is None:
        return report
    told: set[int] = set()
    links = iter(shop.iter_connections(since=since, chunk=BATCH))
    while batch := list(islice(links, BATCH)):
        report.read += len(batch)
        told |= _store(batch, report)
    report.kept = len(told)
    if since is None:
        report.ended = _forget_all_but(told)
    return report


def is_sound(link: Link) -> bool:
    """Whether it ties two people, in a known way, with a weight above 0."""
    return (
        bool(link.source_id and link.target_id)
        and link.source_id != link.target_id
        and link.kind in Connection.Kind.values
        and math.isfinite(link.weight)
        and link.weight > 0
    )


def _store(batch: Sequence[Link], report: ConnectionReport) -> set[int]:
    """Insert or update; the primary keys of what is stored."""
    sound = [link for link in batch if is_sound(link)]
    report.unsound += len(batch) - len(sound)
    keys = {
        one: visitor_key("user", one)
        for link in sound
        for one in (link.source_id, link.target_id)
    }
    ids = visitors.visitor_ids(dict.fromkeys(keys.values(), Visitor.Kind.USER))
    rows: dict[tuple[int, int, str], Connection] = {}
    for link in sound:
        source, target = ids.get(keys[link.source_id]), ids.get(keys[link.target_id])
        if source is None or target is None or source == target:
            continue
        rows[source, target, link.kind] = Connection(
            source_id=source,
            target_id=target,
            kind=link.kind,
            weight=link.weight,
            origin=SHOP,
            confirmed=True,
            created_at=link.created or timezone.now(),
        )
    return _upsert(rows)


def _upsert(rows: dict[tuple[int, int, str], Connection]) -> set[int]:
    using = router.db_for_write(Connection)
    stored = Connection.objects.using(using)
    with transaction.atomic(using=using):
        known = {
            (row.source_id, row.target_id, row.kind): row
            for row in stored.filter(source__in={source for source, _, _ in rows})
        }
        changed = [
            _taken_over(known[key], row) for key, row in rows.items() if key in known
        ]
        names = ["weight", "origin", "confirmed"]
        stored.bulk_update(changed, names, batch_size=500)
        fresh = [row for key, row in rows.items() if key not in known]
        stored.bulk_create(fresh, ignore_conflicts=True, batch_size=500)
        sources = {source for source, _, _ in rows}
        every = stored.filter(source__in=sources).values_list("pk", *UNIQUE)
        return {pk for pk, *key in every if tuple(key) in rows}


def _taken_over(known: Connection, told: Connection) -> Connection:
    known.weight, known.origin, known.confirmed = told.weight, SHOP, True
    return known


def _forget_all_but(told: set[int]) -> int:
    """Delete the shop's connections that were not told, a batch at a time."""
    using = router.db_for_write(Connection)
    stored = Connection.objects.using(using)
    kept = stored.filter(origin=SHOP).values_list("pk", flat=True)
    gone = [pk for pk in kept.iterator() if pk not in told]
    for start in range(0, len(gone), 500):
        stored.filter(pk__in=gone[start : start + 500]).delete()
    return len(gone)

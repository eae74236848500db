"""From the pseudonym of a visitor to the row its interactions hang on."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from django.db import connections, router, transaction

from shop_personalize.models import Visitor

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

T = TypeVar("T")
CHUNK = 500
MAX_HOPS = 8


class _Row(NamedTuple):
    pk: int
    merged_into: int | None
    is_erased: bool


def visitor_ids(
    keys: Mapping[str, str],
    *,
    bots: Collection[str] = (),
    site: str = "",
    cached: bool = False,
) -> dict[str, int]:
    """Map keys (with their kind) to row ids, creating the rows that are missing.

    A merged guest leads to the customer; an erased visitor is left out. ``cached`` is
    for callers that ``forget`` and ask again when a row turns out to be gone.
    """
    found = _cache.get_many(keys) if cached else {}
    wanted = {key: kind for key, kind in keys.items() if key not in found}
    if not wanted:
        return found
    rows = _stored(wanted)
    missing = {key: kind for key, kind in wanted.items() if key not in rows}
    if missing:
        _create(missing, bots, site)
        rows |= _stored(missing)
    fresh = _final(rows)
    if cached:
        _cache.set_many(fresh)
    return found | fresh


def forget(keys: Iterable[str] | None = None) -> None:
    """Drop what is remembered, after a merge or an erasure."""
    _cache.drop(keys)


def _chunks(values: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(values)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _stored(keys: Iterable[str]) -> dict[str, _Row]:
    rows: dict[str, _Row] = {}
    using = router.db_for_write(Visitor)
    for chunk in _chunks(keys):
        query = Visitor.objects.using(using).filter(key__in=chunk)
        for key, pk, into, gone in query.values_list(
            "key", "pk", "merged_into_id", "is_erased"
        ):
            rows[key] = _Row(pk, into, gone)
    return rows


def _create(keys: Mapping[str, str], bots: Collection[str], site: str) -> None:
    using = router.db_for_write(Visitor)
    new = [
        Visitor(key=key, kind=kind, is_bot=key in bots, site=site)
        for key, kind in sorted(keys.items())
    ]
    with transaction.atomic(using=using):
        Visitor.objects.using(using).bulk_create(
            new, ignore_conflicts=True, batch_size=CHUNK
        )


def _final(rows: dict[str, _Row]) -> dict[str, int]:
    """Follow ``merged_into`` to its end; leave out who asked to be forgotten."""
    ends = {key: row for key, row in rows.items() if not row.is_erased}
    for _hop in range(MAX_HOPS):
        targets = {row.merged_into for row in ends.values() if row.merged_into}
        if not targets:
            break
        by_pk = {row.pk: row for row in _by_pk(targets)}
        ends = {
            key: by_pk.get(row.merged_into or 0, row._replace(merged_into=None))
            for key, row in ends.items()
        }
    return {key: row.pk for key, row in ends.items() if not row.is_erased}


def _by_pk(pks: Iterable[int]) -> Iterator[_Row]:
    using = router.db_for_write(Visitor)
    for chunk in _chunks(pks):
        query = Visitor.objects.using(using).filter(pk__in=chunk)
        for row in query.values_list("pk", "merged_into_id", "is_erased"):
            yield _Row(*row)


class _Cache:
    """Row ids of the visitors seen last, for a minute: a merge elsewhere shows soon.

    Not used inside a transaction, which may yet roll the rows back.
    """

    size = 20_000
    seconds = 60.0

    def __init__(self) -> None:
        self._rows: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get_many(self, keys: Iterable[str]) -> dict[str, int]:
        if _in_transaction():
            return {}
        oldest = time.monotonic() - self.seconds
        with self._lock:
            hits = ((key, self._rows.get(key)) for key in keys)
            return {key: hit[1] for key, hit in hits if hit and hit[0] > oldest}

    def set_many(self, rows: Mapping[str, int]) -> None:
        if _in_transaction():
            return
        now = time.monotonic()
        with self._lock:
            for key, pk in rows.items():
                self._rows[key] = (now, pk)
                self._rows.move_to_end(key)
            while len(self._rows) > self.size:
                self._rows.popitem(last=False)

    def drop(self, keys: Iterable[str] | None) -> None:
        with self._lock:
            if keys is None:
                self._rows.clear()
                return
            for key in keys:
                self._rows.pop(key, None)


def _in_transaction() -> bool:
    return connections[router.db_for_write(Visitor)].in_atomic_block


_cache = _Cache()

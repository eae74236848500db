"""The one place that writes interactions: in bulk, once each, in its own savepoint."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import OperationalError, connections, router, transaction

from shop_personalize.capture import postgres, sqlite
from shop_personalize.models import Interaction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

T = TypeVar("T")
BATCH = 2000
ATTEMPTS = 3


def insert(rows: Sequence[Interaction]) -> int:
    """Write the rows that are not there yet; return how many that were."""
    return len(insert_new(rows))


def insert_new(
    rows: Sequence[Interaction], *, durable: bool = True
) -> list[Interaction]:
    """Write the rows that are not there yet and return those.

    Sorted, because two writers that meet in different orders wait for each other.
    """
    unique = {row.event_id: row for row in rows}
    ordered = sorted(unique.values(), key=lambda row: row.event_id.int)
    using = router.db_for_write(Interaction)
    new: list[Interaction] = []
    for start in range(0, len(ordered), BATCH):
        batch = partial(_insert_batch, ordered[start : start + BATCH], using, durable)
        new.extend(patiently(batch))
    return new


def patiently(work: Callable[[], T]) -> T:
    """Do it again after a deadlock or a lost connection, both of which pass.

    Inside the shop's transaction there is nothing to repeat: it has been given up.
    SQLite knows neither, only a lock for which it has waited already.
    """
    connection = connections[router.db_for_write(Interaction)]
    for _attempt in range(ATTEMPTS - 1):
        try:
            return work()
        except OperationalError:
            if connection.in_atomic_block or connection.vendor == "sqlite":
                raise
            connection.close_if_unusable_or_obsolete()
    return work()


def _insert_batch(
    rows: list[Interaction], using: str, durable: bool
) -> list[Interaction]:
    connection = connections[using]
    if connection.vendor != "postgresql":
        with transaction.atomic(using=using):
            return _insert_anywhere(rows, using)
    # One statement is a transaction by itself; within another it needs a savepoint.
    savepoint = transaction.atomic(using=using) if connection.in_atomic_block else None
    with savepoint or nullcontext():
        new = postgres.insert(rows, using, durable=durable)
    return rows if len(new) == len(rows) else [r for r in rows if r.event_id in new]


def _insert_anywhere(rows: list[Interaction], using: str) -> list[Interaction]:
    counter = _RowCounter()
    with connections[using].execute_wrapper(counter):
        if connections[using].vendor == "sqlite":
            sqlite.insert(rows, using)
        else:
            Interaction.objects.using(using).bulk_create(rows, ignore_conflicts=True)
    if counter.rows == len(rows):
        return rows
    if counter.rows == 0:
        return []
    ours = _written_by_us(rows, using)
    return [row for row in rows if row.event_id in ours]


class _RowCounter:
    """Counts what the database says it wrote: exact also when others write the same."""

    def __init__(self) -> None:
        self.rows = 0

    def __call__(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,
        context: Any,
    ) -> Any:
        result = execute(sql, params, many, context)
        if sql.startswith("INSERT"):
            self.rows += max(0, context["cursor"].rowcount)
        return result


def _written_by_us(rows: list[Interaction], using: str) -> set[UUID]:
    """Of a batch of which some were there: those that carry our time of receipt."""
    times = {row.event_id: row.received_at for row in rows}
    found = Interaction.objects.using(using).filter(event_id__in=list(times))
    stored = found.values_list("event_id", "received_at")
    return {event_id for event_id, received in stored if times[event_id] == received}

"""The one place that writes interactions: in bulk, once each, in its own savepoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import OperationalError, connections, router, transaction

from shop_personalize.models import Interaction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

BATCH = 2000
ATTEMPTS = 3


def insert(rows: Sequence[Interaction]) -> int:
    """Write the rows that are not there yet; return how many that were."""
    return len(insert_new(rows))


def insert_new(rows: Sequence[Interaction]) -> list[Interaction]:
    """Write the rows that are not there yet and return those.

    Sorted, because two writers that meet in different orders wait for each other.
    """
    unique = {row.event_id: row for row in rows}
    ordered = sorted(unique.values(), key=lambda row: row.event_id.int)
    new: list[Interaction] = []
    for start in range(0, len(ordered), BATCH):
        new.extend(_insert_patiently(ordered[start : start + BATCH]))
    return new


def _insert_patiently(rows: list[Interaction]) -> list[Interaction]:
    using = router.db_for_write(Interaction)
    for left in reversed(range(ATTEMPTS)):
        try:
            with transaction.atomic(using=using):
                return _insert_batch(rows, using)
        except OperationalError:
            # A deadlock or a lost connection; inside the shop's transaction there is
            # nothing to repeat, the database has given that one up.
            if not left or connections[using].in_atomic_block:
                raise
            connections[using].close_if_unusable_or_obsolete()
    return []


def _insert_batch(rows: list[Interaction], using: str) -> list[Interaction]:
    counter = _RowCounter()
    with connections[using].execute_wrapper(counter):
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

"""The interactions as Parquet, one file a day of receipt: what every engine reads.

``refresh`` appends what came since the last time. It is safe to kill at any moment
and to run again: a day's file is replaced whole (temporary file, fsync, rename), rows
beyond the checkpoint are dropped from a file before new ones are added, and the
checkpoint moves last. Ids of a database sequence become visible out of order, so the
rows of the last quarter of an hour are counted again and re-read if any came late.

Bots and attribution-only rows stay out. Merged, erased and deleted visitors are
dealt with when the files are read (``dataset``), and physically by ``compact``.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db import connection
from django.db.models import CharField, Count, F, FloatField, Max, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from shop_personalize.conf import app_settings
from shop_personalize.ml.data import Columns
from shop_personalize.models import Checkpoint, Interaction

if TYPE_CHECKING:
    from pathlib import Path

Progress = Callable[[float, str], None]

CHUNK = 50_000
LATE = timedelta(minutes=15)
TEXT = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(
    [
        (Columns.SEQ, pa.int64()),
        (Columns.VISITOR, pa.int64()),
        (Columns.ITEM, TEXT),
        (Columns.KIND, TEXT),
        (Columns.QUANTITY, pa.float32()),
        (Columns.VALUE, pa.float32()),
        (Columns.ORDER, TEXT),
        (Columns.TIME, pa.timestamp("us", tz="UTC")),
    ]
)
FIELDS = (
    "pk",
    "visitor_id",
    "item_id",
    "kind",
    "float_quantity",
    "float_value",
    "order_id",
    "occurred",
    "received",
)


@dataclass(frozen=True)
class Refreshed:
    rows: int
    last: int


def refresh(progress: Progress | None = None) -> Refreshed:
    """Bring the files up to date with the table."""
    folder = app_settings.snapshot_dir
    with _only_one(folder):
        checkpoint = _checkpoint(folder)
        settled, last = (
            checkpoint.state.get("settled", 0),
            checkpoint.state.get("last", 0),
        )
        seen_again = _counted().filter(pk__gt=settled, pk__lte=last).count()
        start = last if seen_again == checkpoint.state.get("tail", 0) else settled
        rows, newest = _append(folder, start, progress)
        checkpoint.state = _state(settled, max(newest, start))
        checkpoint.save()
    return Refreshed(rows=rows, last=checkpoint.state["last"])


def files() -> list[Path]:
    """The snapshot's files, oldest day first."""
    return sorted(app_settings.snapshot_dir.glob("????-??-??.parquet"))


def compact(keep: Callable[[Any], Any]) -> int:
    """Rewrite the files with only the rows for which ``keep(table)`` is true."""
    removed = 0
    with _only_one(app_settings.snapshot_dir):
        for path in files():
            table = pq.read_table(path, schema=SCHEMA)
            left = table.filter(keep(table))
            if len(left) < len(table):
                removed += len(table) - len(left)
                _replace(path, left)
    return removed


def _counted() -> QuerySet[Interaction]:
    """Rows that models may learn from."""
    return Interaction.objects.filter(flag="").exclude(item_id="")


def _state(settled: int, last: int) -> dict[str, int]:
    tail = _counted().filter(pk__gt=settled, pk__lte=last)
    is_old = Q(received_at__lt=timezone.now() - LATE)
    settled = tail.filter(is_old).aggregate(at=Max("pk"))["at"] or settled
    left = tail.filter(pk__gt=settled).aggregate(rows=Count("pk"))["rows"]
    return {"settled": settled, "last": last, "tail": left}


def _append(folder: Path, start: int, progress: Progress | None) -> tuple[int, int]:
    """Write everything after ``start``; return how many rows and the last id."""
    waiting: dict[date, list[Any]] = {}
    total = _counted().filter(pk__gt=start).count()
    rows, last = 0, start
    for batch in _batches(start):
        last = batch[-1][0]
        rows += len(batch)
        for day, table in _tables_by_day(batch):
            waiting.setdefault(day, []).append(table)
        if progress:
            progress(rows / max(total, 1), "snapshot")
    stale = {_day(path) for path in files() if _last_seq(path) > start}
    for day in sorted(stale | set(waiting)):
        _extend(folder / f"{day}.parquet", start, waiting.get(day, []))
    return rows, last


def _batches(start: int) -> Iterator[list[tuple[Any, ...]]]:
    """Rows by keyset: memory stays flat and the database needs no long cursor."""
    rows = (
        _counted()
        .annotate(
            float_quantity=Cast("quantity", FloatField()),
            float_value=Cast("value", FloatField()),
            occurred=_moment("occurred_at"),
            received=_moment("received_at"),
        )
        .order_by("pk")
        .values_list(*FIELDS)
    )
    while batch := list(rows.filter(pk__gt=start)[:CHUNK]):
        yield batch
        start = batch[-1][0]


def _moment(name: str) -> F | Cast:
    """SQLite keeps moments as UTC text, which Arrow parses ten times as fast."""
    is_text = connection.vendor == "sqlite" and connection.timezone_name == "UTC"
    return Cast(name, CharField()) if is_text else F(name)


def _array(values: tuple[Any, ...], kind: Any) -> Any:
    if pa.types.is_dictionary(kind):
        return pa.array(values, type=kind.value_type).dictionary_encode()
    if pa.types.is_timestamp(kind) and isinstance(values[0], str):
        return pa.array(values).cast(pa.timestamp("us")).cast(kind)
    return pa.array(values, type=kind)


def _tables_by_day(batch: list[tuple[Any, ...]]) -> Iterator[tuple[date, Any]]:
    *columns, received = zip(*batch, strict=True)
    arrays = [
        _array(column, field.type)
        for column, field in zip(columns, SCHEMA, strict=True)
    ]
    table = pa.table(arrays, schema=SCHEMA)
    moments = _array(received, SCHEMA.field(Columns.TIME).type)
    days = moments.cast(pa.timestamp("us")).cast(pa.date32(), safe=False)
    for day in pc.unique(days).to_pylist():
        yield day, table.filter(pc.equal(days, pa.scalar(day, pa.date32())))


def _extend(path: Path, start: int, new: list[Any]) -> None:
    tables = list(new)
    if path.exists():
        old = pq.read_table(path, schema=SCHEMA)
        tables.insert(0, old.filter(pc.less_equal(old[Columns.SEQ], start)))
    _replace(path, pa.concat_tables(tables))


def _replace(path: Path, table: Any) -> None:
    """Swap a day's file for another in one step; an empty day has no file."""
    if not len(table):
        path.unlink(missing_ok=True)
        return
    temporary = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
    try:
        with temporary.open("xb") as file:
            pq.write_table(table.unify_dictionaries(), file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _last_seq(path: Path) -> int:
    metadata = pq.read_metadata(path)
    groups = (metadata.row_group(at) for at in range(metadata.num_row_groups))
    return max((group.column(0).statistics.max for group in groups), default=0)


def _day(path: Path) -> date:
    return date.fromisoformat(path.stem)


def _checkpoint(folder: Path) -> Checkpoint:
    """How far *this* folder has come: another host's folder has its own row.

    A new database knows nothing of an old folder, and the other way round; then
    everything is read again and what the files held is dropped.
    """
    name_file = folder / "SNAPSHOT"
    if not name_file.exists():
        name_file.write_text(uuid.uuid4().hex)
    return Checkpoint.objects.get_or_create(name=f"snapshot:{name_file.read_text()}")[0]


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """One writer at a time on this machine; the lock dies with its holder."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    with (folder / ".lock").open("w") as file:
        try:
            import fcntl
        except ImportError:  # not on Windows; there the job's lease is what excludes
            yield
            return
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

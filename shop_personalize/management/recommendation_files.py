"""Recommendations in a file: CSV, JSON lines or Parquet, whole or not at all."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shop_personalize.capture.exporters import guarded
from shop_personalize.recommend.export import COLUMNS

if TYPE_CHECKING:
    from shop_personalize.recommend.export import Row

ROWS_AT_ONCE = 5000
NUMBERS = {"position": "int32", "version": "int32", "score": "float64"}
"""Columns of Parquet that are not text; the rest is."""


def write(rows: Iterable[Row], path: Path, form: str) -> int:
    """Write all rows and return how many; a run that fails leaves no file."""
    with _completed(path) as unfinished:
        return WRITERS[form](rows, unfinished)


@contextmanager
def _completed(path: Path) -> Iterator[Path]:
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _csv(rows: Iterable[Row], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for count, row in enumerate(rows, 1):  # noqa: B007
            writer.writerow([guarded(row[name]) for name in COLUMNS])
    return count


def _jsonl(rows: Iterable[Row], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as out:
        for count, row in enumerate(rows, 1):  # noqa: B007
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return count


def _parquet(rows: Iterable[Row], path: Path) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {**dict.fromkeys(COLUMNS, "string"), **NUMBERS, "backup": "bool"}
    schema = pa.schema([(name, pa.type_for_alias(kinds[name])) for name in COLUMNS])
    count = 0
    with pq.ParquetWriter(path, schema) as out:
        left = iter(rows)
        while part := list(islice(left, ROWS_AT_ONCE)):
            out.write_table(pa.Table.from_pylist(part, schema=schema))
            count += len(part)
    return count


WRITERS: dict[str, Callable[[Iterable[Any], Path], int]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "parquet": _parquet,
}

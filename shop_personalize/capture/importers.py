"""History from files: CSV, JSON lines, the GA4 export of BigQuery.

Every row is counted: accepted, known already, or quarantined with its reason. The id of
an event is made of its row, so importing a file again adds nothing.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from io import BufferedReader, TextIOWrapper
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Literal

from django.utils import timezone

from shop_personalize.capture import items, quarantine, service
from shop_personalize.capture.event import Event, Receipt, RefusalError, Refused
from shop_personalize.capture.import_rows import Row, read_ga4, read_row
from shop_personalize.capture.judge import judge

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = "import"
BATCH = 2000
LONGEST_FIELD = 1 << 20
Format = Literal["csv", "jsonl", "ga4"]
FORMATS: tuple[Format, ...] = ("csv", "jsonl", "ga4")
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class ImportReport:
    """What became of the rows; one row of GA4 may be several events."""

    rows: int = 0
    accepted: int = 0
    duplicates: int = 0
    quarantined: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """One row of the file: what it says, or why it cannot be read."""

    text: str
    data: Mapping[str, Any] | None = None
    problem: str = ""


def import_file(
    path: Path,
    *,
    form: Format | None = None,
    kind: str = "",
    columns: Mapping[str, str] | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Read ``path``; ``kind`` is for files of one kind of event, ``columns`` renames.

    ``columns`` maps our names (``item``, ``visitor``, ``time`` …) to the file's.
    """
    reader = read_ga4 if (form or guess_format(path)) == "ga4" else read_row
    row_of = Row(kind=kind, columns=dict(columns or {}))
    report, seen = ImportReport(), Counter[str]()
    with _opened(path) as (raw, text):
        size = path.stat().st_size or 1
        lines = iter(_lines(text, form or guess_format(path)))
        while batch := list(islice(lines, BATCH)):
            report = _add(report, _take(batch, reader, row_of, seen, dry_run))
            if progress:
                progress(min(1.0, raw.tell() / size), path.name)
    return report


def guess_format(path: Path) -> Format:
    """By the name; JSON lines that look like GA4's export are that."""
    name = path.name.removesuffix(".gz")
    if not name.endswith((".jsonl", ".ndjson", ".json")):
        return "csv"
    with _opened(path) as (_raw, text):
        first = text.readline(1 << 16)
    return "ga4" if '"event_name"' in first and '"event_' in first else "jsonl"


class _opened:  # noqa: N801  used like a function
    """The file as text, unpacked on the way, and the raw file for the progress."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> tuple[BufferedReader, IO[str]]:
        self.raw = self.path.open("rb")
        packed = self.path.suffix == ".gz"
        inner: Any = gzip.GzipFile(fileobj=self.raw) if packed else self.raw
        self.text = TextIOWrapper(inner, "utf-8-sig", errors="replace", newline="")
        return self.raw, self.text

    def __exit__(self, *args: object) -> None:
        self.text.close()
        self.raw.close()


def _lines(text: IO[str], form: Format) -> Iterator[Line]:
    return _csv_lines(text) if form == "csv" else _json_lines(text)


def _csv_lines(text: IO[str]) -> Iterator[Line]:
    csv.field_size_limit(LONGEST_FIELD)
    start = text.read(1 << 14)
    text.seek(0)
    head = start.splitlines()[0] if start else ""
    mark = max(",;\t|", key=head.count)
    reader = csv.reader(text, delimiter=mark)
    names = [name.strip().lower().lstrip("\ufeff") for name in next(reader, [])]
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            yield Line("", problem=str(problem)[:200])
            continue
        if not cells:
            continue
        shown = mark.join(cells)
        if len(cells) > len(names):
            yield Line(shown, problem="more cells than columns")
        else:
            yield Line(shown, dict(zip(names, cells, strict=False)))


def _json_lines(text: IO[str]) -> Iterator[Line]:
    for line in text:
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except (ValueError, RecursionError) as problem:
            yield Line(line, problem=str(problem)[:200])
            continue
        if isinstance(data, dict):
            yield Line(line, data)
        else:
            yield Line(line, problem="not an object")


def _take(
    batch: list[Line],
    reader: Callable[[Row, Mapping[str, Any], str], list[Event]],
    row: Row,
    seen: Counter[str],
    dry_run: bool,
) -> ImportReport:
    events: list[Event] = []
    refused: list[Refused] = []
    for line in batch:
        try:
            events += _read(line, reader, row, seen)
        except RefusalError as refusal:
            refused.append(Refused(refusal.reason, refusal.detail, line.text))
        except (ValueError, OverflowError, TypeError, AttributeError) as problem:
            refused.append(Refused("unreadable", str(problem), line.text))
    known = items.canonical(event.item_id for event in events)
    events = [replace(e, item_id=known.get(e.item_id, e.item_id)) for e in events]
    receipt = _judge(events) if dry_run else _record(events, refused)
    reasons = Counter(receipt.reasons) + Counter(one.reason for one in refused)
    return ImportReport(
        rows=len(batch),
        accepted=receipt.accepted,
        duplicates=receipt.duplicates,
        quarantined=receipt.quarantined + len(refused),
        reasons=dict(reasons),
    )


def _read(
    line: Line,
    reader: Callable[[Row, Mapping[str, Any], str], list[Event]],
    row: Row,
    seen: Counter[str],
) -> list[Event]:
    if line.data is None:
        raise RefusalError("unreadable", line.problem)
    # The same row twice in a file is two events; the same file twice is none more.
    seen[line.text] += 1
    return reader(row, line.data, f"{line.text}#{seen[line.text]}")


def _record(events: list[Event], refused: list[Refused]) -> Receipt:
    quarantine.keep(refused, source=SOURCE, received=timezone.now())
    return service.record(events, source=SOURCE, historical=True)


def _judge(events: list[Event]) -> Receipt:
    reasons: Counter[str] = Counter()
    for event in events:
        try:
            judge(event, timezone.now(), historical=True)
        except RefusalError as refusal:
            reasons[refusal.reason] += 1
    bad = reasons.total()
    return Receipt(len(events) - bad, 0, bad, dict(reasons))


def _add(one: ImportReport, two: ImportReport) -> ImportReport:
    return ImportReport(
        one.rows + two.rows,
        one.accepted + two.accepted,
        one.duplicates + two.duplicates,
        one.quarantined + two.quarantined,
        dict(Counter(one.reasons) + Counter(two.reasons)),
    )
